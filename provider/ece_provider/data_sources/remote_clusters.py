"""``ece_remote_clusters``: the connections of a deployment as they are now, whoever made them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from ece_domain.remote_clusters import Connection, alias_settings, aliases_in, credentials_setting
from ece_domain.security_models import SecurityModel
from ece_provider.configured import ConfiguredProvider
from ece_provider.sides import side_attributes
from terraform_plugin.resource import DataContext, DataSource
from terraform_plugin.schema import Attribute, Nested, Nesting, Schema
from terraform_plugin.types import BOOL, NUMBER, STRING
from terraform_plugin.values import Values

if TYPE_CHECKING:
    from ece_client import RemoteInfo


def _computed(type: Any, description: str) -> Attribute:
    return Attribute(type=type, computed=True, description=description)


SCHEMA: Final = Schema(
    description="The remote clusters of a deployment as its Elasticsearch has them now.",
    attributes={
        **side_attributes("the local deployment", replace=False),
        "remote_clusters": Attribute(
            computed=True,
            description="The connections, by alias in alphabetical order.",
            nested=Nested(
                Nesting.LIST,
                {
                    "alias": _computed(STRING, "Name of the remote cluster."),
                    "mode": _computed(STRING, "`proxy`, or `sniff` outside of what ECE supports."),
                    "proxy_address": _computed(STRING, "`host:port` it leads to."),
                    "server_name": _computed(STRING, "Host name that TLS asks for."),
                    "skip_unavailable": _computed(BOOL, "Whether searches go on without it."),
                    "security_model": _computed(
                        STRING, "`api_key` where the keystore holds a secret for the alias, else `certificate`."
                    ),
                    "connected": _computed(BOOL, "Whether the connection stands now."),
                    "sockets": _computed(NUMBER, "Open connections."),
                },
            ),
        ),
    },
)


class RemoteClusters(DataSource[ConfiguredProvider]):
    """Live state of connections, read only."""

    type_name = "ece_remote_clusters"
    schema = SCHEMA

    async def read(self, context: DataContext[ConfiguredProvider]) -> Values:
        """Ask settings, state and keystore names of the deployment."""
        from ece_provider.sides import require

        side = await require(context.provider, context.config)
        cluster = side.cluster
        settings, remotes, secrets = await asyncio.gather(cluster.settings(), cluster.remotes(), cluster.secrets())
        aliases = sorted({*aliases_in(settings), *remotes})
        found = [_entry(alias, alias_settings(settings, alias), remotes.get(alias), secrets) for alias in aliases]
        return {**context.config, **side.members({}), "remote_clusters": found}


def _entry(alias: str, found: dict[str, Any], info: RemoteInfo | None, secrets: dict[str, bool]) -> Values:
    connection = Connection.read(found)
    is_keyed = credentials_setting(alias) in secrets
    return {
        "alias": alias,
        "mode": str(found.get("mode") or (info.mode if info else "")) or None,
        "proxy_address": connection.proxy_address or (info.proxy_address if info else None),
        "server_name": connection.server_name or (info.server_name if info else None),
        "skip_unavailable": info.skip_unavailable if info else connection.skip_unavailable,
        "security_model": (SecurityModel.API_KEY if is_keyed else SecurityModel.CERTIFICATE).value,
        "connected": info is not None and info.connected,
        "sockets": info.sockets if info else 0,
    }
