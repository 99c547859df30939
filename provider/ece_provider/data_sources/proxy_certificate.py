"""``ece_proxy_certificate``: the certificate chain that the proxies of the environment show."""

from __future__ import annotations

from typing import Final

from ece_provider.configured import ConfiguredProvider
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import DataContext, DataSource
from terraform_plugin.schema import Attribute, Schema
from terraform_plugin.types import BOOL, STRING, ListOf
from terraform_plugin.values import Values

SCHEMA: Final = Schema(
    description=(
        "The certificate chain that the proxies of the environment show, also at port 9443, where clusters connect by "
        "API key. Others whose trusted roots do not hold its CA need `ca_pem`: in a deployment of another ECE by "
        'direct trust of type `proxy`. The chain is read with the role "Platform viewer".'
    ),
    attributes={
        "chain_pem": Attribute(
            type=ListOf(STRING), computed=True, description="The chain as PEM texts: the server's first, the root last."
        ),
        "ca_pem": Attribute(type=STRING, computed=True, description="The last certificate of the chain: its CA."),
        "user_supplied": Attribute(
            type=BOOL, computed=True, description="`false`: the chain that ECE made when it was installed."
        ),
        "expires_at": Attribute(
            type=STRING, computed=True, description="When the first certificate of the chain expires."
        ),
    },
)


class ProxyCertificate(DataSource[ConfiguredProvider]):
    """The chain of the proxies, read only."""

    type_name = "ece_proxy_certificate"
    schema = SCHEMA

    async def read(self, context: DataContext[ConfiguredProvider]) -> Values:
        """``GET platform/configuration/security/tls/proxy``."""
        client = await context.provider.client()
        data = (await client.call("get-tls-certificate", path={"service_name": "proxy"})).data
        chain = list(data.get("chain") or ())
        if not chain:
            raise DiagnosticError(
                "No proxy certificate", "The API tells no certificate chain for the proxies of this environment."
            )
        return {
            "chain_pem": chain,
            "ca_pem": chain[-1],
            "user_supplied": bool(data.get("user_supplied")),
            "expires_at": (data.get("chain_status") or {}).get("expiration_date"),
        }
