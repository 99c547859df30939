"""Locks around writes to one object, between tasks and between processes."""

from __future__ import annotations

import asyncio
import contextvars
from pathlib import Path
from typing import Any

import pytest

from ece_provider.locks import Locks, LockStopped, LockTimeout


async def test_tasks_take_turns(tmp_path: Path) -> None:
    """Two resources of one deployment must not write at the same time."""
    locks, order = Locks("https://ece:1", tmp_path), []

    async def work(name: str) -> None:
        async with locks.hold("deployment"):
            order.append(f"{name} begins")
            await asyncio.sleep(0)
            order.append(f"{name} ends")

    await asyncio.gather(work("a"), work("b"), work("c"))
    assert [line.split()[1] for line in order] == ["begins", "ends"] * 3


async def test_processes_take_turns(tmp_path: Path) -> None:
    """Two provider blocks are two processes; each has its own ``Locks``."""
    async with Locks("https://ece:1", tmp_path).hold("deployment"):
        with pytest.raises(LockTimeout, match="deployment"):
            await _once(Locks("https://ece:1", tmp_path), "deployment", deadline=0.1)
    await _once(Locks("https://ece:1", tmp_path), "deployment", deadline=0.1)


async def _once(locks: Locks, name: str, **options: Any) -> None:
    """Take and give back, in a task of its own: one task never holds two."""

    async def work() -> None:
        async with locks.hold(name, **options):
            pass

    await asyncio.wait_for(asyncio.get_running_loop().create_task(work(), context=contextvars.Context()), 5)


async def test_other_installations_are_other_objects(tmp_path: Path) -> None:
    """Equal ids of two installations have nothing to do with each other."""
    async with Locks("https://a:1", tmp_path).hold("deployment"):
        await _once(Locks("https://b:1", tmp_path), "deployment", deadline=0.1)


async def test_nobody_holds_two(tmp_path: Path) -> None:
    """Two tasks with two locks each can wait for each other for ever."""
    locks = Locks("https://ece:1", tmp_path)
    async with locks.hold("one"):
        with pytest.raises(RuntimeError, match="two"):
            async with locks.hold("two"):
                pass


async def test_a_stop_ends_the_wait(tmp_path: Path) -> None:
    """Ctrl-C must not wait for somebody else's plan."""
    stop = asyncio.Event()
    stop.set()
    async with Locks("https://ece:1", tmp_path).hold("deployment"):
        with pytest.raises(LockStopped):
            await _once(Locks("https://ece:1", tmp_path), "deployment", stop=stop)
