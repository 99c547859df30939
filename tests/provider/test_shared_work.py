"""Shared reads and merged writes: many askers, few calls, and nobody pays for another's failure."""

from __future__ import annotations

import asyncio

import pytest

from ece_provider.merged_writer import Batch, MergedWriter, longest_deadline
from ece_provider.shared_read import SharedRead


class Source:
    """Something that is read; counts how often."""

    def __init__(self) -> None:
        self.reads = 0
        self.fails = False

    async def fetch(self) -> int:
        self.reads += 1
        number = self.reads
        await asyncio.sleep(0)
        if self.fails:
            raise OSError("no")
        return number


async def test_askers_at_one_time_share_one_answer():
    """Twenty objects of one deployment refresh with one call."""
    source = Source()
    shared = SharedRead(source.fetch)
    assert await asyncio.gather(*(shared.get() for _ in range(20))) == [1] * 20


async def test_an_asker_in_the_turn_of_the_answer_shares_it():
    """Terraform's requests come in bundles: none may fall between an answer and its being noted."""
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    asked = asyncio.Event()
    reads = 0

    async def fetch() -> int:
        nonlocal reads
        reads += 1
        asked.set()
        return await answer

    shared = SharedRead(fetch)
    first = asyncio.ensure_future(shared.get())
    await asked.wait()
    answer.set_result(1)
    second = asyncio.ensure_future(shared.get())
    assert [await first, await second] == [1, 1]
    assert reads == 1


async def test_an_answer_grows_old():
    """By its arrival, and as old as the asker can bear."""
    now = [100.0]
    source = Source()
    shared = SharedRead(source.fetch, clock=lambda: now[0])
    assert await shared.get() == 1
    now[0] += 1.9
    assert await shared.get() == 1
    assert await shared.get(max_age=1.0) == 2
    now[0] += 2.1
    assert await shared.get() == 3


async def test_a_dropped_answer_serves_only_who_waits_for_it_already():
    """What was asked before a write may be older than the write."""
    source = Source()
    shared = SharedRead(source.fetch)
    before = asyncio.ensure_future(shared.get())
    await asyncio.sleep(0)
    shared.drop()
    assert await shared.get() == 2
    assert await before == 1
    assert await shared.get() == 2


async def test_a_failure_is_not_kept():
    """The next asker asks again."""
    source = Source()
    source.fails = True
    shared = SharedRead(source.fetch)
    with pytest.raises(OSError, match="no"):
        await shared.get()
    source.fails = False
    assert await shared.get() == 2


async def test_an_asker_who_gives_up_does_not_end_the_request_of_others():
    """One stopped object must not fail its neighbours."""
    source = Source()
    shared = SharedRead(source.fetch)
    first, second = asyncio.ensure_future(shared.get()), asyncio.ensure_future(shared.get())
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 1


class Writes:
    """Batches as they came; ``gate`` holds the first one."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.gate = asyncio.Event()

    async def write(self, batch: Batch[str]) -> None:
        self.batches.append([request.item for request in batch])
        await self.gate.wait()
        for request in batch:
            if request.item == "bad":
                request.fail(ValueError("bad"))
            if request.item == "broken":
                raise OSError("broken")


async def test_writers_that_wait_go_together():
    """The first goes at once, the others in one write behind it."""
    writes, stop = Writes(), asyncio.Event()
    writer = MergedWriter(writes.write)
    first = asyncio.ensure_future(writer.submit("a", stop=stop))
    await asyncio.sleep(0.01)
    others = [asyncio.ensure_future(writer.submit(item, stop=stop)) for item in "bcd"]
    await asyncio.sleep(0.01)
    writes.gate.set()
    await asyncio.gather(first, *others)
    assert writes.batches == [["a"], ["b", "c", "d"]]


async def test_a_refused_writer_does_not_stop_the_others():
    """Only the one that is wrong hears of it."""
    writes, stop = Writes(), asyncio.Event()
    writes.gate.set()
    writer = MergedWriter(writes.write)
    results = await asyncio.gather(*(writer.submit(item, stop=stop) for item in ("a", "bad")), return_exceptions=True)
    assert results[0] is None
    assert isinstance(results[1], ValueError)


async def test_a_write_that_breaks_is_told_to_all_and_ends_nothing():
    """The next batch goes its way."""
    writes, stop = Writes(), asyncio.Event()
    writes.gate.set()
    writer = MergedWriter(writes.write)
    with pytest.raises(OSError, match="broken"):
        await writer.submit("broken", stop=stop)
    await writer.submit("a", stop=stop)
    assert writes.batches == [["broken"], ["a"]]


async def test_who_gives_up_in_time_is_not_written():
    """Work that has not begun can be called off."""
    writes, stop = Writes(), asyncio.Event()
    writer = MergedWriter(writes.write)
    first = asyncio.ensure_future(writer.submit("a", stop=stop))
    await asyncio.sleep(0.01)
    second = asyncio.ensure_future(writer.submit("b", stop=stop))
    await asyncio.sleep(0.01)
    second.cancel()
    await asyncio.sleep(0.01)
    writes.gate.set()
    await first
    await asyncio.sleep(0.01)
    assert writes.batches == [["a"]]


async def test_the_most_patient_writer_decides_how_long_a_batch_waits():
    """Nobody's wait is cut short by a neighbour."""
    seen: list[float | None] = []

    async def write(batch: Batch[str]) -> None:
        seen.append(longest_deadline(batch))

    writer, stop = MergedWriter(write), asyncio.Event()
    await asyncio.gather(*(writer.submit("x", stop=stop, deadline=deadline) for deadline in (1.0, 5.0)))
    await asyncio.gather(*(writer.submit("x", stop=stop, deadline=deadline) for deadline in (1.0, None)))
    assert seen == [5.0, None]
