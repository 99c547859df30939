"""Deleting: secret out of the keystore, key invalidated; unless another key took over, which must go on working."""

from __future__ import annotations

import logging

from ece_client import ApiError, NotFound
from ece_domain.remote_clusters import ConnectionId, credentials_setting
from ece_provider.configured import ConfiguredProvider
from ece_provider.local_cluster import Secret
from ece_provider.owners import must_keep
from ece_provider.resources.cross_cluster_api_key.handover import labelled_keys
from ece_provider.resources.cross_cluster_api_key.mapping import thing_of
from ece_provider.resources.cross_cluster_api_key.old_keys import OldKey
from ece_provider.resources.cross_cluster_api_key.schema import TYPE_NAME
from ece_provider.resources.cross_cluster_api_key.secret_file import PATH, SecretFile
from ece_provider.resources.deployment.calls import Deadline
from ece_provider.side_names import side_words
from ece_provider.sides import Side, locate
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import DeleteContext

LOG = logging.getLogger("ece_provider.cross_cluster_api_key")


async def delete(context: DeleteContext[ConfiguredProvider]) -> None:
    """Remove what is there of secret and key.

    Raises:
        DiagnosticError: the remote side cannot be reached, and the key is not to be abandoned.
        Interrupted: the user stopped Terraform.
        ApiError: a side refuses.
    """
    state = context.state
    thing = str(thing_of(state["local"]))
    owners = context.provider.owners
    remote = await _remote(context)
    if must_keep(context, TYPE_NAME, thing) and not owners.is_made(TYPE_NAME, thing):
        if remote is not None:
            owners.keep(TYPE_NAME, thing, OldKey(remote, state["key_id"]))
        return  # the half of a replacement that follows takes over, and ends this key when the new one works
    if state["local"].get("deployment_id") is None:
        await _delete_with_file(context, remote)
        return
    local = await _local(context)
    has_successor = owners.is_made(TYPE_NAME, thing) or await _has_successor(context, local, remote)
    if local is not None and not has_successor:
        await _remove_secret(context, local)
    if remote is not None and state["key_id"]:
        try:
            await (await remote.elasticsearch()).invalidate_api_keys([state["key_id"]])
        except NotFound:
            LOG.info("the remote deployment is gone, and its keys with it")


async def _delete_with_file(context: DeleteContext[ConfiguredProvider], remote: Side | None) -> None:
    """The file while it holds this key, and every key of the alias but one that took over."""
    state, key_id = context.state, context.state["key_id"]
    name = state["local"].get("secret_file")
    file = None if name is None else SecretFile(name)
    holder = None if file is None else file.holder()
    keys: list[str] = []
    if remote is not None and key_id:
        elasticsearch = await remote.elasticsearch()
        label = ConnectionId.parse(state["id"]).label
        keys = await labelled_keys(elasticsearch, label, state["local"]["alias"])
        try:
            await elasticsearch.invalidate_api_keys(sorted({*keys, key_id} - ({holder} - {key_id})))
        except NotFound:
            LOG.info("the remote deployment is gone, and its keys with it")
    if file is not None and holder == key_id:
        file.remove()
    elif file is not None and holder is not None and holder not in keys:
        context.diagnostics.warning(
            "The secret file stays",
            f"{file.name} does not hold the key of this object (any more), so it is left as it is.",
            PATH,
        )


async def _local(context: DeleteContext[ConfiguredProvider]) -> Side | None:
    try:
        return await locate(context.provider, context.state["local"])
    except NotFound:
        return None


async def _remote(context: DeleteContext[ConfiguredProvider]) -> Side | None:
    """The remote side, None when it is gone or is to be left alone; asked before anything is removed."""
    state = context.state
    try:
        side = await locate(context.provider, state["remote"])
        await (await side.elasticsearch()).api_key(state["key_id"] or "-")
    except NotFound:
        return None
    except (ApiError, DiagnosticError) as problem:
        _abandon(context, problem)
        return None
    return side


def _abandon(context: DeleteContext[ConfiguredProvider], problem: Exception) -> None:
    state = context.state
    where = side_words(state["remote"])
    if not (state.get("abandon_remote_key") and state.get("expiration")):
        raise DiagnosticError(
            "The key cannot be invalidated",
            f"The remote side, {where}, cannot be reached: {problem}. Nothing was removed. Apply again when it "
            "answers; or set abandon_remote_key = true (with expiration), apply that with -refresh=false, and destroy: "
            "the secret is removed then, and the key left to expire.",
        ) from problem
    context.diagnostics.warning(
        "The key is left to expire",
        f"Key {state['key_id']} on {where} could not be invalidated: {problem}. Its secret is removed from the local "
        f"keystore or file; the key itself is valid until {state.get('expires_at')}.",
    )


async def _has_successor(context: DeleteContext[ConfiguredProvider], local: Side | None, remote: Side | None) -> bool:
    """True when another live key of the same alias is on the remote side: the secret is its own then."""
    if local is None or remote is None:
        return False
    state = context.state
    keys = await labelled_keys(await remote.elasticsearch(), local.facts.cluster_id, state["local"]["alias"])
    return any(key != state["key_id"] for key in keys)


async def _remove_secret(context: DeleteContext[ConfiguredProvider], local: Side) -> None:
    """Take the secret out; that there is none any more is fine."""
    name = credentials_setting(context.state["local"]["alias"])
    try:
        if name not in await local.cluster.secrets():
            return
        deadline = Deadline(context.timeouts.get("delete"))
        await local.cluster.write_secret(Secret(name, None), stop=context.stop, deadline=deadline.left())
    except NotFound:
        LOG.info("the local deployment is gone, and its keystore with it")
