"""A change of trust that the API accepted, and the plan of the platform that puts it in force."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from ece_client import PlanStopped, PlanTimeout
from ece_provider.deployment_reads import Facts


@dataclass
class Plan:
    """The plan of one write, awaited by all whose changes were in it."""

    known: frozenset[str]
    """Newest attempts from before the write."""
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    deserted: asyncio.Event = field(default_factory=asyncio.Event)
    waiters: int = 0
    last_step: str = ""


class Written:
    """A change that is in force, or accepted: its plan may still run."""

    def __init__(self, facts: Facts, plan: Plan | None) -> None:
        self.facts = facts
        self._plan = plan

    @property
    def known(self) -> list[str]:
        """Attempts from before the write, for who goes on waiting in another run."""
        return sorted(self._plan.known) if self._plan is not None else []

    async def settled(self, stop: asyncio.Event, deadline: float | None) -> None:
        """Wait for the end of the plan; ``deadline`` in seconds from now.

        Raises:
            PlanFailed, PlanTimeout, PlanStopped: as ``PlanWatcher.wait``.
            ApiError: the plan cannot be looked at any more.
        """
        plan = self._plan
        if plan is None:
            return
        stopped = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait((plan.done, stopped), timeout=deadline, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            plan.waiters -= 1
            if plan.waiters == 0 and not plan.done.done():
                plan.deserted.set()
        if plan.done.done():
            plan.done.result()
        elif stop.is_set():
            raise PlanStopped(())
        else:
            raise PlanTimeout((), plan.last_step, deadline or 0.0, None)
