"""The two ways to manage an alias: the settings of the local cluster, or the list that the platform keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from ece_domain.remote_clusters import Connection, alias_settings, removal
from ece_domain.security_models import SecurityModel
from ece_provider.resources.remote_cluster.mapping import addresses_of, differing, with_settings
from ece_provider.resources.remote_cluster.schema import PLATFORM
from ece_provider.sides import Side
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.values import Values

if TYPE_CHECKING:
    from ece_client import RemoteInfo

_KEYS: Final = ("mode", "proxy_address", "server_name")


@dataclass(frozen=True)
class Wanted:
    """What an alias is to be."""

    alias: str
    connection: Connection
    remote: Side | None
    is_own: bool
    """True when an object of this run had the alias before, so that whatever it leads to now may be changed."""


class Route(Protocol):
    """A way to manage the aliases of one local deployment."""

    async def write(self, wanted: Wanted, *, stop: asyncio.Event, deadline: float | None) -> bool:
        """Bring an alias to what is wanted; True when it was there before. Refuses one that belongs to another."""

    async def remove(self, alias: str, *, stop: asyncio.Event, deadline: float | None) -> None:
        """Remove an alias; that there is none is fine."""

    async def read(self, state: Values) -> tuple[Values, RemoteInfo | None, bool] | None:
        """State with what is there, the connection's own state, and whether it stands; None without the alias."""


def route_of(local: Side, managed_through: str) -> Route:
    """The route that an object chose."""
    return PlatformRoute(local) if managed_through == PLATFORM else SettingsRoute(local)


class SettingsRoute:
    """``PUT /_cluster/settings`` of the local cluster."""

    def __init__(self, local: Side) -> None:
        self._local = local

    async def write(self, wanted: Wanted, *, stop: asyncio.Event, deadline: float | None) -> bool:
        """As ``Route``."""
        was_there = False

        def change(present: Mapping[str, Any]) -> Mapping[str, Any]:
            nonlocal was_there
            found = alias_settings(present, wanted.alias)
            was_there = bool(found)
            if found and not wanted.is_own and not _leads_to(found, wanted.connection):
                raise second_owner(self._local, wanted, str(found.get("proxy_address") or found.get("seeds") or "-"))
            return differing(wanted.connection.settings(wanted.alias, found), present)

        await self._local.cluster.change_settings(change, stop=stop, deadline=deadline)
        return was_there

    async def remove(self, alias: str, *, stop: asyncio.Event, deadline: float | None) -> None:
        """As ``Route``."""
        await self._local.cluster.change_settings(
            lambda present: removal(alias, alias_settings(present, alias)), stop=stop, deadline=deadline
        )

    async def read(self, state: Values) -> tuple[Values, RemoteInfo | None, bool] | None:
        """As ``Route``."""
        cluster = self._local.cluster
        settings, remotes = await asyncio.gather(cluster.settings(), cluster.remotes())
        found = alias_settings(settings, state["alias"])
        if not found:
            return None
        info = remotes.get(state["alias"])
        by_key = state["security_model"] == SecurityModel.API_KEY.value
        stands = info is not None and info.connected and info.has_credentials == by_key
        return with_settings(state, found), info, stands


class PlatformRoute:
    """``PUT …/remote-clusters`` of the platform."""

    def __init__(self, local: Side) -> None:
        self._local = local
        self._list = local.place.remote_list(local.facts)

    async def write(self, wanted: Wanted, *, stop: asyncio.Event, deadline: float | None) -> bool:
        """As ``Route``."""
        if wanted.remote is None:
            raise ValueError("the platform's list names remote deployments")
        entry = {
            "deployment_id": wanted.remote.facts.id,
            "elasticsearch_ref_id": wanted.remote.facts.ref_id,
            "alias": wanted.alias,
            "skip_unavailable": wanted.connection.skip_unavailable,
        }
        was_there: list[bool] = []

        def change(present: Mapping[str, dict[str, Any]]) -> Mapping[str, dict[str, Any] | None]:
            found = present.get(wanted.alias)
            is_other = found is not None and found.get("deployment_id") != entry["deployment_id"]
            if is_other and not wanted.is_own:
                raise second_owner(self._local, wanted, f"deployment {(found or {}).get('deployment_id')}")
            was_there.append(found is not None)
            return {wanted.alias: entry}

        await self._list.change(change, stop=stop, deadline=deadline)
        return was_there[0]

    async def remove(self, alias: str, *, stop: asyncio.Event, deadline: float | None) -> None:
        """As ``Route``."""
        await self._list.change(lambda present: {alias: None}, stop=stop, deadline=deadline)

    async def read(self, state: Values) -> tuple[Values, RemoteInfo | None, bool] | None:
        """As ``Route``; the addresses are those that the platform writes into the settings."""
        entry = (await self._list.entries()).get(state["alias"])
        if entry is None:
            return None
        info = (await self._local.cluster.remotes()).get(state["alias"])
        addresses = {"proxy_address": info.proxy_address, "server_name": info.server_name} if info else {}
        remote = {
            "deployment_id": entry["deployment_id"],
            "ref_id": entry["elasticsearch_ref_id"],
            "environment": (state.get("remote") or {}).get("environment"),
            "environment_id": None,
        }
        state = {**state, **addresses, "remote": remote, "skip_unavailable": bool(entry.get("skip_unavailable"))}
        return state, info, info is not None and info.connected and not info.has_credentials


def _leads_to(found: Mapping[str, Any], connection: Connection) -> bool:
    return found.get("mode") == "proxy" and addresses_of(Connection.read(found)) == addresses_of(connection)


def second_owner(local: Side, wanted: Wanted, target: str) -> DiagnosticError:
    """The refusal of an alias that is somebody else's."""
    return DiagnosticError(
        "The alias belongs to something else",
        f'{local.words[:1].upper()}{local.words[1:]} has a remote cluster named "{wanted.alias}" already, which leads '
        f"to {target}. Give this one another alias; or, to take it over, import it by "
        f"{local.facts.id}/{local.facts.ref_id}/{wanted.alias}.",
        Path("alias"),
    )
