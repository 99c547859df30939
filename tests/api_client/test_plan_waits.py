"""Waiting for plans: looks, pauses, errors on the way, deadline, stop and disappearance."""

from __future__ import annotations

import asyncio
import ssl

import httpx
import pytest

from ece_client import (
    Forbidden,
    NotFound,
    PlanError,
    PlanRef,
    PlanStopped,
    PlanTimeout,
    PlanWatcher,
    ServerError,
    TlsFailed,
    known_attempts,
)
from tests.api_client.plans import ES, OLD, Ece, Frame, good, running, wait
from tests.api_client.wire import FakeClock, Wire, client_on, ok, page, refused


async def test_quiet_looks_count_however_short_the_interval():
    """A short interval is asked for in tests and demos; it must not weaken the proof."""
    ece = Ece(Frame(es=(None, OLD, OLD)))
    await wait(ece, interval=0.25, clock=FakeClock(now=0.0), known=frozenset({"old"}))
    assert ece.looks == 4


async def test_a_known_attempt_costs_no_history():
    """The history of a long life is large; an attempt that is current now needs none of it."""
    wire = Wire(
        Ece(
            Frame(es=(running("e2"), OLD), kibana=(None, good("k"))),
            Frame(es=(None, good("e2")), kibana=(None, good("k"))),
        )
    )
    async with client_on(wire) as client:
        await PlanWatcher(client, clock=FakeClock()).wait("d1", {ES: "e2"})
    assert len(wire.requests) == 2
    assert not [path for path in wire.paths if "show_plan_history=true" in path or "/activity/" in path]


async def test_failed_looks_count_in_a_row_only():
    """Over hours some looks fail; that is no reason to give up."""
    frame, trouble = Frame(es=(running("e1"), None)), refused(503)
    ece = Ece(frame, *[trouble] * 4, frame, *[trouble] * 4, Frame(es=(None, good("e1"))))
    assert (await wait(ece)).attempts == (PlanRef(*ES, "e1"),)


async def test_a_certificate_that_changes_ends_the_wait():
    """Nobody should be asked about a plan whom we do not trust."""
    expired = httpx.ConnectError("")
    expired.__cause__ = ssl.SSLCertVerificationError(1, "certificate has expired")
    expired.__cause__.verify_code, expired.__cause__.verify_message = 10, "certificate has expired"
    looks = iter([Frame(es=(running("e1"), None)).answer, lambda request: expired])
    with pytest.raises(TlsFailed):
        await wait(lambda request: next(looks)(request), deadline=60)


@pytest.mark.parametrize("options", [{}, {"known": frozenset({"old"})}, {"attempts": {}}])
async def test_a_late_plan_is_still_seen(options):
    """Between the write and its plan there can be a gap of some looks."""
    quiet = Frame(es=(None, OLD, OLD))
    ece = Ece(quiet, quiet, quiet, Frame(es=(running("e2"), OLD)), Frame(es=(None, good("e2"), OLD, good("e2"))))
    outcome = await wait(ece, **options)
    assert ece.looks >= 5
    assert [ref.attempt_id for ref in outcome.attempts] == ([] if "attempts" in options else ["e2"])


async def test_a_plan_of_one_second_is_reported_soon():
    """Nobody waits several seconds for what took one; the looks are close together at first."""
    clock = FakeClock()
    end = clock.now + 1.0

    def answer(request):
        frame = Frame(es=(running("e1"), None)) if clock.now < end else Frame(es=(None, good("e1")))
        return frame.answer(request)

    await wait(answer, clock=clock)
    assert clock.now - end < 1.5


async def test_looks_grow_apart_up_to_the_interval():
    """A plan of an hour must not cost ten thousand calls."""
    clock = FakeClock()
    ece = Ece(*[Frame(es=(running("e1"), None))] * 30, Frame(es=(None, good("e1"))))
    await wait(ece, clock=clock)
    assert clock.slept[0] == 0.25
    assert clock.slept == sorted(clock.slept)
    assert clock.slept[-1] == 2.0


async def test_progress_tells_each_step_once():
    """A line per look would bury the one that matters."""
    lines = []
    ece = Ece(
        Frame(es=(running("e1"), None)),
        Frame(es=(running("e1", "allocate-instances"), None)),
        Frame(es=(running("e1", "allocate-instances"), None)),
        Frame(es=(running("e1", "allocate-instances", "start-instances"), None)),
        Frame(es=(None, good("e1"))),
    )
    await wait(ece, progress=lines.append)
    assert [line.partition(" (")[0] for line in lines] == [
        "elasticsearch main: allocate-instances",
        "elasticsearch main: start-instances",
    ]


@pytest.mark.parametrize(
    "trouble", [refused(503), refused(500), refused(429), page(502), httpx.ReadError("")], ids=repr
)
async def test_errors_while_looking_are_sat_out(trouble):
    """The plan goes on whether we can look or not."""
    ece = Ece(Frame(es=(running("e1"), None)), trouble, trouble, Frame(es=(None, good("e1"))))
    outcome = await wait(ece, deadline=60)
    assert outcome.attempts == (PlanRef(*ES, "e1"),)


async def test_errors_until_the_deadline_are_told():
    """Then the reason is not the plan but the connection, and the text must say so."""
    ece = Ece(Frame(es=(running("e1", "start-instances"), None)), refused(503, "root.unavailable"))
    with pytest.raises(PlanTimeout, match=r"within 30 s.*the last look failed.*root\.unavailable"):
        await wait(ece, deadline=30)


async def test_errors_without_a_deadline_end_the_wait():
    """Without a deadline an unreachable server would be waited for forever."""
    ece = Ece(refused(503))
    with pytest.raises(ServerError):
        await wait(ece)
    assert ece.looks == 5


async def test_a_missing_right_ends_the_wait_at_once():
    """Waiting does not give rights."""
    with pytest.raises(Forbidden):
        await wait(Ece(Frame(es=(running("e1"), None)), refused(403, "root.unauthorized.rbac")), deadline=60)


async def test_time_out_names_step_and_what_still_runs():
    """The user has to decide whether to wait longer or to look into it."""
    clock = FakeClock()
    start = clock.now
    ece = Ece(Frame(es=(running("e1", "wait-until-running"), None)))
    with pytest.raises(PlanTimeout, match="last step wait-until-running; still running: elasticsearch main") as caught:
        await wait(ece, clock=clock, deadline=10)
    assert caught.value.pending == (PlanRef(*ES, "e1"),)
    assert (caught.value.last_step, caught.value.seconds) == ("wait-until-running", 10)
    assert clock.now - start == pytest.approx(10)


async def test_stop_ends_the_wait_during_a_pause():
    """Ctrl-C must not take as long as the poll interval."""
    stop = asyncio.Event()
    clock = FakeClock()
    clock.on_sleep = lambda: stop.set() if len(clock.slept) == 3 else None
    with pytest.raises(PlanStopped, match="still running: elasticsearch main") as caught:
        await wait(Ece(Frame(es=(running("e1"), None))), clock=clock, stop=stop)
    assert caught.value.pending == (PlanRef(*ES, "e1"),)


async def test_stop_ends_the_wait_during_a_look():
    """A server that hangs must not keep Terraform from stopping."""
    stop = asyncio.Event()

    async def hang(request):
        stop.set()
        await asyncio.Event().wait()

    async with client_on(Wire(ok())) as client:
        client._transport = httpx.MockTransport(hang)
        with pytest.raises(PlanStopped):
            await PlanWatcher(client).wait("d1", {ES: "e1"}, stop=stop)


async def test_a_finished_plan_beats_a_stop():
    """What is done is reported as done, so that nothing that exists is taken for unfinished."""
    stop = asyncio.Event()

    def answer(request):
        stop.set()
        return Frame(es=(None, good("e1"))).answer(request)

    assert (await wait(answer, attempts={ES: "e1"}, stop=stop)).attempts == (PlanRef(*ES, "e1"),)


async def test_gone_while_waiting_for_a_deletion():
    """A 404 is the end that was waited for, and an error in every other wait."""
    frames = [Frame(es=(running("e1"), OLD)), refused(404, "deployments.deployment_not_found")]
    assert (await wait(Ece(*frames), gone_is_done=True)).is_gone
    with pytest.raises(NotFound):
        await wait(Ece(*frames))


async def test_pending_known_and_quiet():
    """The small questions around a write."""
    clock = FakeClock()
    busy = Frame(es=(running("e2"), OLD, OLD), kibana=(None, good("k1")))
    ece = Ece(busy, busy, Frame(es=(None, OLD)))
    async with client_on(Wire(ece), clock=clock) as client:
        watcher = PlanWatcher(client, clock=clock)
        assert await watcher.pending("d1") == [PlanRef(*ES, "e2")]
        assert await watcher.known("d1") == {"e2", "old", "k1"}
        await watcher.wait_quiet("d1")
    assert ece.looks == 3


async def test_wait_quiet_knows_deadline_and_stop():
    """A write queues behind others' plans, but not for ever."""
    stop = asyncio.Event()
    clock = FakeClock()
    async with client_on(Wire(Ece(Frame(es=(running("e1"), None)))), clock=clock) as client:
        watcher = PlanWatcher(client, clock=clock)
        with pytest.raises(PlanTimeout):
            await watcher.wait_quiet("d1", deadline=5)
        stop.set()
        with pytest.raises(PlanError):
            await watcher.wait_quiet("d1", stop=stop)


def test_known_attempts_of_an_odd_deployment():
    """Older versions leave parts out."""
    assert known_attempts({}) == frozenset()
    assert (
        known_attempts({"resources": {"elasticsearch": None, "kibana": [{"ref_id": "k", "info": None}]}}) == frozenset()
    )
