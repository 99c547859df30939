"""Between the state of ``ece_remote_cluster`` and settings or list entries. No calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ece_domain.remote_clusters import Address, Connection, ConnectionId
from ece_domain.security_models import CLOUD_PORTS, OTHER_PORTS, SecurityModel
from ece_provider.side_names import alias_thing
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.values import Values, is_set

if TYPE_CHECKING:
    from ece_provider.sides import Side


def id_of(state: Values) -> str:
    """The id of the object, for a deployment whose ``ref_id`` is known."""
    return str(ConnectionId(state["deployment_id"], state["ref_id"], state["alias"]))


def thing_of(state: Values) -> str | None:
    """What the object owns: the alias of a deployment or cluster; None while that is not known."""
    return alias_thing(state)


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
    skip = planned["skip_unavailable"]
    if remote is None:
        name = planned["server_name"]
        return Connection(planned["proxy_address"], name if is_set(name) else None, skip_unavailable=skip)
    return connection_to(remote, planned["remote"], model_of(planned), skip_unavailable=skip)


def connection_to(remote: Side, given: Values, model: SecurityModel, *, skip_unavailable: bool) -> Connection:
    """What leads to a remote side; ``given`` are its members, of which ``address`` and ``server_name`` count.

    Raises:
        DiagnosticError: it has no endpoint, and no address was given.
    """
    ports = CLOUD_PORTS if remote.facts.is_deployment else OTHER_PORTS
    host, name = remote.facts.endpoint, given.get("server_name")
    if given.get("address") is not None:
        address = str(Address.parse_host(given["address"], ports[model]))
        return Connection(address, name or host, skip_unavailable)
    if not remote.facts.is_deployment:
        raise DiagnosticError(
            "The address of the remote cluster is missing",
            f"{remote.words[:1].upper()}{remote.words[1:]} does not tell under which name others reach it. Give "
            f"remote.address: a host, with a port if it is not {ports[model]}.",
            Path("remote").attribute("address"),
        )
    if host and name:
        return Connection(f"{host}:{ports[model]}", name, skip_unavailable)
    if not host:
        raise DiagnosticError(
            "The remote deployment has no endpoint",
            f"{remote.words[:1].upper()}{remote.words[1:]} has never come up, so it cannot be connected to. "
            "Wait for it, or repair it in the console.",
            Path("remote"),
        )
    return Connection.to_endpoint(host, model, skip_unavailable)


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
