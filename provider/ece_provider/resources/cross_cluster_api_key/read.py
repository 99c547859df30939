"""Reading: whether both halves of the object are there, and whether the key is due. The only place with a clock."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ece_client import ApiError, NotFound
from ece_domain.remote_clusters import credentials_setting
from ece_provider.configured import ConfiguredProvider
from ece_provider.places import EnvironmentUnknown
from ece_provider.resources.cross_cluster_api_key.mapping import named_id, with_key
from ece_provider.resources.cross_cluster_api_key.secret_file import PATH, SecretFile
from ece_provider.side_names import side_words
from ece_provider.sides import Side, locate
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import ReadContext
from terraform_plugin.values import Values

if TYPE_CHECKING:
    from ece_client import KeyInfo

LOG = logging.getLogger("ece_provider.cross_cluster_api_key")


@dataclass(frozen=True)
class _Local:
    side: Side | None
    """None when the deployment is gone, or when the key goes into a file: then the cluster is not asked."""
    has_secret: bool
    is_gone: bool = False


@dataclass(frozen=True)
class _Remote:
    side: Side | None
    key: KeyInfo | None
    is_out_of_reach: bool = False


async def read(context: ReadContext[ConfiguredProvider]) -> Values | None:
    """The state of key and secret; None when nothing of both is left.

    Raises:
        DiagnosticError: an environment is missing, or an import names nothing that is there.
        ApiError: a side cannot be reached or refuses; with ``abandon_remote_key`` the remote side may be.
    """
    state = context.state
    try:
        local = await _local(context)
        remote = await _remote(context)
    except EnvironmentUnknown as problem:
        LOG.info("%s: kept as it is: %s", state.get("id"), problem)
        return state
    if context.imported:
        _check_import(context, local, remote)
    now = remote.key.seen_at if remote.key is not None else time.time()
    if not local.has_secret and not _is_live(remote, now) and (local.is_gone or remote.side is None):
        return None
    if local.side is None and not local.is_gone and context.imported:
        state = await _with_cluster(context, state)
    if local.side is not None:
        state = {**state, "local": local.side.members({**state["local"], **_names(state["local"])})}
    if remote.side is not None:
        state = {**state, "remote": remote.side.members({**state["remote"], **_names(state["remote"])})}
        state = with_key(state, remote.key, now)
    identifier = state["id"] if local.side is None else local.side.connection_id(state["local"]["alias"])
    return {
        **state,
        "id": identifier,
        "secret_present": local.has_secret,
        "rotation_due": bool(state.get("rotation_due")),
        "abandon_remote_key": bool(state.get("abandon_remote_key")),
    }


def _names(members: Values) -> Values:
    """What state calls an environment stays, also when its entry has another name now."""
    return {"environment": members.get("environment")}


def _is_live(remote: _Remote, now: float) -> bool:
    return remote.is_out_of_reach or (remote.key is not None and remote.key.is_live(now))


async def _local(context: ReadContext[ConfiguredProvider]) -> _Local:
    given = context.state["local"]
    if given.get("secret_file") is not None or given.get("deployment_id") is None:
        return _Local(None, has_secret=_has_file(context, given.get("secret_file")))
    try:
        side = await locate(context.provider, given, Path("local"))
        names = await side.cluster.secrets()
    except NotFound:
        return _Local(None, has_secret=False, is_gone=True)
    return _Local(side, credentials_setting(given["alias"]) in names)


def _has_file(context: ReadContext[ConfiguredProvider], name: str | None) -> bool:
    """Whether the file of the state holds the key; that it does not is told, and may be as it should be."""
    if name is None:
        return False
    file, key_id = SecretFile(name), context.state["key_id"]
    holder = file.holder()
    if holder == key_id:
        if file.is_open_to_others:
            context.diagnostics.warning("The secret file can be read by others", f"{name}: chmod 600 {name}.", PATH)
        return True
    if holder is None and context.state.get("secret_present") is True:
        context.diagnostics.warning(
            "The secret file is gone",
            f"{name} is not there any more. That is fine once its key is in the keystore of every node. If it never "
            "got there, make another key: terraform apply -replace=<address of this object>.",
            PATH,
        )
    elif holder is not None:
        what = f"the key {holder}" if holder else "something else"
        context.diagnostics.warning(
            "The secret file holds something else",
            f"{name} holds {what}, and not the key {key_id} of this object. It is left as it is.",
            PATH,
        )
    return False


async def _with_cluster(context: ReadContext[ConfiguredProvider], state: Values) -> Values:
    """What an import does not know of a cluster without a deployment."""
    local = state["local"]
    if local.get("name") is not None:
        return {**state, "id": named_id(local["name"], local["alias"])}
    side = await locate(context.provider, local, Path("local"))
    return {**state, "local": side.members(local), "id": side.connection_id(local["alias"])}


async def _remote(context: ReadContext[ConfiguredProvider]) -> _Remote:
    state = context.state
    try:
        side = await locate(context.provider, state["remote"], Path("remote"))
        return _Remote(side, await (await side.elasticsearch()).api_key(state["key_id"]))
    except NotFound:
        return _Remote(None, None)
    except (ApiError, DiagnosticError) as problem:
        if not state.get("abandon_remote_key") or isinstance(problem, EnvironmentUnknown):
            raise
        context.diagnostics.warning(
            "The remote side cannot be reached",
            f"Key {state['key_id']} on {side_words(state['remote'])} could not be looked at: "
            f"{problem}. With abandon_remote_key = true a destroy leaves it to expire.",
        )
        return _Remote(None, None, is_out_of_reach=True)


def _check_import(context: ReadContext[ConfiguredProvider], local: _Local, remote: _Remote) -> None:
    """What is imported must be there: a typing error must not become an object."""
    state = context.state
    if local.is_gone or remote.side is None:
        missing = "local" if local.is_gone else "remote"
        raise DiagnosticError(
            "Deployment does not exist",
            f"The import id names the {missing} deployment {state[missing]['deployment_id']}, which does not exist "
            "there.",
        )
    if remote.key is None:
        raise DiagnosticError("Key does not exist", f"{remote.side.words} has no API key {state['key_id']}.")
    if remote.key.type != "cross_cluster":
        raise DiagnosticError(
            "Not a cross-cluster API key",
            f'Key {state["key_id"]} of {remote.side.words} is of type "{remote.key.type}": it opens the REST API and '
            "cannot be used for remote clusters.",
        )
