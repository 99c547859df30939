"""Trust when something breaks: plans that fail or never end, refused calls, interruptions, kills."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from terraform_plugin.testing.process import is_running, wait_until
from tests.support.ece import Ece
from tests.support.trust import ACCOUNT, DIRECT, UPDATE, account, direct, trust

pytestmark = pytest.mark.own_process

T = f"{DIRECT}.t"
QUIET = ("-auto-approve", "-no-color", "-input=false")

FAULTS: dict[str, dict[str, Any]] = {
    "401": {"status": 401, "code": "root.unauthenticated"},
    "500 after the write": {"status": 500, "after_effect": True},
    "dropped before": {"drop": True},
}
"""Of each kind one; every status at every call is tried in the provider's own tests."""


def test_a_write_that_fails_for_good(ece: Ece):
    """Create, update and delete each fail; afterwards one apply converges, with nothing lost and nothing double."""
    ece.ws.env["ECE_MAX_RETRIES"] = "1"
    logs, shop = ece.control.seed(name="logs"), ece.control.seed(name="shop")
    former = trust(ece)
    steps: list[dict[str, Any]] = [
        {DIRECT: {"t": direct(logs)}, ACCOUNT: {"a": account(logs, shop["cluster_id"])}},
        {DIRECT: {"t": direct(logs, name="new")}, ACCOUNT: {"a": account(logs)}},
        {},
    ]
    for fault, step in product(FAULTS, steps):
        ece.write(step)
        ece.control.fail_next(operation_id=UPDATE, count=None, **FAULTS[fault])
        result = ece.ws.apply(fails=None)
        if result.exit_code == 0:
            assert "after_effect" in FAULTS[fault], f"{fault} was not noticed"
        ece.control.clear_faults()
        ece.ws.apply()
        assert len(trust(ece)["direct"]) == len(step.get(DIRECT, {})), (fault, step)
    ece.assert_clean()
    assert trust(ece) == former


def test_a_passing_error_is_repeated(ece: Ece):
    """Too many requests, a proxy in between, and somebody who was faster: one apply for all of it."""
    logs = ece.control.seed(name="logs")
    for fault in ({"status": 429, "retry_after": 0}, {"status": 503}, {"status": 409}):
        ece.control.fail_next(operation_id=UPDATE, **fault)
    ece.apply({DIRECT: {"t": direct(logs)}})
    assert len(trust(ece)["direct"]) == 1
    ece.assert_clean()


def test_a_failed_plan_names_step_and_message(ece: Ece):
    """Tainted; the next apply makes it again under the same uid, without taking anything away in between."""
    logs = ece.control.seed(name="logs")
    ece.control.fail_plan("apply-plan-settings", "There is no room")
    ece.write({DIRECT: {"t": direct(logs)}})
    (error,) = ece.ws.apply(fails=True).errors
    assert "apply-plan-settings" in error.text
    assert "There is no room" in error.text
    first = ece.resource(T)
    assert first.tainted
    ece.ws.apply()
    assert ece.resource(T)["uid"] == first["uid"]
    assert [entry["uid"] for entry in trust(ece)["direct"]] == [first["uid"]]
    ece.assert_clean()


def test_a_failed_change_is_shown_by_the_next_plan(ece: Ece):
    """What took effect is in the state, and the error is not lost."""
    logs = ece.control.seed(name="logs")
    ece.apply({DIRECT: {"t": direct(logs)}})
    ece.control.fail_plan("apply-plan-settings", "There is no room")
    ece.write({DIRECT: {"t": direct(logs, name="new")}})
    (error,) = ece.ws.apply(fails=True).errors
    assert "There is no room" in error.text
    assert not ece.resource(T).tainted
    ece.ws.apply()
    ece.assert_clean()


def test_a_plan_that_takes_too_long(ece: Ece):
    """The text names untaint; untainted, it is the same object."""
    logs = ece.control.seed(name="logs")
    ece.control.set_plan_speed("infinite")
    ece.write({DIRECT: {"t": direct(logs, timeouts={"create": "2s"})}})
    (error,) = ece.ws.apply(fails=True).errors
    assert "untaint" in error.text
    uid = ece.resource(T)["uid"]
    ece.control.set_plan_speed(0)
    ece.ws.untaint(T)
    ece.assert_clean()
    assert ece.resource(T)["uid"] == uid


def test_ctrl_c_while_the_plan_runs(ece: Ece):
    """Rule 6: kept untainted; the next apply waits for the same plan and writes nothing."""
    logs = ece.control.seed(name="logs")
    ece.control.set_plan_speed("infinite")
    ece.write({DIRECT: {"t": direct(logs)}})
    with ece.ws.terminal("apply", *QUIET) as terminal:
        ece.wait_for_write(UPDATE)
        wait_until(lambda: len(ece.calls()) > 8, "the wait for the plan")
        terminal.interrupt()
        terminal.wait()
    assert not ece.resource(T).tainted
    since = ece.last_call()
    with ece.ws.start("apply", *QUIET) as run:
        wait_until(lambda: len(ece.calls(since)) > 4 or run.process.poll() is not None, "a few polls")
        assert run.process.poll() is None, run.output
        ece.control.set_plan_speed(0)
        assert run.wait().exit_code == 0
    assert ece.writes(since) == []
    ece.assert_clean()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_at_the_write(ece: Ece, moment: str):
    """Killed before or right after the write took effect: one entry each, and the former account trust is known."""
    logs, shop = ece.control.seed(name="logs"), ece.control.seed(name="shop")
    former = trust(ece)
    ece.write({DIRECT: {"t": direct(logs)}, ACCOUNT: {"a": account(logs, shop["cluster_id"])}})
    ece.control.fail_next(operation_id=UPDATE, hold=True, after_effect=moment == "after")
    with ece.ws.start("apply", *QUIET) as run:
        wait_until(
            lambda: any(call["fault"] and (moment == "before" or call["took_effect"]) for call in ece.calls()),
            "the write",
        )
        providers = run.providers()
        run.kill_group()
        wait_until(lambda: not any(is_running(pid) for pid in providers), "the provider's end")
    ece.control.clear_faults()
    ece.ws.apply()
    assert len(trust(ece)["direct"]) == 1
    ece.assert_clean()
    ece.ws.destroy()
    assert trust(ece) == former
