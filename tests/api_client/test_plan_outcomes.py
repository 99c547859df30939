"""What counts as finished, failed and called off, in the order in which ECE shows it."""

from __future__ import annotations

import pytest

from ece_client import Outcome, PlanFailed, PlanRef
from ece_client.plan_state import ended, failure_of
from tests.api_client.plans import DONE, ES, KIBANA, OLD, Ece, Frame, attempt, bad, good, running, wait
from tests.api_client.wire import FakeClock

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
