"""One writer for all trust of a deployment: read, merge, write the whole object with the version that was read.

Changes that wait for one deployment go out as one write and make one plan. The deployment's lock is held from the look
before the write to the end of the plan; a change by somebody else in between is noticed by the version, and the whole
is read and merged again. Nothing is lost without any lock, too: locks only save plans.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ece_client import Conflict, PlanPending, PlanStopped, StatusError, WriteUncertain
from ece_provider.deployment_reads import Facts, facts_of
from ece_provider.locks import LockStopped, LockTimeout
from ece_provider.resources.deployment.calls import get, refuse_system_owned
from ece_provider.resources.deployment.mapping import is_pending, status_of
from ece_provider.trust.body import newest_attempts, update_body
from ece_provider.trust.entries import Lists, lists_of
from ece_provider.trust.written import Plan, Written
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import Interrupted

if TYPE_CHECKING:
    from ece_client import Client, Reply
    from ece_provider.places import Place

LOG = logging.getLogger("ece_provider.trust")

GATHER_PAUSE: Final = 0.2
"""Seconds without a new change after which those that came are written together."""

COMPANY_PAUSE: Final = 0.5
"""The same once several wait: where two come together there are more, and each plan that is saved takes minutes."""

GATHER_MOST: Final = 2.0
"""Longest wait for company, in seconds."""

_CONFLICT_PAUSE: Final = 0.2
_MOST_CONFLICT_PAUSE: Final = 2.0
_ABOUT_CONTENT: Final = frozenset({400, 404, 409, 422})
"""Refusals that may be about one of several merged changes."""

Json = Mapping[str, Any]


class StoppedDeployment(DiagnosticError):
    """The deployment is shut down, and a write would start it."""


@dataclass
class Target:
    """The trust of a deployment at the moment of a change; ``lists`` are to be changed in place."""

    facts: Facts
    lists: Lists


Change = Callable[[Target], None]
"""Changes the lists of a target; may raise to refuse what it sees. It is called again after each conflict."""


@dataclass(eq=False)
class _Request:
    """One change that waits to be written."""

    change: Change
    result: asyncio.Future[Written] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def fail(self, error: BaseException) -> None:
        """Let the writer raise ``error``."""
        if not self.result.done():
            self.result.set_exception(error)

    def succeed(self, written: Written) -> None:
        """Let the writer go on."""
        if not self.result.done():
            self.result.set_result(written)


class TrustWriter:
    """Writes trust of the deployments of one installation."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._queues: dict[str, _Queue] = {}

    async def write(
        self, deployment_id: str, change: Change, *, stop: asyncio.Event, deadline: float | None
    ) -> Written:
        """Have a change written, together with others that come at the same time.

        Raises:
            Interrupted: stopped before anything was written.
            LockTimeout: others kept changing the deployment until the deadline (seconds from now).
            NotFound: there is no such deployment.
            StoppedDeployment, DiagnosticError: the deployment, or ``change``, refuses.
            ApiError: the API cannot be reached or refuses.
        """
        queue = self._queues.setdefault(deployment_id, _Queue(self._place, deployment_id))
        return await queue.write(change, stop, deadline)

    async def close(self) -> None:
        """End what still runs; the process ends."""
        for queue in self._queues.values():
            await queue.close()


class _Queue:
    """The changes that wait for one deployment, and the task that writes them."""

    def __init__(self, place: Place, deployment_id: str) -> None:
        self._place = place
        self._id = deployment_id
        self._waiting: list[_Request] = []
        self._worker: asyncio.Task[None] | None = None
        self._deserted = asyncio.Event()
        self._newest = 0.0
        self._alone = 0
        self._unsure: frozenset[str] | None = None

    async def write(self, change: Change, stop: asyncio.Event, deadline: float | None) -> Written:
        """As ``TrustWriter.write``."""
        request = _Request(change)
        self._waiting.append(request)
        self._newest = time.monotonic()
        self._deserted.clear()
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        stopped = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait((request.result, stopped), timeout=deadline, return_when=asyncio.FIRST_COMPLETED)
            if not request.result.done() and request in self._waiting:
                self._leave(request)
                raise self._gave_up(stop, deadline)
            return await asyncio.shield(request.result)  # it is being sent: the answer comes soon
        finally:
            stopped.cancel()
            if request in self._waiting:
                self._leave(request)

    def _leave(self, request: _Request) -> None:
        self._waiting.remove(request)
        if not self._waiting:
            self._deserted.set()

    def _gave_up(self, stop: asyncio.Event, deadline: float | None) -> Exception:
        if stop.is_set():
            return Interrupted(f"Stopped before trust of deployment {self._id} was changed; nothing was written.")
        return LockTimeout(f"deployment {self._id}", deadline or 0.0)

    async def close(self) -> None:
        """Cancel the task."""
        if self._worker is not None:
            self._worker.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await self._worker

    async def _work(self) -> None:
        """Write until nobody waits."""
        while self._waiting:
            try:
                async with self._place.locks.hold(self._id, stop=self._deserted):
                    await self._gather()
                    await self._write_all()
            except (LockStopped, PlanStopped):
                continue  # all have left
            except Exception as error:
                waiting, self._waiting = self._waiting, []
                for request in waiting:
                    request.fail(error)

    async def _gather(self) -> None:
        """Wait for company as long as it keeps coming."""
        end = time.monotonic() + GATHER_MOST
        while self._waiting:
            pause = GATHER_PAUSE if len(self._waiting) == 1 else COMPANY_PAUSE
            left = min(self._newest + pause, end) - time.monotonic()
            if left <= 0:
                return
            await self._pause(left)

    async def _pause(self, seconds: float) -> None:
        """Wait a moment, or until nobody waits any more."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._deserted.wait(), seconds)

    async def _write_all(self) -> None:
        pause = _CONFLICT_PAUSE
        self._unsure = None
        while self._waiting:
            plan = await self._written()
            if plan is not None:
                await self._wait(plan)
                pause = _CONFLICT_PAUSE
            elif self._waiting and not self._alone:
                await self._pause(pause)
                pause = min(pause * 2, _MOST_CONFLICT_PAUSE)

    async def _written(self) -> Plan | None:
        """Read, merge, write what waits; the plan to wait for, None without one, also when it is to be tried again."""
        client = await self._place.client()
        reply = await self._read_when_quiet(client)
        batch = self._take()
        facts, known = facts_of(reply.data), newest_attempts(reply.data)
        try:
            before = _seen(reply.data)
            merged = _merged(batch, facts, before)
            if merged == before:
                return self._accept(batch, facts, None if self._unsure is None else Plan(self._unsure))
            _refuse_stopped(reply.data)
            LOG.info("deployment %s: writing trust, %d changes at once", self._id, len(batch))
            path, query = {"deployment_id": self._id}, {"version": reply.version}
            await client.call("update-deployment", path=path, query=query, body=update_body(reply.data, merged))
        except (Conflict, PlanPending, WriteUncertain) as error:
            LOG.info("deployment %s: %s; reading it again", self._id, error)
            if self._unsure is None and not isinstance(error, PlanPending):
                self._unsure = known  # the answer may be to a repeat of a write that took effect
            self._waiting = [*(request for request in batch if not request.result.done()), *self._waiting]
            return None
        except StatusError as error:
            self._refused(batch, error)
            return None
        except Exception as error:
            for request in batch:
                request.fail(error)
            return None
        return self._accept(batch, facts, Plan(known))

    def _take(self) -> list[_Request]:
        """All that wait; after a refusal of several one after the other, so that the wrong one is found."""
        count = 1 if self._alone else len(self._waiting)
        self._alone = max(0, self._alone - 1)
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    def _refused(self, batch: list[_Request], error: StatusError) -> None:
        pending = [request for request in batch if not request.result.done()]
        if len(pending) > 1 and error.status in _ABOUT_CONTENT:
            LOG.info("deployment %s: %s; trying the %d changes one by one", self._id, error, len(pending))
            self._alone = len(pending)
            self._waiting = [*pending, *self._waiting]
            return
        for request in pending:
            request.fail(error)

    def _accept(self, batch: list[_Request], facts: Facts, plan: Plan | None) -> Plan | None:
        self._unsure = None
        accepted = [request for request in batch if not request.result.done()]
        if plan is not None:
            plan.waiters = len(accepted)
        for request in accepted:
            request.succeed(Written(facts, plan))
        return plan

    async def _read_when_quiet(self, client: Client) -> Reply[Any]:
        """The deployment with settings and plans, at a moment when none is pending.

        Raises:
            PlanStopped: nobody waits any more.
        """
        while True:
            reply = await get(client, self._id, show_settings=True, show_plan_history=True)
            if not is_pending(reply.data):
                return reply
            await (await self._watcher(None)).wait_quiet(self._id, None, self._deserted)

    async def _wait(self, plan: Plan) -> None:
        """Wait for the plan of a write, for all whose changes are in it."""
        try:
            watcher = await self._watcher(plan)
            await watcher.wait(self._id, known=plan.known, stop=plan.deserted)
        except Exception as error:
            plan.done.set_exception(error)
            plan.done.exception()  # whoever still waits gets it; without anybody it is no news
        else:
            plan.done.set_result(None)

    async def _watcher(self, plan: Plan | None) -> Any:
        def note(line: str) -> None:
            if plan is not None:
                plan.last_step = line
            LOG.info("deployment %s: %s", self._id, line)

        return await self._place.watcher(note)


def _seen(deployment: Json) -> Lists:
    refuse_system_owned(deployment)
    return lists_of(deployment)


def _merged(batch: list[_Request], facts: Facts, before: Lists) -> Lists:
    """The lists with all changes of the batch; one that refuses fails alone."""
    lists = deepcopy(before)
    for request in batch:
        target = Target(facts, deepcopy(lists))
        try:
            request.change(target)
        except Exception as error:
            request.fail(error)
        else:
            lists = target.lists
    return lists


def _refuse_stopped(deployment: Json) -> None:
    """A new plan would start a stopped deployment (inferred)."""
    if status_of(deployment) == "stopped":
        raise StoppedDeployment(
            "The deployment is stopped",
            f'"{deployment.get("name")}" ({deployment.get("id")}) is shut down, and a change of its trust would start '
            "it. Restore it in the console first, then apply again.",
        )
