"""Runs plans on resources: begin, finish, fail, cancel, hold and release. Knows no HTTP and no plan contents."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ece_simulator.plans.attempt import Failure, PlanAttempt
from ece_simulator.plans.steps import LAST, steps_of

if TYPE_CHECKING:
    from ece_simulator.deployments.model import Deployment, Resource
    from ece_simulator.world import World


@dataclass
class FailureOrder:
    """An order to let coming plans fail; None matches everything."""

    failure: Failure
    deployment: str | None = None
    kind: str | None = None
    count: int = 1

    def fits(self, deployment: Deployment, kind: str) -> bool:
        """Whether the order is for a plan on that resource; deployments go by id or name."""
        named = self.deployment in (None, deployment.id, deployment.name)
        return self.count > 0 and named and self.kind in (None, kind)


@dataclass
class PlanEngine:
    """Plan speed is seconds per plan; infinite means held until the speed is set again."""

    world: World
    seconds: float = 0.0
    seconds_of: dict[str, float] = field(default_factory=dict)
    orders: list[FailureOrder] = field(default_factory=list)

    def begin(
        self,
        deployment: Deployment,
        resource: Resource,
        plan: dict[str, Any],
        *,
        action: str,
        user_id: str | None,
        during: str,
        after: str = "started",
        done: Callable[[], None] | None = None,
    ) -> PlanAttempt:
        """A new pending plan on a resource that has none."""
        now = self.world.agenda.now
        attempt = PlanAttempt(
            attempt_id=self.world.ids.uuid(),
            plan=copy.deepcopy(plan),
            action=action,
            user_id=user_id,
            steps=steps_of(resource.kind, during),
            during=during,
            after=after,
            written=now,
            started=now + self.world.switches.plan_start_gap_seconds,
            duration=self.duration_for(deployment),
            reads_left=self.world.switches.pending_visible_reads,
            done=done,
        )
        attempt.planned_failure = self._take_order(deployment, resource.kind, attempt)
        resource.pending = attempt
        resource.status = during
        self._enter(resource, attempt)
        return attempt

    def duration_for(self, deployment: Deployment) -> float:
        """Seconds a plan of that deployment takes."""
        by_name = self.seconds_of.get(deployment.name, self.seconds)
        return self.seconds_of.get(deployment.id, by_name)

    def _take_order(self, deployment: Deployment, kind: str, attempt: PlanAttempt) -> Failure | None:
        for order in self.orders:
            if order.fits(deployment, kind):
                order.count -= 1
                step = order.failure.step
                return order.failure if step in attempt.steps else Failure(LAST, order.failure.message)
        return None

    def _enter(self, resource: Resource, attempt: PlanAttempt) -> None:
        share = 1.0
        if attempt.planned_failure is not None:
            share = (attempt.steps.index(attempt.planned_failure.step) + 1) / len(attempt.steps)
        due = attempt.started + attempt.duration * share
        if math.isfinite(due):
            attempt.event = self.world.agenda.schedule(due, lambda: self._end(resource, attempt))

    def _end(self, resource: Resource, attempt: PlanAttempt) -> None:
        if resource.pending is not attempt:
            return
        if attempt.reads_left > 0:
            attempt.overdue = True
            return
        if attempt.planned_failure is not None:
            self._close(resource, attempt, attempt.planned_failure)
            return
        self._close(resource, attempt, None)
        resource.current = attempt
        resource.status = attempt.after
        resource.settle(attempt)
        if attempt.done is not None:
            attempt.done()

    def _close(self, resource: Resource, attempt: PlanAttempt, failure: Failure | None) -> None:
        attempt.ended = self.world.agenda.now
        attempt.failure = failure
        resource.pending = None
        resource.history.append(attempt)
        resource.touched = attempt.ended
        resource.version += 1
        if failure is not None:
            resource.status = resource.status_of_current()

    def complete_now(self, resource: Resource) -> None:
        """Ends the pending plan well at this moment, without what would follow it."""
        attempt = resource.pending
        if attempt is None:
            return
        self.world.agenda.cancel(attempt.event)
        now = self.world.agenda.now
        attempt.started, attempt.duration, attempt.reads_left = now, 0.0, 0
        attempt.planned_failure, attempt.done = None, None
        self._end(resource, attempt)

    def note_read(self, resource: Resource) -> None:
        """A read has shown the pending plan; with `pending_visible_reads` that lets it end."""
        attempt = resource.pending
        if attempt is None or attempt.started > self.world.agenda.now:
            return
        attempt.reads_left = max(0, attempt.reads_left - 1)
        if attempt.overdue and attempt.reads_left == 0:
            self.world.agenda.schedule(self.world.agenda.now, lambda: self._end(resource, attempt))

    def cancel(self, resource: Resource, *, forget: bool = False) -> None:
        """Ends the pending plan without success; `forget` leaves no trace in the history."""
        attempt = resource.pending
        if attempt is None:
            return
        self.world.agenda.cancel(attempt.event)
        running = [step["step_id"] for step in attempt.log(self.world.agenda.now)]
        failure = Failure(running[-1] if running else attempt.steps[0], "Plan was cancelled", "Cancelled")
        self._close(resource, attempt, failure)
        if forget:
            resource.history.remove(attempt)
            resource.forgotten = attempt

    def set_speed(self, seconds: float, deployment: str | None = None) -> None:
        """Sets seconds per plan, for all or for one deployment (id or name); running plans get it from now on."""
        if math.isnan(seconds) or seconds < 0:
            raise ValueError(f"seconds: zero or more, or infinite; got {seconds}")
        if deployment is None:
            self.seconds = seconds
            self.seconds_of.clear()
        else:
            self.seconds_of[deployment] = seconds
        for owner, resource, attempt in self._running():
            if deployment in (None, owner.id, owner.name):
                self.world.agenda.cancel(attempt.event)
                attempt.event = None
                elapsed = max(0.0, self.world.agenda.now - attempt.started)
                attempt.duration = elapsed + seconds
                self._enter(resource, attempt)

    def _running(self) -> Iterator[tuple[Deployment, Resource, PlanAttempt]]:
        for deployment in self.world.deployments.values():
            for resource in deployment.resources:
                if resource.pending is not None:
                    yield deployment, resource, resource.pending
