"""``ece_certificate_authority``: the CAs that sign a deployment's node certificates, and whom to trust by them."""

from __future__ import annotations

from typing import Any, Final

from ece_provider.configured import ConfiguredProvider
from ece_provider.environment_ids import scope_of
from ece_provider.validators import DEPLOYMENT_ID
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import DataContext, DataSource
from terraform_plugin.schema import Attribute, Nested, Nesting, Schema
from terraform_plugin.types import BOOL, STRING, ListOf
from terraform_plugin.values import Values


def _text(description: str) -> Attribute:
    return Attribute(type=STRING, computed=True, description=description)


SCHEMA: Final = Schema(
    description=(
        "The CAs that sign the node certificates of a deployment, for others that are to trust it (connections by "
        "certificate). One that comes into use later is among them: give all of them to the other side, so that a "
        "rotation cuts no connection. All deployments of one ECE are signed by the same."
    ),
    attributes={
        "deployment_id": Attribute(
            type=STRING, required=True, description="Id of the deployment.", validators=(DEPLOYMENT_ID,)
        ),
        "certificates_pem": Attribute(
            type=ListOf(STRING), computed=True, description="All CAs as PEM texts, those in use first."
        ),
        "trust_restriction": _text(
            "Pattern of the names of this deployment's nodes, for trust restriction files of others."
        ),
        "environment_id": _text(
            "What others give as `scope_id` in direct trust: the part between `.cluster.` and `.account` of the "
            "pattern (inferred); null when it has another form."
        ),
        "certificates": Attribute(
            computed=True,
            description="The same certificates with what ECE tells of them.",
            nested=Nested(
                Nesting.LIST,
                {
                    "pem": _text("The certificate."),
                    "active": Attribute(
                        type=BOOL, computed=True, description="It signs now; `false`: later, or no more."
                    ),
                    "fingerprint": _text("SHA-256 fingerprint, 64 lower-case hexadecimal characters."),
                    "valid_from": _text("Start of its validity."),
                    "valid_to": _text("End of its validity."),
                },
            ),
        ),
    },
)


class CertificateAuthority(DataSource[ConfiguredProvider]):
    """The CAs of a deployment, read only."""

    type_name = "ece_certificate_authority"
    schema = SCHEMA

    async def read(self, context: DataContext[ConfiguredProvider]) -> Values:
        """``GET deployments/{id}/certificate-authority``."""
        from ece_client import NotFound

        client = await context.provider.client()
        path = {"deployment_id": context.config["deployment_id"]}
        try:
            reply = await client.call("get-deployment-certificate-authority", path=path)
        except NotFound as problem:
            raise DiagnosticError(
                "No such deployment",
                f"There is no deployment {path['deployment_id']} in this environment. {problem}.",
                Path("deployment_id"),
            ) from None
        certificates = sorted(reply.data.get("public_certificates") or (), key=lambda each: not each.get("active"))
        pattern = reply.data.get("recommended_trust_restriction")
        return {
            **context.config,
            "certificates_pem": [each["pem"] for each in certificates],
            "trust_restriction": pattern,
            "environment_id": scope_of(str(pattern or "")),
            "certificates": [_values(each) for each in certificates],
        }


def _values(certificate: Any) -> Values:
    metadata = certificate.get("metadata") or {}
    return {
        "pem": certificate["pem"],
        "active": bool(certificate.get("active")),
        "fingerprint": _fingerprint(certificate["pem"]) or metadata.get("fingerprint"),
        "valid_from": metadata.get("valid_from"),
        "valid_to": metadata.get("valid_to"),
    }


def _fingerprint(pem: str) -> str | None:
    from ece_domain.certificates import read_certificates
    from ece_domain.findings import InvalidValue

    try:
        return read_certificates(pem)[0].fingerprint
    except InvalidValue:
        return None
