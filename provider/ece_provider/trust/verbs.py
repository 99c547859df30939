"""What the verbs of all resources of a deployment's trust do alike: write, wait, read, and tell what went wrong."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from ece_client import NotFound, PlanFailed, PlanStopped, PlanTimeout, StatusError
from ece_provider.configured import ConfiguredProvider
from ece_provider.deployment_reads import Facts, facts_of
from ece_provider.resources.deployment.calls import UNTAINT, Deadline
from ece_provider.resources.deployment.mapping import resource_of
from ece_provider.trust.entries import Lists, level_words, lists_of
from ece_provider.trust.refusals import refusal
from ece_provider.trust.writer import Change, StoppedDeployment, Target
from ece_provider.trust.written import Written
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import PENDING, Context, DeleteContext, Interrupted, ReadContext
from terraform_plugin.values import is_set

LOG = logging.getLogger("ece_provider.trust")
Json = Mapping[str, Any]

VERBS: Final = {"create": "created", "update": "changed", "delete": "removed"}
"""Verb → what is being done to the entry, for messages."""


async def write(
    context: Context[ConfiguredProvider], deployment_id: str, change: Change, deadline: Deadline, *, ref_id: Any = None
) -> Written:
    """Have the change written; returns as soon as the API accepted it.

    Raises:
        DiagnosticError: the deployment does not exist, is none to be changed, or the API refuses the entry.
        Interrupted: stopped before anything was written.
        ApiError, LockTimeout: as ``TrustWriter.write``.
    """

    def checked(target: Target) -> None:
        check_ref_id(target.facts, ref_id)
        change(target)

    try:
        return await context.provider.trust.write(deployment_id, checked, stop=context.stop, deadline=deadline.left())
    except NotFound as problem:
        raise DiagnosticError(
            "Deployment does not exist",
            f"There is no deployment with id {deployment_id}. Use the id of an ece_deployment of this environment. "
            f"{problem}.",
            Path("deployment_id"),
        ) from problem
    except StatusError as error:
        raise refusal(error) from error


def check_ref_id(facts: Facts, ref_id: Any) -> None:
    """Refuse a ``ref_id`` that the deployment's Elasticsearch does not have."""
    if is_set(ref_id) and ref_id != facts.ref_id:
        raise DiagnosticError(
            "No such ref_id",
            f"Elasticsearch of {facts.words} has the ref_id {facts.ref_id}, not {ref_id}. "
            "Leave ref_id out, or give that one.",
            Path("ref_id"),
        )


async def settle(context: Context[ConfiguredProvider], written: Written, deadline: Deadline, verb: str) -> None:
    """Wait for the plan of a write.

    Raises:
        DiagnosticError: it failed, or did not end in time.
        Interrupted: the user stopped Terraform; the plan goes on.
        ApiError: it cannot be looked at any more.
    """
    words = written.facts.words
    try:
        await written.settled(context.stop, deadline.left())
    except PlanStopped:
        raise Interrupted(
            f"Stopped while trust of {words} was being {VERBS[verb]}; the platform goes on.",
            {"known": written.known},
        ) from None
    except PlanTimeout as late:
        hint = f" {UNTAINT}" if verb == "create" else " The next plan shows what is left to do."
        raise DiagnosticError(
            "The change of trust did not end in time",
            f"{words[:1].upper()}{words[1:]}: {late}. The platform goes on.{hint} "
            f"Give timeouts.{verb} a longer duration if this is its usual pace.",
            Path("timeouts"),
        ) from None
    except PlanFailed as failed:
        raise DiagnosticError(
            f"The change of trust failed: step {failed.step}",
            f"{words[:1].upper()}{words[1:]}: {failed}. The deployment's activity page in the console shows the whole "
            "log. Changes of trust that were made at the same time are in the same plan.",
        ) from None


async def write_off(context: DeleteContext[ConfiguredProvider], deployment_id: str, change: Change, what: str) -> None:
    """Write a removal and wait; a deployment that is gone is fine, one that is stopped keeps the entry and warns."""
    deadline = Deadline(context.timeouts.get("delete"))
    try:
        written = await context.provider.trust.write(deployment_id, change, stop=context.stop, deadline=deadline.left())
    except NotFound:
        return
    except StoppedDeployment:
        context.diagnostics.warning(
            "The deployment is stopped and keeps its trust",
            f"Deployment {deployment_id} is shut down, and a change would start it. {what} stays and counts again "
            "when the deployment is restored: remove it in the console then.",
        )
        return
    await settle(context, written, deadline, "delete")


async def read(context: ReadContext[ConfiguredProvider]) -> tuple[Facts, Lists] | None:
    """The deployment and its trust, None when it is gone; goes on with an interrupted change first.

    Raises:
        DiagnosticError: an import names another ``ref_id``, or settings cannot be seen.
        ApiError: the API cannot be reached or refuses.
        Interrupted: the user stopped Terraform.
    """
    deployment_id = context.state["deployment_id"]
    deployments = context.provider.places.of(None).deployments
    try:
        await _go_on_waiting(context, deployment_id)
        deployment = await deployments.get(deployment_id)
    except NotFound:
        return None
    if resource_of(deployment, "elasticsearch") is None:
        return None
    facts = facts_of(deployment)
    if context.imported:
        check_ref_id(facts, context.state.get("ref_id"))
    return facts, lists_of(deployment)


async def _go_on_waiting(context: ReadContext[ConfiguredProvider], deployment_id: str) -> None:
    pending = context.private.get(PENDING)
    if not pending:
        return
    watcher = await context.provider.watcher(lambda line: LOG.info("deployment %s: %s", deployment_id, line))
    known = frozenset(pending.get("known") or ())
    try:
        await watcher.wait(deployment_id, known=known, deadline=context.timeouts.get("read"), stop=context.stop)
    except PlanStopped as stopped:
        raise Interrupted(f"Stopped while waiting for deployment {deployment_id}: {stopped}") from None
    except PlanTimeout as late:
        context.diagnostics.warning(
            "The plan of an earlier run has not ended", f"Deployment {deployment_id}: {late}. The platform goes on."
        )
        return
    except PlanFailed as failed:
        context.diagnostics.warning(
            "The plan of an earlier run failed",
            f"Deployment {deployment_id}: {failed}. What did not take effect shows as a change in the next plan.",
        )
    context.private.pop(PENDING, None)


def already_there(type_name: str, identifier: str, facts: Facts, entry: Json) -> DiagnosticError:
    """The error for an entry that somebody made and that trusts others than planned."""
    name = f' "{entry["name"]}"' if entry.get("name") else ""
    return DiagnosticError(
        "The trust entry exists already",
        f"This entry{name} is in the trust of {facts.words}, and it {level_words(entry)}. So that nothing "
        f"is overwritten unseen, import it first: terraform import <address of this {type_name}> {identifier}",
    )
