"""Applies that are stopped, cut off, or many at once, over a real socket."""

from __future__ import annotations

import asyncio
from typing import Any

from terraform_plugin.resource import CreateContext, Interrupted
from terraform_plugin.values import Values
from tests.plugin.applied import PLANNED, STATE, Box, returns
from tests.plugin.rpc import serving


async def test_stop_reaches_running_calls_only_and_the_server_goes_on():
    """Ctrl-C: who waits is told; the next call starts unstopped."""
    running = asyncio.Event()

    async def work(context: CreateContext[Any]) -> Values:
        context.save({"id": "i"})
        running.set()
        await context.stop.wait()
        raise Interrupted("stopped")

    config = PLANNED | {"id": None, "revision": None}
    async with serving(Box(work)) as wire:
        first = asyncio.create_task(wire.apply("small_box", config, PLANNED))
        await running.wait()
        assert (await wire.call("StopProvider")).Error == ""
        assert "stopped" in (await first).messages[0]
        running.clear()
        second = asyncio.create_task(wire.apply("small_box", config, PLANNED))
        await running.wait()
        assert not second.done()
        await wire.call("StopProvider")
        await second


async def test_two_hundred_applies_at_once():
    """Calls do not wait for each other: each ends only when all have begun."""
    barrier = asyncio.Barrier(200)

    async def work(context: CreateContext[Any]) -> Values:
        await barrier.wait()
        return returns()(context)

    config = PLANNED | {"id": None, "revision": None}
    async with serving(Box(work)) as wire:
        calls = [wire.apply("small_box", config, PLANNED) for _ in range(200)]
        answers = await asyncio.wait_for(asyncio.gather(*calls), 60)
    assert all(answer.state == STATE for answer in answers)


async def test_a_call_goes_on_when_its_connection_breaks():
    """Terraform may be killed in the middle of a write; tearing the write off would hide its outcome."""
    begun, finished, release = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work(context: CreateContext[Any]) -> Values:
        begun.set()
        await release.wait()
        finished.set()
        return returns()(context)

    config = PLANNED | {"id": None, "revision": None}
    async with serving(Box(work)) as wire:
        call = asyncio.create_task(wire.apply("small_box", config, PLANNED))
        await begun.wait()
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        release.set()
        await asyncio.wait_for(finished.wait(), 5)
