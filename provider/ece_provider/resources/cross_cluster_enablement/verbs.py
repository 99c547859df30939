"""Enabling cross-cluster connections of an old deployment, once, and waiting for the plan that it makes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from ece_client import (
    ApiError,
    NotFound,
    PlanFailed,
    PlanPending,
    PlanStopped,
    PlanTimeout,
    WriteUncertain,
    known_attempts,
)
from ece_provider.configured import ConfiguredProvider
from ece_provider.deployment_reads import facts_of
from ece_provider.resources.deployment.calls import (
    UNTAINT,
    Deadline,
    exclusive,
    get,
    get_when_quiet,
    go_on_waiting,
    pause,
    pending_of,
    refuse_system_owned,
    wait,
)
from ece_provider.resources.deployment.mapping import is_pending, resource_of
from ece_provider.trust.verbs import check_ref_id
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import CreateContext, Interrupted, PlanContext, ReadContext
from terraform_plugin.values import Values, is_set

if TYPE_CHECKING:
    from ece_client import Client, Reply

_LOG = logging.getLogger("ece_provider.cross_cluster_enablement")
_OPERATION: Final = "enable-deployment-resource-ccr"
_PAUSE: Final = 1.0


async def show_warnings(context: PlanContext[ConfiguredProvider]) -> None:
    """What ECE warns of, as warnings of the plan; nothing where it cannot be asked."""
    provider, planned = context.provider, context.planned
    if planned is None or provider.is_unknown or provider.lists.has_written or not is_set(planned["deployment_id"]):
        return
    if context.prior is not None and not context.replaces:
        return
    ref_id = planned["ref_id"] if is_set(planned["ref_id"]) else "_main"
    path = {"deployment_id": planned["deployment_id"], "ref_id": ref_id}
    try:
        client = await provider.client()
        reply = await client.call(_OPERATION, path=path, query={"validate_only": True}, safe=True)
    except NotFound as problem:
        context.diagnostics.error(
            "Deployment does not exist",
            f"There is no deployment {planned['deployment_id']} with this ref_id. {problem}.",
            Path("deployment_id"),
        )
        return
    except ApiError as problem:
        _LOG.debug("warnings cannot be asked for: %s", problem)
        return
    for warning in (reply.data or {}).get("warnings") or ():
        context.diagnostics.warning(
            "Enabling cross-cluster connections has a side effect", words_of(warning), Path("deployment_id")
        )


def words_of(warning: Any) -> str:
    """A warning of the API as text."""
    if not isinstance(warning, dict):
        return str(warning)
    return str(warning.get("message") or warning.get("code") or warning)


async def create(context: CreateContext[ConfiguredProvider]) -> Values:
    """Ask for the change, then wait for its plan.

    Raises:
        DiagnosticError: refused, or the plan failed or did not end in time.
        Interrupted: the user stopped Terraform; the plan goes on.
        ApiError: the API cannot be reached or refuses.
    """
    planned, deadline = context.planned, Deadline(context.timeouts.get("create"))
    identifier = planned["deployment_id"]
    client = await context.provider.client()
    try:
        async with exclusive(context, identifier, deadline):
            reply = await _asked(context, client, deadline)
            state = state_of(reply.data, planned)
            context.save(state)
            await wait(context, identifier, known_attempts(reply.data), deadline)
    except PlanStopped as stopped:
        raise Interrupted(
            f"Stopped while deployment {identifier} was being changed: {stopped}.", pending_of(stopped, "update")
        ) from None
    except PlanTimeout as late:
        raise DiagnosticError(
            "The change did not end in time",
            f"Deployment {identifier}: {late}. The platform goes on. {UNTAINT} "
            "Give timeouts.create a longer duration if this is its usual pace.",
            Path("timeouts"),
        ) from None
    except PlanFailed as failed:
        raise DiagnosticError(
            f"The change failed: step {failed.step}",
            f"Deployment {identifier}: {failed}. The deployment's activity page in the console shows the whole log.",
        ) from None
    return state


async def _asked(context: CreateContext[ConfiguredProvider], client: Client, deadline: Deadline) -> Reply[Any]:
    """Ask once; returns the deployment as it was before."""
    planned = context.planned
    while True:
        try:
            reply = await get_when_quiet(context, client, planned["deployment_id"], deadline)
        except NotFound as problem:
            raise DiagnosticError(
                "Deployment does not exist",
                f"There is no deployment with id {planned['deployment_id']}. {problem}.",
                Path("deployment_id"),
            ) from problem
        refuse_system_owned(reply.data)
        facts = facts_of(reply.data)
        check_ref_id(facts, planned["ref_id"])
        if context.stop.is_set():
            raise Interrupted(f"Stopped before {facts.words} was changed; nothing was written.")
        path = {"deployment_id": facts.id, "ref_id": facts.ref_id}
        try:
            await client.call(_OPERATION, path=path)
        except PlanPending:
            if deadline.is_over:
                raise
            await pause(context, _PAUSE)
        except WriteUncertain:
            if not await _took_effect(client, reply):
                raise
            return reply
        else:
            return reply


async def _took_effect(client: Client, before: Reply[Any]) -> bool:
    """True when a plan came up since: whether a second call is harmless is not documented."""
    now = (await get(client, str(before.data["id"]), show_plan_history=True)).data
    return is_pending(now) or bool(known_attempts(now) - known_attempts(before.data))


async def read(context: ReadContext[ConfiguredProvider]) -> Values | None:
    """The object is there as long as its deployment: nothing tells whether the change was made."""
    identifier = context.state["deployment_id"]
    try:
        await go_on_waiting(context, identifier)
        deployment = await context.provider.places.of(None).deployments.get(identifier)
    except NotFound:
        return None
    if resource_of(deployment, "elasticsearch") is None:
        return None
    if context.imported:
        check_ref_id(facts_of(deployment), context.state.get("ref_id"))
    return state_of(deployment, context.state)


def state_of(deployment: Any, values: Values) -> Values:
    """The state for a deployment."""
    facts = facts_of(deployment)
    return {
        "deployment_id": facts.id,
        "ref_id": facts.ref_id,
        "id": f"{facts.id}/{facts.ref_id}",
        "timeouts": values.get("timeouts"),
    }
