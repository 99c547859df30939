"""Injected faults: who is hit, what the caller sees, what took effect."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from ece_simulator import Reply, Request, Simulator
from tests.simulator.support import RULESETS, Api, ruleset


def send(api: Api, method: str, target: str, body: Any = None) -> Reply:
    """A call whose reply is not judged."""
    headers = {"Authorization": api.authorization}
    return api.installation.handle(Request.make(method, f"/api/v1{target}", headers=headers, body=body))


def count(api: Api) -> int:
    """Rule sets that exist."""
    return len(json.loads(send(api, "GET", RULESETS).body)["rulesets"])


def test_status_with_retry_after(sim: Simulator, api: Api) -> None:
    """The next call fails once, with the header a client waits by."""
    sim.control.fail_next(status=429, code="root.too_many_requests", retry_after=7)

    first, second = send(api, "GET", "/platform"), send(api, "GET", "/platform")

    assert (first.status, first.headers["retry-after"], second.status) == (429, "7", 200)
    assert first.json()["errors"][0]["code"] == "root.too_many_requests"


@pytest.mark.parametrize(
    ("match", "hit"),
    [
        ({"operation_id": "get-platform"}, [True, False, False, False]),
        ({"method": "post"}, [False, True, False, False]),
        ({"path": r"stack/versions/\d"}, [False, False, True, False]),
        ({"writes": True}, [False, True, False, False]),
        ({"installation": "b"}, [False, False, False, False]),
        ({"skip": 1}, [False, True, False, False]),
        ({"skip": 1, "count": 2}, [False, True, True, False]),
        ({"count": None}, [True, True, True, True]),
    ],
)
def test_who_is_hit(match: dict[str, Any], hit: list[bool]) -> None:
    """Matching by operation, method, path, write, installation; the n-th call; several; all."""
    from tests.simulator.support import simulator

    sim = simulator(2)
    api = Api(sim)
    sim.control.fail_next(status=503, **match)

    calls = [("GET", "/platform"), ("POST", RULESETS), ("GET", "/stack/versions/9.2.0"), ("GET", "/account")]
    replies = [send(api, method, target, ruleset() if method == "POST" else None) for method, target in calls]

    assert [reply.status == 503 for reply in replies] == hit


@pytest.mark.parametrize(("after", "made"), [(False, 0), (True, 1)])
def test_failure_before_or_after_the_effect(sim: Simulator, api: Api, after: bool, made: int) -> None:
    """The caller sees the same failure; only the state tells whether the write happened."""
    sim.control.fail_next(status=504, after_effect=after)

    assert send(api, "POST", RULESETS, ruleset()).status == 504

    assert count(api) == made
    assert sim.control.calls()[0]["took_effect"] is after


@pytest.mark.parametrize(("after", "made"), [(False, 0), (True, 1)])
def test_dropped_connections(sim: Simulator, api: Api, after: bool, made: int) -> None:
    """No reply at all, before or after the write; the log keeps the call without a status."""
    fault = sim.control.fail_next(drop=True, after_effect=after)

    with pytest.raises(ConnectionResetError):
        send(api, "POST", RULESETS, ruleset())

    logged = sim.control.calls()[0]
    assert (logged["status"], logged["answered"], logged["fault"], count(api)) == (None, True, fault, made)


def test_bodies_that_cannot_be_read(sim: Simulator, api: Api) -> None:
    """A cut JSON body with a good status, and the HTML page of something in between."""
    sim.control.fail_next(body="malformed")
    cut = send(api, "GET", "/platform")
    sim.control.fail_next(body="html", status=503)
    page = send(api, "GET", "/platform")

    assert cut.status == 200
    with pytest.raises(ValueError):
        cut.json()
    assert (page.status, page.headers["content-type"]) == (503, "text/html")
    assert page.body.startswith(b"<html>")


@pytest.mark.parametrize(("after", "made"), [(False, 0), (True, 1)])
def test_held_calls(sim: Simulator, api: Api, after: bool, made: int) -> None:
    """A call waits, before or after its effect, until it is let go: the moment to kill a client."""
    sim.control.fail_next(hold=True, after_effect=after, operation_id="create-traffic-filter-ruleset")
    replies: list[Reply] = []
    thread = threading.Thread(target=lambda: replies.append(send(api, "POST", RULESETS, ruleset())))
    thread.start()
    waiting = sim.control.wait_for_call(1, timeout=10)
    held = count(api) if not after else made  # after the effect the thread may still be on its way there

    sim.control.release()
    thread.join(10)

    assert (waiting["status"], held) == (None, made)
    assert replies[0].status == 201
    assert count(api) == 1
    assert sim.control.wait_for_call(1, answered=True, timeout=10)["status"] == 201


def test_waiting_in_vain_ends(sim: Simulator) -> None:
    """A test that waits for a call nobody makes must fail with words."""
    with pytest.raises(TimeoutError, match="call 5 did not come"):
        sim.control.wait_for_call(5, timeout=0.01)


def test_faults_can_be_taken_back(sim: Simulator, api: Api) -> None:
    """Clearing leaves a simulator that works."""
    sim.control.fail_next(status=500, count=None)
    sim.control.clear_faults()

    assert send(api, "GET", "/platform").status == 200


@pytest.mark.parametrize("order", [{"body": "xml"}, {"delay": -1}, {"colour": "red"}, {"installation": 9}])
def test_senseless_faults_are_refused(sim: Simulator, order: dict[str, Any]) -> None:
    """A misspelt order must not be a test that tests nothing."""
    with pytest.raises(ValueError):
        sim.control.fail_next(**order)
