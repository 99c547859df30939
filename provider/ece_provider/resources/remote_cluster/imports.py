"""What an import cannot name: the model, the remote deployment, and whether the key is one of ours."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ece_client import ApiError, NotFound
from ece_domain.remote_clusters import Connection, ConnectionId, alias_settings, credentials_setting
from ece_domain.security_models import OTHER_PORTS, SecurityModel
from ece_provider.configured import ConfiguredProvider
from ece_provider.kinds import ELASTICSEARCH as KIND_ELASTICSEARCH
from ece_provider.remote_search import by_endpoint
from ece_provider.resources.cross_cluster_api_key.handover import labelled_keys
from ece_provider.resources.remote_cluster.schema import ELASTICSEARCH, PLATFORM, SCHEMA
from ece_provider.sides import Side, locate, named_side, require
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import ImportContext
from terraform_plugin.values import Values


async def import_state(context: ImportContext[ConfiguredProvider], named: ConnectionId) -> Values:
    """The state of an alias that is adopted, with what the world tells of it.

    Raises:
        DiagnosticError: the deployment does not exist, or belongs to the platform.
        ApiError: the local side cannot be reached or refuses.
    """
    given = {**SCHEMA.null(), **await named_side(context.provider, named)}
    local = await require(context.provider, given)
    alias = named.alias
    state = {**given, **local.members({"environment": given["environment"]}), "alias": alias}
    is_keyed = credentials_setting(alias) in await local.cluster.secrets()
    model = SecurityModel.API_KEY if is_keyed else SecurityModel.CERTIFICATE
    connection = Connection.read(alias_settings(await local.cluster.settings(), alias))
    remote = await _remote_of(context, connection)
    address: dict[str, Any] = {"address": None, "server_name": None}
    if remote is None and is_keyed:
        remote = await _keyed_cluster(context, local, alias)
        address = _address_of(connection, model)
    is_listed = not is_keyed and alias in await _platform_list(local)
    has_key = is_keyed and remote is not None and await _is_ours(remote, local, alias)
    return {
        **state,
        "security_model": model.value,
        "remote": None if remote is None else remote.members({"environment": remote.place.name, **address}),
        "managed_through": PLATFORM if is_listed else ELASTICSEARCH,
        "cross_cluster_api_key_id": local.connection_id(alias) if has_key else None,
        "external_secret": is_keyed and not has_key,
        "wait_for_connected": True,
    }


async def _platform_list(local: Side) -> list[str]:
    if not local.facts.is_deployment:
        return []
    try:
        return list(await local.place.remote_list(local.facts).entries())
    except NotFound:
        return []


async def _remote_of(context: ImportContext[ConfiguredProvider], connection: Connection) -> Side | None:
    """The deployment that an address leads to, in this environment or in one of the others."""
    for name in (None, *context.provider.environment_names):
        try:
            found = await by_endpoint(await context.provider.places.find(name), connection.server_name)
        except (ApiError, DiagnosticError):
            continue  # an environment that cannot be asked leaves the addresses as they are written
        if found is not None:
            return found
    return None


async def _keyed_cluster(context: ImportContext[ConfiguredProvider], local: Side, alias: str) -> Side | None:
    """A cluster without a deployment that has a key of ours for the alias: its address alone would tell nothing."""
    provider = context.provider
    for name in (None, *provider.environment_names):
        if provider.kind_of(name) != KIND_ELASTICSEARCH:
            continue
        with suppress(ApiError, DiagnosticError):  # one that cannot be asked leaves the addresses as they are written
            found = await locate(provider, {"environment": name, "deployment_id": None})
            if await _is_ours(found, local, alias):
                return found
    return None


def _address_of(connection: Connection, model: SecurityModel) -> dict[str, Any]:
    """The members that lead there again; the port of the model need not be said."""
    default = f":{OTHER_PORTS[model]}"
    return {"address": connection.proxy_address.removesuffix(default), "server_name": connection.server_name}


async def _is_ours(remote: Side, local: Side, alias: str) -> bool:
    try:
        return bool(await labelled_keys(await remote.elasticsearch(), local.facts.cluster_id, alias))
    except ApiError:
        return False
