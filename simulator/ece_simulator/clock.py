"""Time under control: a real or a manual clock, and the agenda of things that happen at a moment.

Nothing else in the package asks the operating system for the time.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol


class Clock(Protocol):
    """Tells the time in seconds since the epoch."""

    def now(self) -> float:
        """The present moment."""


class RealClock:
    """The operating system's clock."""

    def now(self) -> float:
        """The present moment."""
        return time.time()


class ManualClock:
    """A clock that stands still until it is advanced."""

    def __init__(self, start: float = 1_767_225_600.0) -> None:  # 2026-01-01T00:00:00Z
        self._now = start

    def now(self) -> float:
        """The moment reached so far."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Moves on by `seconds`; refuses to go back."""
        if seconds < 0:
            raise ValueError(f"seconds: a clock does not go back, got {seconds}")
        self._now += seconds


class Agenda:
    """Actions with a due time, run in order of time.

    `now` is the due time of the running action while one runs, so that what an action starts begins at the moment
    the action was due and not at the moment somebody looked: a late poll stretches nothing.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._running: float | None = None
        self._entries: list[tuple[float, int]] = []
        self._actions: dict[int, Callable[[], None]] = {}
        self._numbers = itertools.count()

    @property
    def now(self) -> float:
        """Due time of the running action, else the clock's time."""
        return self._clock.now() if self._running is None else self._running

    def schedule(self, due: float, action: Callable[[], None]) -> int:
        """Enters an action; the number returned cancels it."""
        number = next(self._numbers)
        self._actions[number] = action
        heapq.heappush(self._entries, (due, number))
        return number

    def cancel(self, number: int | None) -> None:
        """Strikes an action out; one that has run or is unknown is no error."""
        if number is not None:
            self._actions.pop(number, None)

    def clear(self) -> None:
        """Strikes everything out."""
        self._entries.clear()
        self._actions.clear()

    def run_due(self) -> None:
        """Runs all actions that are due by now, and what they start if that is due too."""
        limit = self._clock.now()
        while self._entries and self._entries[0][0] <= limit:
            due, number = heapq.heappop(self._entries)
            action = self._actions.pop(number, None)
            if action is None:
                continue
            self._running = due
            try:
                action()
            finally:
                self._running = None


@lru_cache(maxsize=4096)
def iso(moment: float) -> str:
    """The vendor's form of a moment: UTC, milliseconds, `Z`."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
