"""Locks around writes to one deployment: between tasks of this process, and between processes of this machine.

A lock is held from the wait for quiet to the end of the plan. Nobody holds two at once, so nobody can wait in a circle.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import IO

_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 0.5
_HELD: ContextVar[str | None] = ContextVar("held_lock", default=None)


class LockTimeout(Exception):
    """Somebody else kept writing to the object for longer than this operation may wait."""

    def __init__(self, name: str, seconds: float) -> None:
        super().__init__(f"{name} is being changed by another run, which did not end within {seconds:g} s")
        self.name = name
        self.seconds = seconds


class LockStopped(Exception):
    """The user stopped Terraform while the lock was awaited; nothing was done."""


def default_directory() -> Path:
    """Where lock files live: one folder per user, shared by all runs on the machine."""
    import tempfile  # costs a moment at every start, and most processes never write

    return Path(tempfile.gettempdir()) / f"terraform-provider-ece-{os.getuid()}"


class Locks:
    """Locks of one installation, named by object: a deployment id, or what a rule needs besides."""

    def __init__(self, endpoint: str, directory: Path | None = None) -> None:
        self._endpoint = endpoint
        self._directory = directory
        self._tasks: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def hold(
        self, name: str, *, deadline: float | None = None, stop: asyncio.Event | None = None
    ) -> AsyncIterator[None]:
        """Hold the lock ``name``; ``deadline`` is in seconds from now.

        Raises:
            LockTimeout: the deadline passed.
            LockStopped: ``stop`` was set.
            RuntimeError: this task holds a lock already.
        """
        if (held := _HELD.get()) is not None:
            raise RuntimeError(f"a task that holds the lock {held} asked for {name}")
        end = None if deadline is None else time.monotonic() + deadline
        lock = self._tasks.setdefault(name, asyncio.Lock())
        await _acquired(lock, name, deadline, end, stop)
        token = _HELD.set(name)
        try:
            file = await self._locked_file(name, deadline, end, stop)
            try:
                yield
            finally:
                file.close()  # which gives the lock back, as the death of the process would
        finally:
            _HELD.reset(token)
            lock.release()

    async def _locked_file(
        self, name: str, deadline: float | None, end: float | None, stop: asyncio.Event | None
    ) -> IO[bytes]:
        directory = self._directory or default_directory()
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest = hashlib.sha256(f"{self._endpoint}\n{name}".encode()).hexdigest()[:32]
        file = (directory / f"{digest}.lock").open("ab")
        pause = _FIRST_PAUSE
        try:
            while not _try_lock(file):
                _check(name, deadline, end, stop)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
        except BaseException:
            file.close()
            raise
        return file


async def _acquired(
    lock: asyncio.Lock, name: str, deadline: float | None, end: float | None, stop: asyncio.Event | None
) -> None:
    """Acquire the lock between tasks; looks at the stop event twice a second."""
    while True:
        try:
            await asyncio.wait_for(lock.acquire(), _LONGEST_PAUSE)
            return
        except TimeoutError:
            _check(name, deadline, end, stop)


def _check(name: str, deadline: float | None, end: float | None, stop: asyncio.Event | None) -> None:
    if stop is not None and stop.is_set():
        raise LockStopped(f"stopped while waiting for another change of {name} to end")
    if end is not None and time.monotonic() >= end:
        raise LockTimeout(name, deadline or 0.0)


def _try_lock(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
