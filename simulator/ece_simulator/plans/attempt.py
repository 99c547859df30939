"""One attempt to carry out a plan, and what of its steps can be seen at a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ece_simulator.clock import iso
from ece_simulator.plans.steps import LAST

ZERO_TIME = "0001-01-01T00:00:00.000Z"
"""What recorded payloads carry as `plan_end_time`."""


@dataclass(frozen=True)
class Failure:
    """Where and why an attempt failed."""

    step: str
    message: str
    failure_type: str = "Simulated:PlanFailure"


@dataclass
class PlanAttempt:
    """Moments are seconds since the epoch; `duration` may be infinite (held until released)."""

    attempt_id: str
    plan: dict[str, Any]
    action: str
    user_id: str | None
    steps: tuple[str, ...]
    during: str
    after: str
    written: float
    started: float
    duration: float
    ended: float | None = None
    failure: Failure | None = None
    planned_failure: Failure | None = None
    reads_left: int = 0
    overdue: bool = False
    event: int | None = None
    done: Callable[[], None] | None = field(default=None, repr=False)

    @property
    def healthy(self) -> bool:
        """False once the attempt has failed."""
        return self.failure is None

    def log(self, now: float) -> list[dict[str, Any]]:
        """The steps begun by `now` (model ClusterPlanStepInfo)."""
        shown: list[dict[str, Any]] = []
        for number, step in enumerate(self._reached()):
            begun, finished = self._span(number)
            if begun > now and self.ended is None:
                break
            shown.append(self._step(step, begun, finished if self._is_over(finished, now) else None))
        return shown

    def _reached(self) -> tuple[str, ...]:
        if self.failure is None or self.failure.step not in self.steps:
            return self.steps
        reached = self.steps[: self.steps.index(self.failure.step) + 1]
        return reached if reached[-1] == LAST else (*reached, LAST)

    def _span(self, number: int) -> tuple[float, float]:
        whole = 1.0 * len(self.steps) if self.duration == float("inf") else self.duration
        part = whole / len(self.steps)
        limit = self.ended if self.ended is not None else float("inf")
        return min(self.started + number * part, limit), min(self.started + (number + 1) * part, limit)

    def _is_over(self, finished: float, now: float) -> bool:
        return self.ended is not None or (finished <= now and finished < self.started + self.duration)

    def _step(self, step: str, begun: float, finished: float | None) -> dict[str, Any]:
        failed = self.failure is not None and step in (self.failure.step, LAST)
        stage = "in_progress" if finished is None else "completed"
        status = "pending" if finished is None else "error" if failed else "success"
        message = self.failure.message if failed and self.failure else f"Step [{step}]: {stage}"
        line: dict[str, Any] = {
            "timestamp": iso(begun),
            "delta_in_millis": 0,
            "stage": stage,
            "message": message,
            "details": {},
        }
        if failed and self.failure:
            line["failure_type"] = self.failure.failure_type
        entry: dict[str, Any] = {
            "step_id": step, "started": iso(begun), "status": status, "stage": stage, "info_log": [line],
        }  # fmt: skip
        if finished is not None:
            entry["completed"] = iso(finished)
            entry["duration_in_millis"] = int((finished - begun) * 1000)
        return entry

    def error(self) -> dict[str, Any] | None:
        """Model ClusterPlanAttemptError of a failed attempt."""
        if self.failure is None or self.ended is None:
            return None
        return {
            "timestamp": iso(self.ended),
            "message": self.failure.message,
            "failure_type": self.failure.failure_type,
            "details": {"step": self.failure.step},
        }

    def source(self) -> dict[str, Any]:
        """Model ChangeSourceInfo; what the platform does by itself has no user."""
        by_platform = self.user_id is None
        source: dict[str, Any] = {
            "action": self.action,
            "date": iso(self.written),
            "facilitator": "constructor" if by_platform else "adminconsole",
            "remote_addresses": None if by_platform else ["127.0.0.1"],
        }
        return source if by_platform else {**source, "user_id": self.user_id}
