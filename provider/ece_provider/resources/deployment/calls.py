"""The calls that several verbs of ``ece_deployment`` make, and how they wait for plans."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from ece_client import NotFound, PlanFailed, PlanStopped, PlanTimeout
from ece_provider.configured import ConfiguredProvider
from ece_provider.locks import LockStopped
from ece_provider.resources.deployment.mapping import is_pending, is_running, is_system_owned, resource_of
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import Context, Interrupted

if TYPE_CHECKING:
    from ece_client import Client, PlanWatcher, Reply

LOG = logging.getLogger("ece_provider.deployment")

Json = Mapping[str, Any]

UNTAINT = (
    "Terraform marks it tainted, which would replace it at the next apply. If it comes up after all, "
    "run terraform untaint with the address of this resource, then apply again."
)


class Deadline:
    """The time that one verb may take, spent by all its waits together."""

    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds

    def left(self) -> float | None:
        """Seconds that are left, at least none; None without a limit."""
        return None if self._end is None else max(0.0, round(self._end - time.monotonic(), 1))

    @property
    def is_over(self) -> bool:
        """True when no time is left."""
        return self.left() == 0.0


async def get(client: Client, deployment_id: str, **query: Any) -> Reply[Any]:
    """``get-deployment`` with plans as they run and nothing that state does not need; raises ApiError."""
    wanted = {
        "show_plans": True,
        "show_instance_configurations": False,
        "enrich_with_template": False,
        "clear_transient": True,
        **query,
    }
    return await client.call("get-deployment", path={"deployment_id": deployment_id}, query=wanted)


async def fetch(client: Client, deployment_id: str, **query: Any) -> Json:
    """The deployment; with the history of plans when none has succeeded yet, so that the failed one can be read."""
    deployment: Json = (await get(client, deployment_id, **query)).data
    elasticsearch = resource_of(deployment, "elasticsearch")
    if elasticsearch is not None and not is_running(elasticsearch):
        deployment = (await get(client, deployment_id, show_plan_history=True, **query)).data
    return deployment


def refuse_system_owned(deployment: Json) -> None:
    """Deployments of the platform itself are none of Terraform's.

    Raises:
        DiagnosticError: it is one.
    """
    if is_system_owned(deployment):
        raise DiagnosticError(
            "System-owned deployment",
            f'"{deployment.get("name")}" ({deployment.get("id")}) belongs to Elastic Cloud Enterprise itself and is '
            "not managed here. Remove it from the configuration; the data source ece_deployment can read it.",
        )


@asynccontextmanager
async def exclusive(
    context: Context[ConfiguredProvider], deployment_id: str, deadline: Deadline
) -> AsyncIterator[None]:
    """Hold the deployment's lock, from the look before the write to the end of its plans."""
    try:
        async with context.provider.locks.hold(deployment_id, deadline=deadline.left(), stop=context.stop):
            yield
    except LockStopped as stopped:
        raise Interrupted(str(stopped)) from None


async def watcher_of(context: Context[ConfiguredProvider], deployment_id: str) -> PlanWatcher:
    """A watcher that logs each step of the deployment's plans at INFO."""
    return await context.provider.watcher(lambda line: LOG.info("deployment %s: %s", deployment_id, line))


async def get_when_quiet(
    context: Context[ConfiguredProvider], client: Client, deployment_id: str, deadline: Deadline
) -> Reply[Any]:
    """The deployment with the history of its plans, at a moment when none is pending; raises as ``wait_quiet``."""
    while True:
        reply = await get(client, deployment_id, show_plan_history=True)
        if not is_pending(reply.data):
            return reply
        watcher = await watcher_of(context, deployment_id)
        await watcher.wait_quiet(deployment_id, deadline.left(), context.stop)


async def wait(
    context: Context[ConfiguredProvider], deployment_id: str, known: frozenset[str], deadline: Deadline
) -> None:
    """Wait for the plans of a write; ``known`` are the attempts from before it. Raises as ``PlanWatcher.wait``."""
    watcher = await watcher_of(context, deployment_id)
    await watcher.wait(deployment_id, known=known, deadline=deadline.left(), stop=context.stop)


def pending_of(stopped: PlanStopped, verb: str) -> dict[str, Any]:
    """What private state keeps of plans that go on running after a stop."""
    return {"verb": verb, "attempts": [list(ref) for ref in stopped.pending]}


async def go_on_waiting(context: Context[ConfiguredProvider], deployment_id: str) -> None:
    """Wait for what an earlier run left running; tells a failure as a warning, so that a destroy stays possible.

    Raises:
        Interrupted: the user stopped Terraform again.
        ApiError: a look failed; ``NotFound`` when the deployment is gone.
    """
    pending = context.private.get("pending_attempt")
    if not pending:
        return
    attempts = {(kind, ref): attempt for kind, ref, attempt in pending.get("attempts") or () if attempt}
    is_create = pending.get("verb") == "create"
    watcher = await watcher_of(context, deployment_id)
    deadline = context.timeouts.get("read")
    try:
        if is_create:
            await watcher.wait(deployment_id, known=frozenset(), deadline=deadline, stop=context.stop)
        elif attempts:
            await watcher.wait(deployment_id, attempts, deadline=deadline, stop=context.stop)
        else:
            await watcher.wait_quiet(deployment_id, deadline, context.stop)
    except PlanStopped as stopped:
        raise Interrupted(f"Stopped while waiting for deployment {deployment_id}: {stopped}") from None
    except PlanTimeout as late:
        context.diagnostics.warning(
            "The plan of an earlier run has not ended", f"Deployment {deployment_id}: {late}. The platform goes on."
        )
        return
    except PlanFailed as failed:
        _warn_of_failure(context, deployment_id, failed, is_create)
    context.private.pop("pending_attempt", None)


def _warn_of_failure(context: Context[Any], deployment_id: str, failed: PlanFailed, is_create: bool) -> None:
    advice = (
        "It was being created: replace it with terraform apply -replace=<address>, or repair it in the console."
        if is_create
        else "What did not take effect shows as a change in the next plan."
    )
    context.diagnostics.warning("The plan of an earlier run failed", f"Deployment {deployment_id}: {failed}. {advice}")


async def pause(context: Context[Any], seconds: float) -> None:
    """Wait a moment, or until the user stops Terraform."""
    try:
        await asyncio.wait_for(context.stop.wait(), seconds)
    except TimeoutError:
        return


async def still_there(client: Client, deployment_id: str) -> bool:
    """False when the deployment is gone."""
    try:
        await get(client, deployment_id, show_plans=False)
    except NotFound:
        return False
    return True
