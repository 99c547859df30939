"""Making, reading, changing and removing a direct entry. Its ``uid`` is looked up first: ECE knows a CA under one."""

from __future__ import annotations

from ece_client import StatusError
from ece_domain.certificate_checks import owner_finding
from ece_domain.certificates import fingerprints
from ece_domain.validations.trust import V19
from ece_provider.configured import ConfiguredProvider
from ece_provider.deployment_reads import Facts
from ece_provider.findings import refusal
from ece_provider.resources.deployment.calls import Deadline
from ece_provider.resources.deployment_trust_direct import mapping
from ece_provider.resources.deployment_trust_direct.schema import TYPE_NAME, thing_of
from ece_provider.trust import entries, replacement, verbs
from ece_provider.trust.checks import refuse_deployment_ids
from ece_provider.trust.direct_uids import Known, uids
from ece_provider.trust.entries import DIRECT, EntryRef
from ece_provider.trust.ids import EntryId
from ece_provider.trust.verbs import already_there
from ece_provider.trust.writer import Target
from ece_provider.trust.written import Written
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import CreateContext, DeleteContext, ReadContext, UpdateContext
from terraform_plugin.values import Values


async def create(context: CreateContext[ConfiguredProvider]) -> Values:
    """Make the entry under the ``uid`` that its CA has, or under a new one."""
    planned, deadline = context.planned, Deadline(context.timeouts.get("create"))
    thing = thing_of(planned) or ""
    is_own = replacement.begin(context, thing) is not None
    await refuse_deployment_ids(context.provider, planned["cluster_ids"])
    written, uid = await _made(context, deadline, is_own=is_own)
    state = mapping.identified(written.facts, uid, planned)
    replacement.made(context, thing)
    context.save(state)
    await verbs.settle(context, written, deadline, "create")
    if uid is None:  # it may show only once the plan has ended
        uid = await _uid_now(context, written)
        if uid is None:
            raise gone(written.facts)
        state = mapping.identified(written.facts, uid, planned)
    return state


def gone(facts: Facts) -> DiagnosticError:
    """The error for an entry that somebody removed right after it was read or made."""
    return DiagnosticError(
        "The trust entry is gone",
        f"Somebody removed it from the trust of {facts.words} a moment ago. Apply again to make it anew.",
    )


async def _made(
    context: CreateContext[ConfiguredProvider], deadline: Deadline, *, is_own: bool
) -> tuple[Written, str | None]:
    """Write the entry; when ECE knows the CA under a ``uid`` that the search did not show, look again at everything."""
    sent, refused = None, None
    wanted = fingerprints(context.planned["certificates"])
    for fresh in (False, True):
        owner = context.provider.direct_uids.owner_of(wanted, fresh=fresh, stop=context.stop, deadline=deadline.left())
        async with owner as known:
            if fresh and refused is not None and uids(known) == ([] if sent is None else [sent]):
                raise refused  # it was about something else
            sent = _uid_of(known, wanted)
            try:
                return await _written(context, deadline, sent, wanted, is_own=is_own)
            except DiagnosticError as error:
                if not isinstance(error.__cause__, StatusError) or fresh:
                    raise
                refused = error
    raise AssertionError("the second look ends by itself")


async def _written(
    context: CreateContext[ConfiguredProvider],
    deadline: Deadline,
    uid: str | None,
    wanted: frozenset[str],
    *,
    is_own: bool,
) -> tuple[Written, str | None]:
    planned = context.planned

    def change(target: Target) -> None:
        entry = mapping.with_certificates(target.lists, wanted)
        if entry is None:
            entry = {} if uid is None else {"uid": uid}
            target.lists[entries.LIST_OF[DIRECT]].append(entry)
        elif not is_own and not mapping.says(entry, planned):
            identifier = EntryId(target.facts.id, target.facts.ref_id, EntryRef(DIRECT, str(entry.get("uid"))))
            raise already_there(TYPE_NAME, str(identifier), target.facts, entry)
        mapping.fill(entry, planned)

    written = await verbs.write(context, planned["deployment_id"], change, deadline, ref_id=planned["ref_id"])
    given = await _uid_now(context, written)
    if given is not None:
        known = Known(given, planned["name"], wanted, written.facts.words)
        context.provider.direct_uids.note(known)
    return written, given


def _uid_of(known: list[Known], wanted: frozenset[str]) -> str | None:
    """The ``uid`` that the CA has; None when it is new.

    Raises:
        DiagnosticError: the certificates belong to two environments, or some of the environment's are missing.
    """
    if len(uids(known)) > 1:
        told = ", ".join(f'"{each.name}" (uid {each.uid}) of {each.deployment}' for each in known)
        raise DiagnosticError(
            "The certificates belong to several trusted environments",
            f"ECE knows a CA under one environment only, but these certificates are spread over {told}. "
            f"Make one object of each, or remove one of those first. ({V19})",
            Path("certificates"),
        )
    for each in known:
        if missing := each.fingerprints - wanted:
            raise refusal(owner_finding(each.name, each.uid, each.deployment, missing))
    return known[0].uid if known else None


async def _uid_now(context: CreateContext[ConfiguredProvider], written: Written) -> str | None:
    """The ``uid`` of the entry as a fresh look shows it; None while it does not."""
    deployment = await context.provider.places.of(None).deployments.get(written.facts.id)
    lists = entries.lists_of(deployment)
    entry = mapping.with_certificates(lists, fingerprints(context.planned["certificates"]))
    return str(entry["uid"]) if entry is not None and entry.get("uid") else None


async def read(context: ReadContext[ConfiguredProvider]) -> Values | None:
    """The entry as it is now; one whose ``uid`` never became known is found by its certificates."""
    found = await verbs.read(context)
    if found is None:
        return None
    facts, lists = found
    state = context.state
    if state["uid"] is None:
        entry = mapping.with_certificates(lists, fingerprints(state["certificates"] or ()))
    else:
        entry = entries.find(lists, EntryRef(DIRECT, state["uid"]))
    if entry is None or not entry.get("uid"):
        return None
    return mapping.to_state(facts, entry, state, imported=context.imported)


async def update(context: UpdateContext[ConfiguredProvider]) -> Values:
    """Change the entry under its ``uid``; a change of certificates reaches all who trust the same environment."""
    planned, deadline = context.planned, Deadline(context.timeouts.get("update"))
    await refuse_deployment_ids(context.provider, planned["cluster_ids"])
    ref = EntryRef(DIRECT, context.prior["uid"])

    def change(target: Target) -> None:
        entry = entries.find(target.lists, ref)
        if entry is None:
            raise gone(target.facts)
        mapping.fill(entry, planned)

    written = await verbs.write(context, planned["deployment_id"], change, deadline)
    wanted = fingerprints(planned["certificates"])
    context.provider.direct_uids.note(Known(ref.id, planned["name"], wanted, written.facts.words))
    context.save(planned)
    await verbs.settle(context, written, deadline, "update")
    return planned


async def delete(context: DeleteContext[ConfiguredProvider]) -> None:
    """Take the entry out of this deployment; others keep theirs."""
    state = context.state
    if replacement.is_made_again(context, thing_of(state) or "") or state["uid"] is None:
        return
    ref = EntryRef(DIRECT, state["uid"])
    await verbs.write_off(
        context,
        state["deployment_id"],
        lambda target: entries.remove(target.lists, ref),
        f'The trust in "{state["name"]}"',
    )
