"""What an import cannot name: the model, the remote deployment, and whether the key is one of ours."""

from __future__ import annotations

from ece_client import ApiError, NotFound
from ece_domain.remote_clusters import Connection, ConnectionId, alias_settings, credentials_setting
from ece_domain.security_models import SecurityModel
from ece_provider.configured import ConfiguredProvider
from ece_provider.remote_search import by_endpoint
from ece_provider.resources.cross_cluster_api_key.handover import labelled_keys
from ece_provider.resources.remote_cluster.mapping import id_of
from ece_provider.resources.remote_cluster.schema import ELASTICSEARCH, PLATFORM, SCHEMA
from ece_provider.sides import Side, require
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import ImportContext
from terraform_plugin.values import Values


async def import_state(context: ImportContext[ConfiguredProvider], named: ConnectionId) -> Values:
    """The state of an alias that is adopted, with what the world tells of it.

    Raises:
        DiagnosticError: the deployment does not exist, or belongs to the platform.
        ApiError: the local side cannot be reached or refuses.
    """
    given = {**SCHEMA.null(), "deployment_id": named.deployment_id, "environment": named.environment}
    local = await require(context.provider, {**given, "ref_id": named.ref_id})
    alias = named.alias
    state = {**given, **local.members({"environment": named.environment}), "alias": alias}
    is_keyed = credentials_setting(alias) in await local.cluster.secrets()
    model = SecurityModel.API_KEY if is_keyed else SecurityModel.CERTIFICATE
    connection = Connection.read(alias_settings(await local.cluster.settings(), alias))
    remote = await _remote_of(context, connection)
    is_listed = not is_keyed and alias in await _platform_list(local)
    has_key = is_keyed and remote is not None and await _is_ours(remote, local, alias)
    return {
        **state,
        "security_model": model.value,
        "remote": None if remote is None else remote.members({"environment": remote.place.name}),
        "managed_through": PLATFORM if is_listed else ELASTICSEARCH,
        "cross_cluster_api_key_id": id_of(state) if has_key else None,
        "external_secret": is_keyed and not has_key,
        "wait_for_connected": True,
    }


async def _platform_list(local: Side) -> list[str]:
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


async def _is_ours(remote: Side, local: Side, alias: str) -> bool:
    try:
        return bool(await labelled_keys(await remote.elasticsearch(), local.facts.cluster_id, alias))
    except ApiError:
        return False
