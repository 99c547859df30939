"""Taking over the account entry of a deployment, changing it, and putting back what was there before."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

from ece_provider.configured import ConfiguredProvider
from ece_provider.resources.deployment.calls import Deadline
from ece_provider.resources.deployment_trust_account.schema import TYPE_NAME, thing_of
from ece_provider.trust import entries, replacement, verbs
from ece_provider.trust.account import account_id_for
from ece_provider.trust.checks import refuse_deployment_ids
from ece_provider.trust.entries import ACCOUNT, Entry, EntryRef
from ece_provider.trust.ids import EntryId
from ece_provider.trust.writer import Target
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import CreateContext, DeleteContext, Interrupted, ReadContext, UpdateContext
from terraform_plugin.values import Values

FORMER: Final = "former"
"""Key in private state and journal: a list of the entry as it was before Terraform took it over, empty without one."""


async def create(context: CreateContext[ConfiguredProvider]) -> Values:
    """Take over the entry; what it was stands in the journal before the write, and in private state after it."""
    provider, planned = context.provider, context.planned
    deadline = Deadline(context.timeouts.get("create"))
    thing = thing_of(planned)
    handed_over = replacement.begin(context, thing)
    await refuse_deployment_ids(provider, planned["cluster_ids"])
    ref = EntryRef(ACCOUNT, await account_id_for(provider, planned["deployment_id"]))
    journal = provider.journal.begin(TYPE_NAME, planned)
    known = journal.data.get(FORMER) if handed_over is None else handed_over

    def change(target: Target) -> None:
        entry = entries.find(target.lists, ref)
        former = known if known is not None else [deepcopy(entry)] if entry else []
        context.private[FORMER] = former
        journal.note(former=former)
        _set(target, ref, planned)

    try:
        written = await verbs.write(context, planned["deployment_id"], change, deadline, ref_id=planned["ref_id"])
    except (DiagnosticError, Interrupted):
        journal.discard()  # refused, or never sent
        raise
    state = _state(written.facts.id, written.facts.ref_id, ref, planned)
    journal.note(object_id=state["id"])
    replacement.made(context, thing)
    context.save(state)
    await verbs.settle(context, written, deadline, "create")
    return state


async def read(context: ReadContext[ConfiguredProvider]) -> Values | None:
    """The entry as it is now; after an import that is also what a destroy will put back."""
    found = await verbs.read(context)
    if found is None:
        return None
    facts, lists = found
    ref = EntryRef(ACCOUNT, context.state["account_id"])
    entry = entries.find(lists, ref)
    if entry is None:
        return None
    if context.imported:
        context.private.setdefault(FORMER, [entry])
    state = _state(facts.id, facts.ref_id, ref, {**context.state, **entries.level_of(entry)})
    context.provider.journal.forget(state["id"])
    return state


async def update(context: UpdateContext[ConfiguredProvider]) -> Values:
    """Change whom the entry trusts."""
    planned, deadline = context.planned, Deadline(context.timeouts.get("update"))
    await refuse_deployment_ids(context.provider, planned["cluster_ids"])
    ref = EntryRef(ACCOUNT, context.prior["account_id"])
    written = await verbs.write(context, planned["deployment_id"], lambda target: _set(target, ref, planned), deadline)
    context.save(planned)
    await verbs.settle(context, written, deadline, "update")
    return planned


async def delete(context: DeleteContext[ConfiguredProvider]) -> None:
    """Put back what was there before; without knowledge of it the entry stays, with a warning."""
    state = context.state
    former = context.private.get(FORMER)
    if replacement.is_made_again(context, thing_of(state), former):
        return
    if former is None or (former and _is_as(former[0], state)):
        context.diagnostics.warning(
            "Account trust stays as it is",
            f"Deployment {state['deployment_id']} trusted the same clusters when Terraform took its account trust "
            "over, as far as is known, so they are trusted still.",
        )
        return
    ref = EntryRef(ACCOUNT, state["account_id"])
    await verbs.write_off(
        context,
        state["deployment_id"],
        lambda target: entries.put(target.lists, ref, former[0] if former else None),
        "The trust in clusters of the same environment",
    )


def _is_as(entry: Entry, state: Values) -> bool:
    return all(state[name] == value for name, value in entries.level_of(entry).items())


def _set(target: Target, ref: EntryRef, planned: Values) -> None:
    entry = entries.found_or_added(target.lists, ref)
    entries.set_level(entry, trust_all=planned["trust_all"], cluster_ids=planned["cluster_ids"])


def _state(deployment_id: str, ref_id: str, ref: EntryRef, values: Values) -> dict[str, Any]:
    return {
        "deployment_id": deployment_id,
        "ref_id": ref_id,
        "trust_all": values["trust_all"],
        "cluster_ids": values["cluster_ids"],
        "account_id": ref.id,
        "id": str(EntryId(deployment_id, ref_id, ref)),
        "timeouts": values.get("timeouts"),
    }
