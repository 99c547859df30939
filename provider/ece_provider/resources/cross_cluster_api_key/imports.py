"""Adopting a key: by an id that names both sides, or by identity, for keys that the provider made."""

from __future__ import annotations

from dataclasses import dataclass

from ece_client import ApiError
from ece_domain.cross_cluster_keys import KeyLabel
from ece_domain.findings import InvalidValue
from ece_domain.identifiers import check_hex_id
from ece_domain.remote_clusters import NO_REF_ID, Connection, ConnectionId, alias_settings, split_environment
from ece_provider.configured import ConfiguredProvider
from ece_provider.remote_search import by_endpoint
from ece_provider.resources.cross_cluster_api_key.schema import SCHEMA
from ece_provider.sides import Side, locate, named_side
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import ImportContext
from terraform_plugin.values import Values

FORM = (
    "<local deployment>/<ref_id>/<alias>,<environment or ->/<remote deployment>/<ref_id>/<key id>, where "
    "<environment>/-/<alias> and <environment>/-/<key id> name clusters without a deployment, -/<name>/<alias> a local "
    "cluster known by name, and a third part names its secret_file"
)


async def import_state(context: ImportContext[ConfiguredProvider]) -> Values:
    """What read needs to know of a key.

    Raises:
        DiagnosticError: the id has another form, or the identity leads to no key.
    """
    if context.id is not None:
        return await _named(context, *parse_import_id(context.id))
    identity = context.identity or {}
    parts = [identity.get("deployment_id"), identity.get("ref_id"), identity.get("alias")]
    try:
        local = ConnectionId.parse("/".join(str(part) for part in parts if part))
    except InvalidValue as problem:
        raise DiagnosticError("Invalid identity", f"{problem}.") from None
    if local.is_cluster or local.is_named:
        raise DiagnosticError(
            "The remote side is not known",
            f"{local} names a cluster without a deployment, which cannot tell where its key was made. Import by id: "
            f"{FORM}.",
        )
    return await _found(context, local)


@dataclass(frozen=True)
class RemoteKey:
    """The key in an import id."""

    environment: str | None
    deployment_id: str | None
    """None for a cluster without a deployment."""
    ref_id: str | None
    key_id: str


def parse_import_id(text: str) -> tuple[ConnectionId, RemoteKey, str | None]:
    """Read an import id: the local side, the key, and the secret file; a ``ref_id`` may be left out.

    Raises:
        DiagnosticError: another form.
    """
    first, separator, rest = text.partition(",")
    second, _, file = rest.partition(",")
    try:
        if not separator:
            raise InvalidValue(f'"{text}" names one side only')
        return ConnectionId.parse(first.strip()), _remote_key(second.strip()), file.strip() or None
    except InvalidValue as problem:
        raise DiagnosticError("Invalid import id", f"{problem}. Import by {FORM}.") from None


def _remote_key(text: str) -> RemoteKey:
    environment, parts = split_environment(text)
    if len(parts) not in (2, 3) or not all(parts):
        raise InvalidValue(f'"{text}" does not name a key on the remote side')
    if len(parts) == 3 and parts[1] == NO_REF_ID:
        return RemoteKey(environment or parts[0], None, None, parts[2])
    deployment_id = check_hex_id(parts[0], "deployment id")
    return RemoteKey(environment, deployment_id, parts[1] if len(parts) == 3 else None, parts[-1])


async def _named(
    context: ImportContext[ConfiguredProvider], local: ConnectionId, key: RemoteKey, file: str | None
) -> Values:
    """The state of a key that an import names, both sides in the words of the configuration."""
    provider = context.provider
    environment = key.environment
    if key.deployment_id is None:
        environment = await provider.places.of_cluster(str(environment))
    if local.is_named:
        members = {"deployment_id": None, "environment": None, "environment_id": None, "ref_id": None}
    else:
        members = await named_side(provider, local)
    name = local.ref_id if local.is_named else None
    remote = {"deployment_id": key.deployment_id, "environment": environment, "ref_id": key.ref_id}
    return _state({**members, "alias": local.alias, "name": name, "secret_file": file}, remote, key.key_id)


def _state(local: Values, remote: Values, key_id: str) -> Values:
    return {
        **SCHEMA.null(),
        "local": local,
        "remote": {"environment_id": None, "address": None, "server_name": None, **remote},
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
            given = {"environment": local_id.environment, "ref_id": local_id.ref_id, "name": None, "secret_file": None}
            members = {
                **given,
                "deployment_id": local_id.deployment_id,
                "environment_id": None,
                "alias": local_id.alias,
            }
            return _state(members, {"deployment_id": remote.facts.id, "environment": name, "ref_id": None}, key_id)
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
