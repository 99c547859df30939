"""One answer for many: calls that want the same thing at the same time share one request.

Nothing here knows what is read, or how long it stays good: that is said by whoever asks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")

MAX_AGE: Final = 2.0
"""Seconds after its arrival for which an answer is used, unless the caller says otherwise."""


class SharedRead(Generic[T]):
    """The latest answer of ``fetch``, and the request for it that is under way."""

    def __init__(self, fetch: Callable[[], Awaitable[T]], clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._task: asyncio.Task[tuple[T, float]] | None = None

    async def get(self, max_age: float = MAX_AGE) -> T:
        """An answer that arrived at most ``max_age`` seconds ago, or the one that is under way."""
        if self._task is None or not self._is_fresh(self._task, max_age):
            self._task = asyncio.ensure_future(self._fetched())
            self._task.add_done_callback(_hear)
        answer, _ = await asyncio.shield(self._task)
        return answer

    def drop(self) -> None:
        """Forget the answer; a request under way serves only those who wait for it already."""
        self._task = None

    async def _fetched(self) -> tuple[T, float]:
        """The answer with the time of its arrival: both are there at once, for whoever asks in that very moment."""
        return await self._fetch(), self._clock()

    def _is_fresh(self, task: asyncio.Task[tuple[T, float]], max_age: float) -> bool:
        if not task.done():
            return True
        if task.cancelled() or task.exception() is not None:
            return False
        _, arrived = task.result()
        return self._clock() - arrived <= max_age


def _hear(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()  # whoever waits gets it; without anybody it is no news
