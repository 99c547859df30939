"""Writers of one object that wait at the same time are served by one write.

The first writer goes at once; who comes while it is at work is in the next batch. Nobody waits for company.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(eq=False)
class Request(Generic[T]):
    """One writer's part of a batch; its result is set by the batch, None meaning done."""

    item: T
    stop: asyncio.Event
    deadline: float | None
    """Seconds that the writer may wait, from when it asked."""
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def fail(self, error: BaseException) -> None:
        """Let the writer raise ``error``."""
        if not self.done.done():
            self.done.set_exception(error)

    def succeed(self) -> None:
        """Let the writer go on."""
        if not self.done.done():
            self.done.set_result(None)


Batch = list[Request[T]]


class MergedWriter(Generic[T]):
    """Collects requests and hands them to ``write`` in batches, one batch at a time."""

    def __init__(self, write: Callable[[Batch[T]], Awaitable[None]]) -> None:
        self._write = write
        self._waiting: Batch[T] = []
        self._worker: asyncio.Task[None] | None = None

    async def submit(self, item: T, *, stop: asyncio.Event, deadline: float | None = None) -> None:
        """Have ``item`` written; raises what its batch raised. Work that has begun is never abandoned."""
        request = Request(item, stop, deadline)
        self._waiting.append(request)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        try:
            await asyncio.shield(request.done)
        except asyncio.CancelledError:
            if request in self._waiting:
                self._waiting.remove(request)
            raise

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await self._write(batch)
            except Exception as error:
                for request in batch:
                    request.fail(error)
            for request in batch:
                request.succeed()


def longest_deadline(batch: Batch[T]) -> float | None:
    """The patience of the most patient writer; None when one of them waits without limit."""
    deadlines = [request.deadline for request in batch]
    return None if None in deadlines else max(deadline for deadline in deadlines if deadline is not None)
