"""How a wait for plans can end badly; the tree that these belong to is drawn in errors.py."""

from __future__ import annotations

from ece_client.errors import ApiError, PlanError
from ece_client.plan_state import Failure, PlanRef


class PlanFailed(PlanError):
    """An attempt ended badly; the attributes are the platform's own words."""

    def __init__(self, ref: PlanRef, failure: Failure) -> None:
        kind = f" ({failure.failure_type})" if failure.failure_type else ""
        super().__init__(f"the plan of {ref} failed at step {failure.step}: {failure.message}{kind}")
        self.kind, self.ref_id, self.attempt_id = ref
        self.step, self.message, self.failure_type, self.details = failure


class PlanTimeout(PlanError):
    """The deadline passed; the plans named in `pending` go on running."""

    def __init__(self, pending: tuple[PlanRef, ...], last_step: str, seconds: float, trouble: ApiError | None) -> None:
        running = f"; still running: {', '.join(map(str, pending))}" if pending else ""
        step = f", last step {last_step}" if last_step else ""
        read = f"; the last look failed: {trouble}" if trouble else ""
        super().__init__(f"the plan did not end within {seconds:g} s{step}{running}{read}")
        self.pending, self.last_step, self.seconds = pending, last_step, seconds


class PlanStopped(PlanError):
    """The wait was called off; the plans named in `pending` go on running."""

    def __init__(self, pending: tuple[PlanRef, ...]) -> None:
        super().__init__(f"stopped waiting; still running: {', '.join(map(str, pending)) or 'nothing seen yet'}")
        self.pending = pending
