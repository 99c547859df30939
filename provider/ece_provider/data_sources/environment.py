"""``ece_environment``: what the installation is called by others, its version and its certificate authority."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ece_provider.configured import ConfiguredProvider
from ece_provider.environment_ids import environment_id, optional_answer, organization_id, regions_in_use
from ece_provider.kinds import ECH
from terraform_plugin.resource import DataContext, DataSource
from terraform_plugin.schema import Attribute, Schema
from terraform_plugin.types import STRING
from terraform_plugin.values import Values

if TYPE_CHECKING:
    from ece_client import Client


def _computed(description: str) -> Attribute:
    return Attribute(type=STRING, computed=True, description=description)


ENVIRONMENT_SCHEMA: Final = Schema(
    description="The installation, or organization of Elastic Cloud Hosted, that the provider talks to.",
    attributes={
        "environment_id": _computed(
            "Environment id, as the console shows it under Platform > Trust Management; on Elastic Cloud Hosted the "
            "organization id. No field of the API is documented for it, so it is inferred from the names in node "
            "certificates, which the certificate authority call of a deployment tells; null without a deployment that "
            "tells."
        ),
        "account_id": _computed("Account id: what account trust names. Null where the API does not tell."),
        "installation_id": _computed(
            "Installation id, for trust relationships of other installations; null on Elastic Cloud Hosted."
        ),
        "version": _computed("Version of Elastic Cloud Enterprise; null on Elastic Cloud Hosted."),
        "region": _computed(
            "Region of the API, usually `ece-region`; on Elastic Cloud Hosted the only one that is in use, else null."
        ),
        "ca_pem": _computed(
            "Certificate authority that signs the node certificates of all deployments (PEM); null on Elastic Cloud "
            "Hosted, where each region has its own: see `ece_certificate_authority`."
        ),
    },
)


class EnvironmentData(DataSource[ConfiguredProvider]):
    """The installation, read only."""

    type_name = "ece_environment"
    schema = ENVIRONMENT_SCHEMA

    async def read(self, context: DataContext[ConfiguredProvider]) -> Values:
        """Ask platform, account, local trust record and one certificate authority."""
        client = await context.provider.client()
        if context.provider.kind_of(None) == ECH:
            return await _hosted(client)
        platform = (await client.call("get-platform")).data
        local = await _local_trust(client)
        return {
            "environment_id": await environment_id(client),
            "account_id": await _account_id(client) or _only(local.get("account_ids")),
            "installation_id": local.get("installation_id"),
            "version": platform.get("version"),
            "region": await client.region(),
            "ca_pem": local.get("public_ca_cert"),
        }


async def _hosted(client: Client) -> Values:
    """An organization of Elastic Cloud Hosted, which has no platform and one CA per region."""
    regions = await regions_in_use(client)
    return {
        "environment_id": await organization_id(client),
        "account_id": await _account_id(client),
        "installation_id": None,
        "version": None,
        "region": client.config.region or _only(regions),
        "ca_pem": None,
    }


def _only(values: list[str] | None) -> str | None:
    return values[0] if values and len(values) == 1 else None


async def _local_trust(client: Client) -> dict[str, Any]:
    """The record of this installation among the trust relationships; empty where it cannot be seen."""
    query = {"filter": "local", "include_certificate": True}
    reply = await optional_answer(client, "get-trust-relationships", query=query) or {}
    return next((record for record in reply.get("trust_relationships") or () if record.get("local")), {})


async def _account_id(client: Client) -> str | None:
    """``GET /account``; that ECE answers it is inferred from the API document."""
    identifier = (await optional_answer(client, "get-current-account") or {}).get("id")
    return str(identifier) if identifier else None
