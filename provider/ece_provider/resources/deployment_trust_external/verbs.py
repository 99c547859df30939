"""Making, reading, changing and removing the entry for one trust relationship."""

from __future__ import annotations

from typing import Any

from ece_provider.configured import ConfiguredProvider
from ece_provider.resources.deployment.calls import Deadline
from ece_provider.resources.deployment_trust_external.schema import TYPE_NAME, thing_of
from ece_provider.trust import entries, replacement, verbs
from ece_provider.trust.checks import refuse_deployment_ids
from ece_provider.trust.entries import EXTERNAL, EntryRef, Json
from ece_provider.trust.ids import EntryId
from ece_provider.trust.verbs import already_there
from ece_provider.trust.writer import Target
from terraform_plugin.resource import CreateContext, DeleteContext, ReadContext, UpdateContext
from terraform_plugin.values import Values


async def create(context: CreateContext[ConfiguredProvider]) -> Values:
    """Make the entry; one that is there and trusts the same is taken over, another one is left to an import."""
    planned, deadline = context.planned, Deadline(context.timeouts.get("create"))
    thing = thing_of(planned)
    is_own = replacement.begin(context, thing) is not None
    await refuse_deployment_ids(context.provider, planned["cluster_ids"])
    ref = _ref(planned)

    def change(target: Target) -> None:
        entry = entries.find(target.lists, ref)
        if entry is not None and not is_own and not _is_as(entry, planned):
            raise already_there(TYPE_NAME, str(EntryId(target.facts.id, target.facts.ref_id, ref)), target.facts, entry)
        _set(target, ref, planned)

    written = await verbs.write(context, planned["deployment_id"], change, deadline, ref_id=planned["ref_id"])
    state = _state(written.facts.id, written.facts.ref_id, planned)
    replacement.made(context, thing)
    context.save(state)
    await verbs.settle(context, written, deadline, "create")
    return state


async def read(context: ReadContext[ConfiguredProvider]) -> Values | None:
    """The entry as it is now."""
    found = await verbs.read(context)
    if found is None:
        return None
    facts, lists = found
    entry = entries.find(lists, _ref(context.state))
    if entry is None:
        return None
    level = entries.level_of(entry, None if context.imported else context.state)
    return _state(facts.id, facts.ref_id, {**context.state, **level})


async def update(context: UpdateContext[ConfiguredProvider]) -> Values:
    """Change whom the entry trusts."""
    planned, deadline = context.planned, Deadline(context.timeouts.get("update"))
    await refuse_deployment_ids(context.provider, planned["cluster_ids"])
    ref = _ref(planned)
    written = await verbs.write(context, planned["deployment_id"], lambda target: _set(target, ref, planned), deadline)
    context.save(planned)
    await verbs.settle(context, written, deadline, "update")
    return planned


async def delete(context: DeleteContext[ConfiguredProvider]) -> None:
    """Take the entry out, and nothing else."""
    state = context.state
    if replacement.is_made_again(context, thing_of(state)):
        return
    ref = _ref(state)
    await verbs.write_off(
        context,
        state["deployment_id"],
        lambda target: entries.remove(target.lists, ref),
        f"The trust by relationship {ref.id}",
    )


def _ref(values: Values) -> EntryRef:
    return EntryRef(EXTERNAL, values["trust_relationship_id"])


def _is_as(entry: Json, planned: Values) -> bool:
    """True when the entry trusts what is planned; a list that is left to members may hold any."""
    level = entries.level_of(entry, planned)
    return all(level[name] == planned[name] for name in level)


def _set(target: Target, ref: EntryRef, planned: Values) -> None:
    entry = entries.found_or_added(target.lists, ref)
    entries.set_level(entry, trust_all=planned["trust_all"], cluster_ids=planned["cluster_ids"])


def _state(deployment_id: str, ref_id: str, values: Values) -> dict[str, Any]:
    return {
        "deployment_id": deployment_id,
        "ref_id": ref_id,
        "trust_relationship_id": values["trust_relationship_id"],
        "trust_all": values["trust_all"],
        "cluster_ids": values["cluster_ids"],
        "id": str(EntryId(deployment_id, ref_id, _ref(values))),
        "timeouts": values.get("timeouts"),
    }
