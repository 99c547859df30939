"""Waits for the plans of a deployment, and tells how they ended.

A write returns at once; the work is a plan of each resource. A single look without a pending plan proves nothing,
because plans are queued with gaps and some start others; so an attempt counts as done when its own entry says so,
and where no attempt is known by id, several quiet looks in a row are needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ece_client.clock import Clock, SystemClock
from ece_client.errors import (
    ApiError,
    ConnectionFailed,
    NotFound,
    NotJson,
    RequestTimeout,
    ServerError,
    TlsFailed,
    TooManyRequests,
)
from ece_client.plan_errors import PlanFailed, PlanStopped, PlanTimeout
from ece_client.plan_state import (
    Failure,
    Json,
    PlanRef,
    ended,
    ended_attempt,
    failure_of,
    known_attempts,
    pending_plans,
    resource_plans,
    step_of,
)

if TYPE_CHECKING:
    from ece_client.client import Client

FIRST_INTERVAL = 0.25
INTERVAL_GROWTH = 1.5
QUIET_LOOKS = 4
"""Looks in a row without a pending plan that end a wait in which no attempt could be judged by its id."""
QUIET_INTERVALS = 2
"""… and the poll intervals that must have passed since the start of such a wait."""
MOST_FAILED_LOOKS = 5
"""Failed looks in a row that end a wait without a deadline."""
PASSING_ERRORS = (ConnectionFailed, RequestTimeout, ServerError, TooManyRequests, NotJson)

ResultT = TypeVar("ResultT")


class Outcome(NamedTuple):
    """How a wait ended well."""

    attempts: tuple[PlanRef, ...]
    """The attempts that were judged by their id."""
    is_gone: bool = False
    """True if the deployment does not exist any more (only with `gone_is_done`)."""


class PlanWatcher:
    """Watches plans through one client.

    `poll_interval` is the longest time in seconds between two looks; the first ones follow faster.
    `on_progress` is called with one line whenever a step changes.
    """

    def __init__(
        self,
        client: Client,
        *,
        clock: Clock | None = None,
        poll_interval: float = 2.0,
        on_progress: Callable[[str], None] | None = None,
    ) -> None:
        self._client = client
        self._clock = clock or SystemClock()
        self._poll_interval = poll_interval
        self._on_progress = on_progress

    async def pending(self, deployment_id: str) -> list[PlanRef]:
        """Return the attempts that are running now; raises ApiError."""
        return list(pending_plans(await self._look(deployment_id, history=False)))

    async def known(self, deployment_id: str) -> frozenset[str]:
        """Return the ids of all attempts so far, for `wait(known=…)` after a write; raises ApiError."""
        return known_attempts(await self._look(deployment_id, history=True))

    async def wait(
        self,
        deployment_id: str,
        attempts: Mapping[tuple[str, str], str] | None = None,
        *,
        known: frozenset[str] | None = None,
        deadline: float | None = None,
        stop: asyncio.Event | None = None,
        gone_is_done: bool = False,
    ) -> Outcome:
        """Wait until no plan is pending and the plans that belong to a write ended well.

        `attempts`, {(kind, ref_id): attempt id}, names what to judge; left out, everything seen pending is judged.
        `known` names the attempts from before the write (empty after a create): with it, a plan that came and went
        between two looks is judged too, and an old failure is never taken for a new one.
        `deadline` is in seconds from now. `gone_is_done` makes a 404 the end of a wait for a deletion.
        Raises PlanFailed, PlanTimeout, PlanStopped, and ApiError of a look that cannot get better by waiting.
        """
        watch = _Watch(self, deployment_id, attempts=attempts, known=known, deadline=deadline, stop=stop)
        try:
            return await watch.until(watch.settled)
        except NotFound:
            if gone_is_done:
                return Outcome((), is_gone=True)
            raise

    async def wait_quiet(
        self, deployment_id: str, deadline: float | None = None, stop: asyncio.Event | None = None
    ) -> None:
        """Wait until one look shows no pending plan, before a write; raises as `wait`, but never PlanFailed."""
        watch = _Watch(self, deployment_id, deadline=deadline, stop=stop)
        await watch.until(watch.quiet)

    async def _look(self, deployment_id: str, *, history: bool) -> Json:
        reply = await self._client.call(
            "get-deployment",
            path={"deployment_id": deployment_id},
            query={
                "show_plans": True,
                "show_plan_logs": True,
                "show_plan_history": True if history else None,
                "show_instance_configurations": False,
                "enrich_with_template": False,
            },
        )
        data: Json = reply.data
        return data

    async def _activity(self, deployment_id: str, ref: PlanRef) -> Json | None:
        """Return the entry of one attempt, None if the platform has no record of it."""
        path = {"deployment_id": deployment_id, "resource_kind": ref.kind, "ref_id": ref.ref_id}
        with suppress(NotFound):
            reply = await self._client.call(
                "get-deployment-resource-plan-activity", path={**path, "attempt_id": ref.attempt_id or ""}
            )
            data: Json = reply.data
            return data
        return None


class _Watch:
    """One wait: what was seen so far, and when it is over."""

    def __init__(
        self,
        watcher: PlanWatcher,
        deployment_id: str,
        *,
        attempts: Mapping[tuple[str, str], str] | None = None,
        known: frozenset[str] | None = None,
        deadline: float | None,
        stop: asyncio.Event | None,
    ) -> None:
        self._watcher = watcher
        self._clock = watcher._clock
        self._deployment_id = deployment_id
        self._are_named = attempts is not None
        self._watched = {PlanRef(*place, identifier): None for place, identifier in (attempts or {}).items()}
        self._known = known
        self._deadline = deadline
        self._stop = stop
        self._start = self._clock.monotonic()
        self._interval = min(FIRST_INTERVAL, watcher._poll_interval)
        self._pending = tuple(self._watched)
        self._steps: dict[PlanRef, str] = {}
        self._last_step = ""
        self._quiet_looks = 0
        self._failed_looks = 0
        self._trouble: ApiError | None = None

    async def until(self, is_over: Callable[[Json], Awaitable[ResultT | None]]) -> ResultT:
        """Look again and again until `is_over` has a result for what was seen."""
        while True:
            try:
                result = await self._unless_stopped(self._one_look(is_over))
                self._failed_looks, self._trouble = 0, None
            except PASSING_ERRORS as error:
                result = None
                self._note_trouble(error)
            if result is not None:
                return result
            await self._pause()

    async def _one_look(self, is_over: Callable[[Json], Awaitable[ResultT | None]]) -> ResultT | None:
        deployment = await self._watcher._look(self._deployment_id, history=False)
        self._note(deployment)
        return await is_over(deployment)

    async def quiet(self, deployment: Json) -> bool | None:
        """Return true when nothing is pending."""
        return None if self._pending else True

    async def settled(self, deployment: Json) -> Outcome | None:
        """Judge what has ended once nothing is pending; None while there is more to wait for."""
        if self._pending:
            return None
        deployment = await self._with_history(deployment)
        judged = [ref for ref in self._watched if ref.attempt_id]
        for ref in judged:
            _judge(ref, ended_attempt(deployment, ref) or await self._watcher._activity(self._deployment_id, ref))
        is_proof = bool(judged) or self._known is not None
        if is_proof or self._is_long_quiet():
            for ref, entry in self._fresh(deployment):
                _judge(ref, entry)
                judged.append(ref)
        is_proof = is_proof and bool(judged) and not self._is_queued(deployment)
        return Outcome(tuple(judged)) if is_proof or self._is_long_quiet() else None

    def _is_long_quiet(self) -> bool:
        passed = self._clock.monotonic() - self._start
        return self._quiet_looks >= QUIET_LOOKS and passed >= QUIET_INTERVALS * self._watcher._poll_interval

    def _is_queued(self, deployment: Json) -> bool:
        """Return true if a resource has had no plan at all yet, as between the plans of a creation."""
        return not self._are_named and any(not ended(info) for *_, info in resource_plans(deployment))

    async def _with_history(self, deployment: Json) -> Json:
        watched = [ref for ref in self._watched if ref.attempt_id]
        if all(ended_attempt(deployment, ref) for ref in watched) and not self._could_hide_attempts(deployment):
            return deployment
        return await self._watcher._look(self._deployment_id, history=True)

    def _could_hide_attempts(self, deployment: Json) -> bool:
        """Return true if the newest attempt of a resource may be one that `current` does not show."""
        if self._are_named:
            return False
        ids = {ref.attempt_id for ref in self._watched}
        return any(
            (info.get("current") or {}).get("plan_attempt_id") not in ids for *_, info in resource_plans(deployment)
        )

    def _fresh(self, deployment: Json) -> list[tuple[PlanRef, Json]]:
        """Return the newest attempt of each resource that may come from the write and was not seen pending by id.

        Without `known` that is every one if nothing was seen pending, else those of resources that were never good.
        """
        found: list[tuple[PlanRef, Json]] = []
        if self._are_named:
            return found
        for kind, ref_id, info in resource_plans(deployment):
            entries = ended(info)
            if not entries:
                continue
            ref = PlanRef(kind, ref_id, entries[-1].get("plan_attempt_id"))
            if self._known is not None:
                is_fresh = ref.attempt_id not in self._known
            else:
                is_fresh = not self._watched or info.get("current") is None or PlanRef(kind, ref_id) in self._watched
            if is_fresh and not (ref.attempt_id and ref in self._watched):
                found.append((ref, entries[-1]))
        return found

    def _note(self, deployment: Json) -> None:
        running = pending_plans(deployment)
        self._pending = tuple(running)
        self._quiet_looks = 0 if running else self._quiet_looks + 1
        if not self._are_named:
            self._watched.update(dict.fromkeys(ref for ref in running if ref.attempt_id not in (self._known or ())))
        for ref, entry in running.items():
            self._note_step(ref, step_of(entry))

    def _note_step(self, ref: PlanRef, step: str) -> None:
        if not step or self._steps.get(ref) == step:
            return
        self._steps[ref] = self._last_step = step
        if self._watcher._on_progress:
            self._watcher._on_progress(f"{ref}: {step} ({self._clock.monotonic() - self._start:.0f} s)")

    def _note_trouble(self, error: ApiError) -> None:
        """Remember a failed look; raise it where waiting cannot help, or has not helped for long."""
        self._failed_looks += 1
        if isinstance(error, TlsFailed) or (self._deadline is None and self._failed_looks >= MOST_FAILED_LOOKS):
            raise error
        self._trouble = error

    async def _pause(self) -> None:
        passed = self._clock.monotonic() - self._start
        if self._deadline is not None and passed >= self._deadline:
            raise PlanTimeout(self._pending, self._last_step, self._deadline, self._trouble)
        self._check_stop()
        left = self._interval if self._deadline is None else self._deadline - passed
        await self._unless_stopped(self._clock.sleep(min(self._interval, left)))
        self._check_stop()
        self._interval = min(self._interval * INTERVAL_GROWTH, self._watcher._poll_interval)

    def _check_stop(self) -> None:
        if self._stop is not None and self._stop.is_set():
            raise PlanStopped(self._pending)

    async def _unless_stopped(self, work: Awaitable[ResultT]) -> ResultT:
        """Return the result of `work`, or raise PlanStopped as soon as the stop event is set."""
        if self._stop is None:
            return await work
        task, stopped = asyncio.ensure_future(work), asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait((task, stopped), return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise PlanStopped(self._pending)
            return task.result()
        finally:
            task.cancel()
            stopped.cancel()
            await asyncio.gather(task, stopped, return_exceptions=True)


def _judge(ref: PlanRef, entry: Json | None) -> None:
    """Raise PlanFailed unless the entry says that the attempt ended well."""
    if entry is None:
        raise PlanFailed(ref, Failure("unknown", "it was dropped: no record of it is left", None, {}))
    if failure := failure_of(entry):
        raise PlanFailed(ref, failure)
