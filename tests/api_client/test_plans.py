"""Waiting for plans: what counts as finished, failed, late and called off, in the order in which ECE shows it."""

from __future__ import annotations

import asyncio
import ssl

import httpx
import pytest

from ece_client import (
    Forbidden,
    NotFound,
    Outcome,
    PlanError,
    PlanFailed,
    PlanRef,
    PlanStopped,
    PlanTimeout,
    PlanWatcher,
    ServerError,
    TlsFailed,
    known_attempts,
)
from ece_client.plan_state import ended, failure_of
from tests.api_client.wire import FakeClock, Wire, client_on, ok, page, refused

ES = ("elasticsearch", "main")
KIBANA = ("kibana", "main-kibana")
DONE = "plan-completed"


def attempt(identifier, *steps, error=None, ended=True):
    """An entry of plan_info; the last step decides unless there are none."""
    log = [{"step_id": step, "status": "success", "stage": "completed", "info_log": []} for step in steps]
    entry = {"plan_attempt_id": identifier, "healthy": error is None, "plan_attempt_log": log}
    if error:
        log[-1].update(status="error", info_log=[{"message": error, "failure_type": "Boom", "details": {"a": "b"}}])
    return {**entry, **({"attempt_end_time": "2024-01-01T00:00:00Z"} if ended else {})}


def running(identifier, *steps):
    """A pending entry."""
    return attempt(identifier, *steps, ended=False)


def good(identifier):
    """An attempt that ended well."""
    return attempt(identifier, "start-instances", DONE)


def bad(identifier, message="No capacity"):
    """An attempt that failed while instances were allocated."""
    entry = attempt(identifier, "allocate-instances", DONE, error=message)
    entry["plan_attempt_log"][0]["status"] = "error"
    return entry


class Frame:
    """A deployment at one moment: {(kind, ref): (pending, current, history)}."""

    def __init__(self, **resources):
        self.es = resources.get("es")
        self.kibana = resources.get("kibana")

    def answer(self, request):
        """Return the deployment as the API does: history only when asked for."""
        with_history = request.url.params.get("show_plan_history") == "true"
        resources = {}
        for (kind, ref_id), plans in ((ES, self.es), (KIBANA, self.kibana)):
            if plans is None:
                continue
            pending, current, *history = plans
            info = {"healthy": True, "history": list(history) if with_history else []}
            info |= {name: plan for name, plan in (("pending", pending), ("current", current)) if plan}
            resources[kind] = [{"ref_id": ref_id, "info": {"plan_info": info}}]
        return ok({"id": "d1", "resources": resources})


class Ece:
    """Shows one frame per look (a look for history repeats the last frame); other answers stand for themselves."""

    def __init__(self, *frames, activity=None):
        self.frames = list(frames)
        self.shown = None
        self.looks = 0
        self.activity = activity or {}

    def __call__(self, request):
        if "/activity/" in request.url.path:
            entry = self.activity.get(request.url.path.rsplit("/", 1)[1])
            return ok(entry) if entry else refused(404, "deployments.deployment_resource_not_found")
        if request.url.params.get("show_plan_history") != "true":
            self.looks += 1
            self.shown = self.frames.pop(0) if len(self.frames) > 1 else self.frames[0]
        return self.shown.answer(request) if isinstance(self.shown, Frame) else self.shown


async def wait(ece, *, attempts=None, clock=None, progress=None, interval=2.0, **options):
    """Return the outcome of a wait, on a clock of its own."""
    clock = clock or FakeClock()
    async with client_on(Wire(ece), max_retries=0, clock=clock) as client:
        watcher = PlanWatcher(client, clock=clock, poll_interval=interval, on_progress=progress)
        return await watcher.wait("d1", attempts, **options)


OLD = good("old")

FINISHED_WELL = {
    "a creation": (
        [Frame(es=(running("e1"), None), kibana=(running("k1"), None)),
         Frame(es=(None, good("e1")), kibana=(running("k1", "start"), None)),
         Frame(es=(None, good("e1")), kibana=(None, good("k1")))],
        {}, {"e1", "k1"}, 3,
    ),
    "an automatic second Kibana plan": (
        [Frame(es=(running("e1"), None), kibana=(running("k1"), None)),
         Frame(es=(running("e1"), None), kibana=(running("k2"), good("k1"))),
         Frame(es=(None, good("e1")), kibana=(None, good("k2"), good("k1"), good("k2")))],
        {}, {"e1", "k1", "k2"}, 3,
    ),
    "a gap while Kibana is queued": (
        [Frame(es=(running("e1"), None), kibana=(None, None)),
         Frame(es=(None, good("e1")), kibana=(None, None)),
         Frame(es=(None, good("e1")), kibana=(None, None)),
         Frame(es=(None, good("e1")), kibana=(running("k1"), None)),
         Frame(es=(None, good("e1")), kibana=(None, good("k1")))],
        {}, {"e1", "k1"}, 5,
    ),
    "an update judged by the id that the caller saw": (
        [Frame(es=(running("e2"), OLD)), Frame(es=(None, good("e2")))],
        {"attempts": {ES: "e2"}}, {"e2"}, 2,
    ),
    "an attempt that was superseded, found in the history": (
        [Frame(es=(None, good("e3"), OLD, good("e2"), good("e3")))],
        {"attempts": {ES: "e2"}}, {"e2"}, 1,
    ),
    "a creation so fast that nothing was seen pending": (
        [Frame(es=(None, good("e1")), kibana=(None, good("k1")))],
        {"known": frozenset()}, {"e1", "k1"}, 1,
    ),
    "an update so fast that nothing was seen pending": (
        [Frame(es=(None, good("e2"), OLD, good("e2")))],
        {"known": frozenset({"old"})}, {"e2"}, 1,
    ),
    "an update of a deployment whose last change failed long ago": (
        [Frame(es=(None, good("e2"), OLD, bad("b1"), good("e2")))],
        {"known": frozenset({"old", "b1"})}, {"e2"}, 1,
    ),
    "a plan without an id at first": (
        [Frame(es=(running(None), OLD)), Frame(es=(running("e2"), OLD)), Frame(es=(None, good("e2")))],
        {}, {"e2"}, 3,
    ),
    "an attempt without a log": (
        [Frame(es=(running("e2"), OLD)), Frame(es=(None, attempt("e2")))],
        {}, {"e2"}, 2,
    ),
    "another's plan that was running before ours is not ours to judge": (
        [Frame(es=(running("x1"), OLD)), Frame(es=(running("e2"), OLD)),
         Frame(es=(None, good("e2"), OLD, bad("x1"), good("e2")))],
        {"known": frozenset({"old", "x1"})}, {"e2"}, 3,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FINISHED_WELL)
async def test_finished_well(case):
    """Each is judged by its own entry, and reported at the first look that proves it."""
    frames, options, attempts, looks = FINISHED_WELL[case]
    ece = Ece(*frames)
    outcome = await wait(ece, **options)
    assert {ref.attempt_id for ref in outcome.attempts} == attempts
    assert ece.looks == looks


FAILED = {
    "a failed update with the good old plan still current": (
        [Frame(es=(running("e2"), OLD)), Frame(es=(None, OLD, OLD, bad("e2")))], {}, "e2",
    ),
    "the same, by the id that the caller saw": (
        [Frame(es=(None, OLD, OLD, bad("e2")))], {"attempts": {ES: "e2"}}, "e2",
    ),
    "the same, so fast that nothing was seen pending": (
        [Frame(es=(None, OLD, OLD, bad("e2")))], {"known": frozenset({"old"})}, "e2",
    ),
    "the same, without knowing what was before": (
        [Frame(es=(None, OLD, OLD, bad("e2")))], {}, "e2",
    ),
    "a failed creation": (
        [Frame(es=(running("e1"), None)), Frame(es=(None, None, bad("e1")))], {}, "e1",
    ),
    "a failed creation that nobody saw running": (
        [Frame(es=(None, None, bad("e1")))], {"known": frozenset()}, "e1",
    ),
    "a failed Kibana beside a good Elasticsearch": (
        [Frame(es=(running("e1"), None), kibana=(None, None)),
         Frame(es=(None, good("e1")), kibana=(None, None, bad("k1")))], {}, "k1",
    ),
    "a second Kibana plan that fails": (
        [Frame(es=(running("e1"), None), kibana=(running("k1"), None)),
         Frame(es=(None, good("e1")), kibana=(running("k2"), good("k1"))),
         Frame(es=(None, good("e1")), kibana=(None, good("k1"), good("k1"), bad("k2")))], {}, "k2",
    ),
    "a failed update without ids": (
        [Frame(es=(running(None), OLD)), Frame(es=(None, OLD, OLD, bad(None)))], {}, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FAILED)
async def test_failed(case):
    """A failed attempt is never hidden by the good one before it, and is told with step and message."""
    frames, options, identifier = FAILED[case]
    with pytest.raises(PlanFailed, match="allocate-instances: No capacity") as caught:
        await wait(Ece(*frames), **options)
    error = caught.value
    assert (error.attempt_id, error.step, error.message) == (identifier, "allocate-instances", "No capacity")
    assert (error.failure_type, error.details) == ("Boom", {"a": "b"})
    assert (error.kind, error.ref_id) in (ES, KIBANA)


@pytest.mark.parametrize(
    ("entry", "step"),
    [
        (good("e"), None),
        (bad("e"), "allocate-instances"),
        (attempt("e"), None),
        ({**attempt("e", "start-instances"), "healthy": False}, "start-instances"),
        ({**attempt("e"), "healthy": False}, "unknown"),
        ({**good("e"), "healthy": False}, None),  # the last step decides, health is another matter
        ({**good("e"), "error": {"message": "m"}}, DONE),
        ({"plan_attempt_log": None, "error": {"message": None, "details": None}}, "unknown"),
        ({}, None),
    ],
)
def test_verdict_of_an_entry(entry, step):
    """The forms in which versions of ECE record an end, complete or not."""
    failure = failure_of(entry)
    assert (failure and failure.step) == step


async def test_cancelled():
    """A cancelled attempt is on record as failed, in words of its own."""
    cancelled = {
        **attempt("e2", "start-instances"),
        "healthy": False,
        "error": {"message": "Plan was cancelled", "failure_type": "PlanCancelled", "details": {}},
    }
    with pytest.raises(PlanFailed, match=r"start-instances: Plan was cancelled \(PlanCancelled\)"):
        await wait(Ece(Frame(es=(running("e2"), OLD)), Frame(es=(None, OLD, OLD, cancelled))))


async def test_an_attempt_that_only_its_activity_knows():
    """The history is cut in the middle; the activity of an attempt is not."""
    ece = Ece(Frame(es=(None, OLD, OLD)), activity={"e2": bad("e2")})
    with pytest.raises(PlanFailed, match="No capacity"):
        await wait(ece, attempts={ES: "e2"})
    ece = Ece(Frame(es=(None, OLD, OLD)), activity={"e2": good("e2")})
    assert (await wait(ece, attempts={ES: "e2"})).attempts == (PlanRef(*ES, "e2"),)


async def test_an_attempt_that_was_dropped():
    """A forced cancel removes the record; the change did not happen, so this is no success."""
    with pytest.raises(PlanFailed, match="no record of it is left"):
        await wait(Ece(Frame(es=(running("e2"), OLD)), Frame(es=(None, OLD, OLD))))


async def test_without_any_plan_several_quiet_looks_are_needed():
    """A write that changes nothing makes no plan, but a plan may also be late: one look proves nothing."""
    clock = FakeClock()
    start = clock.now
    ece = Ece(Frame(es=(None, OLD, OLD)))
    outcome = await wait(ece, clock=clock, known=frozenset({"old"}))
    assert outcome == Outcome(())
    assert ece.looks >= 4
    assert 4.0 <= clock.now - start < 8.0


@pytest.mark.parametrize(("current_start", "newest"), [("2024-01-01T00:00:00Z", "e2"), ("2024-01-03T00:00:00Z", "old")])
def test_a_history_without_the_current_attempt(current_start, newest):
    """Then the times of both tell which one is newer."""
    current = {**OLD, "attempt_start_time": current_start}
    info = {"current": current, "history": [{**bad("e2"), "attempt_start_time": "2024-01-02T00:00:00Z"}]}
    assert ended(info)[-1]["plan_attempt_id"] == newest


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
