"""Putting one id into the list of an entry, looking whether it is there, taking it out."""

from __future__ import annotations

from typing import Any

from ece_provider.configured import ConfiguredProvider
from ece_provider.resources.deployment.calls import Deadline
from ece_provider.resources.deployment_trust_member.schema import thing_of
from ece_provider.trust import entries, replacement, verbs
from ece_provider.trust.account import account_id_for
from ece_provider.trust.checks import refuse_deployment_ids
from ece_provider.trust.entries import ACCOUNT, Entry, EntryRef, Lists
from ece_provider.trust.writer import Target
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import CreateContext, DeleteContext, ReadContext, UpdateContext
from terraform_plugin.values import Values


async def create(context: CreateContext[ConfiguredProvider]) -> Values:
    """Put the id into the list; that it is there already is fine."""
    provider, planned = context.provider, context.planned
    deadline = Deadline(context.timeouts.get("create"))
    thing = thing_of(planned)
    replacement.begin(context, thing)
    cluster_id = planned["cluster_id"]
    await refuse_deployment_ids(provider, [cluster_id], "cluster_id")
    account_id = None
    if planned["trust"] == ACCOUNT:
        account_id = await account_id_for(provider, planned["deployment_id"])

    def change(target: Target) -> None:
        entry = _entry_of(target.lists, planned["trust"], account_id)
        if entry is None:
            raise _missing(planned, target)
        if entry.get("trust_all"):
            raise _trusts_all(planned, target)
        if cluster_id not in entries.cluster_ids_of(entry):
            entry["trust_allowlist"] = [*(entry.get("trust_allowlist") or ()), cluster_id]

    written = await verbs.write(context, planned["deployment_id"], change, deadline, ref_id=planned["ref_id"])
    state = _state(written.facts.id, written.facts.ref_id, planned)
    replacement.made(context, thing)
    context.save(state)
    await verbs.settle(context, written, deadline, "create")
    return state


def _entry_of(lists: Lists, trust: str, account_id: str | None = None) -> Entry | None:
    """The entry; the account's is made when it is missing, which means that nobody is trusted."""
    kind, _, name = trust.partition("/")
    if kind != ACCOUNT:
        return entries.find(lists, EntryRef(kind, name))
    if account_id is not None:
        return entries.found_or_added(lists, EntryRef(ACCOUNT, account_id))
    accounts = lists[entries.LIST_OF[ACCOUNT]]
    return accounts[0] if len(accounts) == 1 else None


def _missing(planned: Values, target: Target) -> DiagnosticError:
    return DiagnosticError(
        "No such trust entry",
        f'There is no entry "{planned["trust"]}" in the trust of {target.facts.words}. Make it first, by '
        "ece_deployment_trust_external or ece_deployment_trust_direct, and leave cluster_ids to its members.",
        Path("trust"),
    )


def _trusts_all(planned: Values, target: Target) -> DiagnosticError:
    return DiagnosticError(
        "The entry trusts all clusters",
        f'The entry "{planned["trust"]}" of {target.facts.words} trusts all, so single members mean nothing, and '
        "nothing was changed. To trust only some, set the entry to single deployments first: in the console, or by "
        "cluster_ids = [] in ece_deployment_trust_account, taken out of the state afterwards (terraform state rm).",
        Path("trust"),
    )


async def read(context: ReadContext[ConfiguredProvider]) -> Values | None:
    """Whether the id is in the list; of an entry that trusts all it is none."""
    found = await verbs.read(context)
    if found is None:
        return None
    facts, lists = found
    state = context.state
    entry = _entry_of(lists, state["trust"])
    if entry is None or entry.get("trust_all") or state["cluster_id"] not in entries.cluster_ids_of(entry):
        return None
    return _state(facts.id, facts.ref_id, state)


async def update(context: UpdateContext[ConfiguredProvider]) -> Values:
    """Keep the local attributes; nothing else can change without a replacement."""
    return context.planned


async def delete(context: DeleteContext[ConfiguredProvider]) -> None:
    """Take the id out of the list; the entry stays."""
    state = context.state
    if replacement.is_made_again(context, thing_of(state)):
        return

    def change(target: Target) -> None:
        entry = _entry_of(target.lists, state["trust"])
        if entry is not None:
            left = [each for each in entry.get("trust_allowlist") or () if each != state["cluster_id"]]
            entry["trust_allowlist"] = left
            if not left:
                entry.pop("trust_allowlist")

    await verbs.write_off(context, state["deployment_id"], change, f"The trust in cluster {state['cluster_id']}")


def _state(deployment_id: str, ref_id: str, values: Values) -> dict[str, Any]:
    trust, cluster_id = values["trust"], values["cluster_id"]
    return {
        "deployment_id": deployment_id,
        "ref_id": ref_id,
        "trust": trust,
        "cluster_id": cluster_id,
        "id": f"{deployment_id}/{ref_id}/member/{trust}/{cluster_id}",
        "timeouts": values.get("timeouts"),
    }
