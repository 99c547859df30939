"""``ece_platform_certificate`` for Terraform: the checks, and which module does each verb."""

from __future__ import annotations

from datetime import UTC, datetime

from ece_provider.configured import ConfiguredProvider
from ece_provider.findings import report
from ece_provider.owners import claim_in_plan
from ece_provider.private_keys import NAMES, check_private_key, has_private_key
from ece_provider.resources.platform_certificate.schema import IDENTITY, SCHEMA, SERVICES, TIMEOUTS, TYPE_NAME
from terraform_plugin.diagnostics import DiagnosticError, Diagnostics, Path
from terraform_plugin.resource import (
    CreateContext,
    DeleteContext,
    ImportContext,
    PlanContext,
    ReadContext,
    Resource,
    UpdateContext,
    ValidateContext,
)
from terraform_plugin.values import Values, is_set, is_wholly_known


class PlatformCertificate(Resource[ConfiguredProvider]):
    """The chain of one service."""

    type_name = TYPE_NAME
    schema = SCHEMA
    identity = IDENTITY
    default_timeouts = TIMEOUTS

    def validate(self, context: ValidateContext) -> None:
        """One way to give the key; a chain that is whole and in order."""
        check_private_key(context.config, context.diagnostics)

    async def plan(self, context: PlanContext[ConfiguredProvider]) -> None:
        """One object per service; judge the chain; a destroy changes nothing, and says so."""
        planned = context.planned
        if planned is None:
            if context.prior is not None:
                context.diagnostics.warning("The certificate chain stays as it is", stays(context.prior["service"]))
            return
        service = planned["service"]
        if is_set(service):
            claim_in_plan(context, TYPE_NAME, service, f"the certificate chain of {service}", Path("service"))
            if context.is_create or context.replaces:
                planned["id"] = service
        check_upload(context, key_needed=True)

    async def create(self, context: CreateContext[ConfiguredProvider]) -> Values:
        """Upload the chain."""
        from ece_provider.resources.platform_certificate.verbs import create

        return await create(context)

    async def read(self, context: ReadContext[ConfiguredProvider]) -> Values | None:
        """Read the chain."""
        from ece_provider.resources.platform_certificate.verbs import read

        return await read(context)

    async def update(self, context: UpdateContext[ConfiguredProvider]) -> Values:
        """Upload another chain."""
        from ece_provider.resources.platform_certificate.verbs import update

        return await update(context)

    async def delete(self, context: DeleteContext[ConfiguredProvider]) -> None:
        """Leave the chain as it is: a service always has one."""

    async def import_state(self, context: ImportContext[ConfiguredProvider]) -> Values:
        """Adopt the chain by the name of its service."""
        text = context.id if context.id is not None else str((context.identity or {}).get("service"))
        if text not in SERVICES:
            raise DiagnosticError(
                "Invalid import id", f'"{text}" is no service whose chain is managed: {", ".join(SERVICES)} are.'
            )
        return {**SCHEMA.null(), "service": text, "id": text}


def check_upload(context: PlanContext[ConfiguredProvider], *, key_needed: bool) -> None:
    """Judge a chain that is to be uploaded, and whether its key is at hand."""
    planned = context.planned or {}
    if not (context.is_create or context.replaces or "chain_pem" in context.changed):
        return
    if key_needed and not has_private_key(context.config):
        context.diagnostics.error(
            "The private key is missing",
            f"A chain is uploaded together with the private key of its first certificate. Give one of "
            f"{', '.join(NAMES)}.",
            Path(NAMES[-1]),
        )
    check_chain(planned.get("chain_pem"), context.diagnostics)


def check_chain(chain: object, diagnostics: Diagnostics) -> None:
    """Whole, in order and valid today; the clock adds messages only."""
    from ece_domain.certificate_chains import chain_findings

    if isinstance(chain, list) and is_wholly_known(chain):
        report(diagnostics, chain_findings(chain, datetime.now(UTC)))


def stays(service: str) -> str:
    """What becomes of a chain whose object goes."""
    return (
        f"The service {service} goes on showing the chain that it has: no call brings back the one before it. "
        "Upload another one to replace it."
    )
