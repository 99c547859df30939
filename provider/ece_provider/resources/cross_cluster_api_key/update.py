"""Updating: the key that is in use gets other access, or a new key takes its place under the same alias."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ece_client import ApiError, CreatedKey, ElasticsearchError, NotFound
from ece_domain.cross_cluster_keys import ACTIVE, KeyLabel
from ece_provider.configured import ConfiguredProvider
from ece_provider.owners import note_done, settle
from ece_provider.resources.cross_cluster_api_key.access import to_request
from ece_provider.resources.cross_cluster_api_key.create import key_values, sides_of, with_sides
from ece_provider.resources.cross_cluster_api_key.handover import Handover, Steps
from ece_provider.resources.cross_cluster_api_key.local_side import LocalSide
from ece_provider.resources.cross_cluster_api_key.mapping import thing_of
from ece_provider.resources.cross_cluster_api_key.old_keys import OldKey, end_elsewhere, tell_to_deliver
from ece_provider.resources.cross_cluster_api_key.plan import rotates
from ece_provider.resources.cross_cluster_api_key.schema import TYPE_NAME
from ece_provider.resources.cross_cluster_api_key.secret_file import SecretFile
from ece_provider.resources.deployment.calls import Deadline
from ece_provider.side_names import is_moved, side_words
from ece_provider.sides import Side, check_renamed, locate
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import UpdateContext
from terraform_plugin.values import Values, is_known


async def update(context: UpdateContext[ConfiguredProvider]) -> Values:
    """Bring the key to what is planned; returns the whole state. Raises as ``create``."""
    settle(context)
    local, remote = await sides_of(context, context.planned)
    planned = with_sides(context.planned, local, remote)
    environments = context.provider.environment_names
    check_renamed(context.prior["remote"], remote, environments, Path("remote"))
    if local.side is not None:
        check_renamed(context.prior["local"], local.side, environments, Path("local"))
    if rotates(context.prior, context.planned, environments):
        state = await _rotate(context, planned, local, remote)
    else:
        state = await _update_key(context, planned, local, remote)
    note_done(context, TYPE_NAME, str(thing_of(planned["local"])))
    return state


async def _update_key(
    context: UpdateContext[ConfiguredProvider], planned: Values, local: LocalSide, remote: Side
) -> Values:
    """Access and metadata of the key that is in use, and the place of its file."""
    changes: dict[str, Mapping[str, Any]] = {}
    if "access" in context.changed:
        changes["access"] = to_request(planned["access"])
    if "rotate_after" in context.changed:
        label = KeyLabel(local.facts.cluster_id, planned["local"]["alias"], ACTIVE, planned["rotate_after"])
        changes["metadata"] = label.metadata()
    if changes:
        try:
            elasticsearch = await remote.elasticsearch()
            await elasticsearch.update_cross_cluster_key(context.prior["key_id"], **changes)
        except ElasticsearchError as problem:
            raise _not_updated(context, problem) from problem
    state = {name: value if is_known(value) else context.prior[name] for name, value in planned.items()}
    if local.file is not None:
        state["secret_present"] = _moved_file(context, local.file)
    return state


def _moved_file(context: UpdateContext[ConfiguredProvider], file: SecretFile) -> bool:
    """Move the file to where it is to be now; whether it is there."""
    key_id = str(context.prior["key_id"])
    former = context.prior["local"].get("secret_file")
    if file.holder() == key_id or former in (None, file.name):
        return file.holder() == key_id
    old = SecretFile(former)
    if old.holder() != key_id:
        return False
    file.check_free([key_id])
    old.move_to(file)
    return True


def _not_updated(context: UpdateContext[ConfiguredProvider], problem: ElasticsearchError) -> Exception:
    if problem.status not in (400, 404):
        return problem
    return DiagnosticError(
        "The key cannot be updated",
        f"{problem}. Elasticsearch lets only the user who made a key update it, and only while it is valid. "
        "Run plan again: a dead key is replaced. For a living one of another user change name, which makes a new key.",
        Path("access") if "access" in context.changed else Path("rotate_after"),
    )


async def _rotate(
    context: UpdateContext[ConfiguredProvider], planned: Values, local: LocalSide, remote: Side
) -> Values:
    prior = context.prior
    old = await _old_key(context, remote)
    is_here = old is None or old.is_on(remote)
    taken = {**prior, "local": planned["local"], "secret_present": True}
    if not is_here:
        taken["remote"] = planned["remote"]

    def made(created: CreatedKey) -> None:
        """Nothing refers to the key yet, so state keeps the one before."""

    def written(created: CreatedKey) -> None:
        """The rest of the state stays as it was: until all is done the next plan must see something to do."""
        context.save({**taken, **key_values(created), "rotation_due": True})

    handover = Handover(context, local, remote, planned, Deadline(context.timeouts.get("update")))
    steps = Steps(made, written, takes_back=True)
    created = await handover.run(steps, *([old.key_id] if old is not None and is_here else []))
    if local.file is not None:
        _clear_former_file(context, local.file)
        tell_to_deliver(context, local.file, old, is_here=is_here)
    elif old is not None and not is_here:
        await end_elsewhere(context, old)
    return {**planned, **key_values(created), "secret_present": True, "rotation_due": False}


def _clear_former_file(context: UpdateContext[ConfiguredProvider], file: SecretFile) -> None:
    former = context.prior["local"].get("secret_file")
    if former in (None, file.name):
        return
    old = SecretFile(former)
    if old.holder() == context.prior["key_id"]:
        old.remove()


async def _old_key(context: UpdateContext[ConfiguredProvider], remote: Side) -> OldKey | None:
    """The key that is in state, on the side where it was made; None when that side is gone."""
    prior = context.prior
    if not prior["key_id"]:
        return None
    if not is_moved(prior["remote"], context.planned["remote"], context.provider.environment_names):
        return OldKey(remote, prior["key_id"])
    try:
        return OldKey(await locate(context.provider, prior["remote"]), prior["key_id"])
    except NotFound:
        return None
    except (ApiError, DiagnosticError) as problem:
        context.diagnostics.warning(
            "The old key is still valid",
            f"Key {prior['key_id']} was made on {side_words(prior['remote'])}, which cannot be reached "
            f"now: {problem}. It is not used any more; invalidate it there.",
        )
        return None
