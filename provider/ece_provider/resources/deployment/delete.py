"""Deleting a deployment: shut down, wait until everything is stopped, delete. Gone is fine at every step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ece_client import (
    Conflict,
    NotFound,
    PlanFailed,
    PlanPending,
    PlanStopped,
    PlanTimeout,
    StatusError,
    known_attempts,
)
from ece_provider.configured import ConfiguredProvider
from ece_provider.resources.deployment.calls import (
    LOG,
    Deadline,
    exclusive,
    get_when_quiet,
    pause,
    refuse_system_owned,
    watcher_of,
)
from ece_provider.resources.deployment.mapping import Json, is_running, resource_of
from ece_provider.resources.deployment.plan import protection_error
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import DeleteContext, Interrupted

if TYPE_CHECKING:
    from ece_client import Client

_PAUSE = 1.0


async def delete(context: DeleteContext[ConfiguredProvider]) -> None:
    """Remove the deployment.

    Raises:
        DiagnosticError: it is protected, or its shutdown failed or did not end in time.
        Interrupted: the user stopped Terraform.
        ApiError: the API cannot be reached or refuses.
    """
    identifier = context.state["id"]
    deadline = Deadline(context.timeouts.get("delete"))
    client = await context.provider.client()
    try:
        async with exclusive(context, identifier, deadline):
            await _shut_down_and_delete(context, client, identifier, deadline)
    except NotFound:
        LOG.info("deployment %s is gone", identifier)
    except PlanStopped as stopped:
        raise Interrupted(f"Stopped while deployment {identifier} was being deleted: {stopped}.") from None
    except PlanTimeout as late:
        raise DiagnosticError(
            "The deployment was not deleted in time",
            f"Deployment {identifier}: {late}. Apply again: it goes on from here. "
            "Give timeouts.delete a longer duration if this is its usual pace.",
            Path("timeouts"),
        ) from None
    except PlanFailed as failed:
        raise DiagnosticError(
            f"The deployment could not be shut down: step {failed.step}",
            f"Deployment {identifier}: {failed}. A shutdown takes a snapshot first: check the snapshot repository.",
        ) from None
    context.provider.journal.forget(identifier)


async def _shut_down_and_delete(
    context: DeleteContext[ConfiguredProvider], client: Client, identifier: str, deadline: Deadline
) -> None:
    reply = await get_when_quiet(context, client, identifier, deadline)
    refuse_system_owned(reply.data)
    if context.state.get("deletion_protection") and _came_up(reply.data):
        raise protection_error(context.state)  # -replace and taint give the plan no chance to refuse
    while True:
        try:
            if not _is_stopped(reply.data):
                await _shut_down(context, client, identifier, reply.data, deadline)
            await client.call("delete-deployment", path={"deployment_id": identifier})
            return
        except NotFound:
            return
        except StatusError as error:
            if not _may_get_better(error) or deadline.is_over:
                raise
            LOG.info("deployment %s: not ready to be deleted (%s)", identifier, error)
        await pause(context, _PAUSE)
        if context.stop.is_set():
            raise Interrupted(f"Stopped while deployment {identifier} was being deleted.")
        reply = await get_when_quiet(context, client, identifier, deadline)


def _may_get_better(error: StatusError) -> bool:
    """Something is still running: a 400 without a documented code, a pending plan, a conflict."""
    return isinstance(error, PlanPending | Conflict) or error.status == 400


async def _shut_down(
    context: DeleteContext[ConfiguredProvider], client: Client, identifier: str, deployment: Json, deadline: Deadline
) -> None:
    LOG.info("deployment %s: shutting down", identifier)
    await client.call("shutdown-deployment", path={"deployment_id": identifier})
    watcher = await watcher_of(context, identifier)
    await watcher.wait(
        identifier,
        known=known_attempts(deployment),
        deadline=deadline.left(),
        stop=context.stop,
        gone_is_done=True,
    )


def _came_up(deployment: Json) -> bool:
    """False for a deployment whose creation failed: Terraform gives no private state for a tainted object that goes."""
    elasticsearch = resource_of(deployment, "elasticsearch")
    return elasticsearch is not None and is_running(elasticsearch)


def _is_stopped(deployment: Json) -> bool:
    """True when every resource of the deployment is stopped."""
    return all(
        (resource.get("info") or {}).get("status") == "stopped"
        for resources in (deployment.get("resources") or {}).values()
        for resource in resources or ()
    )
