"""Adopting a key: by an id that names both sides, or by identity, for keys that the provider made."""

from __future__ import annotations

from ece_client import ApiError
from ece_domain.cross_cluster_keys import KeyLabel
from ece_domain.findings import InvalidValue
from ece_domain.identifiers import check_hex_id
from ece_domain.remote_clusters import Connection, ConnectionId, alias_settings, split_environment
from ece_provider.configured import ConfiguredProvider
from ece_provider.remote_search import by_endpoint
from ece_provider.resources.cross_cluster_api_key.schema import SCHEMA
from ece_provider.sides import Side, locate
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import ImportContext
from terraform_plugin.values import Values

FORM = "<local deployment>/<ref_id>/<alias>,<environment or ->/<remote deployment>/<ref_id>/<key id>"


async def import_state(context: ImportContext[ConfiguredProvider]) -> Values:
    """What read needs to know of a key.

    Raises:
        DiagnosticError: the id has another form, or the identity leads to no key.
    """
    if context.id is not None:
        return parse_import_id(context.id)
    identity = context.identity or {}
    parts = [identity.get("deployment_id"), identity.get("ref_id"), identity.get("alias")]
    try:
        local = ConnectionId.parse("/".join(str(part) for part in parts if part))
    except InvalidValue as problem:
        raise DiagnosticError("Invalid identity", f"{problem}.") from None
    return await _found(context, local)


def parse_import_id(text: str) -> Values:
    """Read an import id; both ``ref_id`` may be left out.

    Raises:
        DiagnosticError: another form.
    """
    first, separator, second = text.partition(",")
    try:
        if not separator:
            raise InvalidValue(f'"{text}" names one side only')
        local = ConnectionId.parse(first.strip())
        environment, parts = split_environment(second.strip())
        if len(parts) not in (2, 3) or not all(parts):
            raise InvalidValue(f'"{second.strip()}" does not name a key on the remote side')
        remote_id = check_hex_id(parts[0], "deployment id")
    except InvalidValue as problem:
        raise DiagnosticError("Invalid import id", f"{problem}. Import by {FORM}.") from None
    return _state(local, environment, remote_id, parts[1] if len(parts) == 3 else None, parts[-1])


def _state(local: ConnectionId, environment: str | None, remote_id: str, ref_id: str | None, key_id: str) -> Values:
    side = {"environment_id": None}
    return {
        **SCHEMA.null(),
        "local": {
            **side,
            "deployment_id": local.deployment_id,
            "environment": local.environment,
            "ref_id": local.ref_id,
            "alias": local.alias,
        },
        "remote": {**side, "deployment_id": remote_id, "environment": environment, "ref_id": ref_id},
        "key_id": key_id,
        "abandon_remote_key": False,
    }


async def _found(context: ImportContext[ConfiguredProvider], local_id: ConnectionId) -> Values:
    """The newest live key that our metadata ties to the alias, on the deployment that the alias points to."""
    provider = context.provider
    given = {"deployment_id": local_id.deployment_id, "environment": None, "environment_id": None}
    local = await locate(provider, given)
    connection = Connection.read(alias_settings(await local.cluster.settings(), local_id.alias))
    for name in (None, *provider.environment_names):
        try:
            remote = await by_endpoint(await provider.places.find(name), connection.server_name)
        except (ApiError, DiagnosticError):
            if name is None:
                raise
            continue  # an environment that cannot be asked is not where the key is found
        if remote is not None and (key_id := await _newest_key(remote, local, local_id.alias)) is not None:
            return _state(local_id, name, remote.facts.id, None, key_id)
    raise DiagnosticError(
        "No key found for this identity",
        f'Alias "{local_id.alias}" of {local.words} leads to no deployment of the environments known here that has a '
        f"key made for it by this provider. Import by id: {FORM}.",
    )


async def _newest_key(remote: Side, local: Side, alias: str) -> str | None:
    keys = [
        key
        for key in await (await remote.elasticsearch()).api_keys()
        if (label := KeyLabel.read(key.metadata)) is not None and label.is_for(local.facts.cluster_id, alias)
    ]
    return max(keys, key=lambda key: key.creation).id if keys else None
