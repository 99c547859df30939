"""Between the state of ``ece_remote_cluster`` and settings or list entries. No calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ece_domain.remote_clusters import Connection, ConnectionId
from ece_domain.security_models import SecurityModel
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.values import Values, is_set

if TYPE_CHECKING:
    from ece_provider.sides import Side


def id_of(state: Values) -> str:
    """The id of the object."""
    ref_id = state.get("ref_id")
    return str(ConnectionId(state["deployment_id"], ref_id if is_set(ref_id) else None, state["alias"]))


def thing_of(state: Values) -> str | None:
    """What the object owns: the alias of a deployment; None while that is not known."""
    if not (is_set(state["deployment_id"]) and is_set(state["alias"])):
        return None
    return f"{state['deployment_id']}/{state['alias']}"


def made_as(state: Values) -> str:
    """The alias together with the way it is managed: changing the way moves it from one place to another."""
    return f"{thing_of(state)}/{state['managed_through']}"


def model_of(state: Values) -> SecurityModel:
    """The security model."""
    return SecurityModel(state["security_model"])


def connection_of(planned: Values, remote: Side | None) -> Connection:
    """What is to be written.

    Raises:
        DiagnosticError: the remote deployment has no endpoint.
    """
    if remote is None:
        name = planned["server_name"]
        return Connection(
            planned["proxy_address"], name if is_set(name) else None, skip_unavailable=planned["skip_unavailable"]
        )
    if not remote.facts.endpoint:
        raise DiagnosticError(
            "The remote deployment has no endpoint",
            f"{remote.words[:1].upper()}{remote.words[1:]} has never come up, so it cannot be connected to. "
            "Wait for it, or repair it in the console.",
            Path("remote"),
        )
    return Connection.to_endpoint(
        remote.facts.endpoint, model_of(planned), skip_unavailable=planned["skip_unavailable"]
    )


def addresses_of(connection: Connection) -> dict[str, str | None]:
    """The attributes that say where the connection leads."""
    return {"proxy_address": connection.proxy_address or None, "server_name": connection.server_name}


def with_settings(state: Values, found: Mapping[str, Any]) -> Values:
    """The state with what the settings of the alias say; an address that another mode hides counts as missing."""
    connection = Connection.read(found)
    addresses = addresses_of(connection)
    if found.get("mode") != "proxy":
        addresses = dict.fromkeys(addresses)
    return {**state, **addresses, "skip_unavailable": connection.skip_unavailable}


def differing(wanted: Mapping[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that are not yet as wanted; texts and values of the same meaning are the same."""
    return {name: value for name, value in wanted.items() if _text(value) != _text(present.get(name))}


def _text(value: Any) -> str | None:
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
