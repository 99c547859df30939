"""Ctrl-C, kills and crashes: what was begun is found again, never made twice, never forgotten."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from ece_simulator import Simulator
from terraform_plugin.testing import Mirror, TerraformBinary
from terraform_plugin.testing.process import is_running, wait_until
from tests.support.ece import OFFICE, Ece, one_deployment
from tests.support.terraform import matrix

pytestmark = pytest.mark.cold_start


A = "ece_deployment.a"
QUIET = ("-auto-approve", "-no-color", "-input=false")


def with_dependent(**more: Any) -> dict[str, Any]:
    """A deployment, and an association that depends on it."""
    return {
        **one_deployment(**more),
        "ece_traffic_filter": {"a": OFFICE},
        "ece_traffic_filter_association": {
            "a": {"deployment_id": f"${{{A}.id}}", "traffic_filter_id": "${ece_traffic_filter.a.id}"}
        },
    }


@matrix("interruption")
def test_ctrl_c_while_a_deployment_is_created(ece: Ece):
    """Rule 6: kept untainted, dependents do not start, the next apply goes on with the same deployment."""
    ece.control.set_plan_speed("infinite")
    ece.write(with_dependent())
    since = ece.last_call()
    with ece.ws.terminal("apply", *QUIET) as terminal:
        ece.wait_for_write("create-deployment", since)
        terminal.interrupt()
        result = terminal.wait()
    assert result.exit_code != 0
    a = ece.resource(A)
    assert not a.tainted
    assert a["id"] == ece.deployment("logs")["id"]
    assert ece.associations() == set()
    assert a["id"] in result.text
    ece.control.set_plan_speed(0)
    ece.ws.apply()
    assert ece.resource(A)["id"] == a["id"]
    assert len(ece.deployments()) == 1
    assert len(ece.associations()) == 1
    ece.assert_clean()


def test_after_ctrl_c_the_next_apply_waits_for_the_same_plan(ece: Ece):
    """The plan is still running when the user comes back: no second deployment, no error, a wait."""
    ece.control.set_plan_speed("infinite")
    ece.write(with_dependent())
    with ece.ws.terminal("apply", *QUIET) as terminal:
        ece.wait_for_write("create-deployment")
        terminal.interrupt()
        terminal.wait()
    since = ece.last_call()
    with ece.ws.start("apply", *QUIET) as run:
        wait_until(lambda: len(ece.calls(since)) > 8 or run.process.poll() is not None, "a few polls")
        assert run.process.poll() is None, run.output
        ece.control.set_plan_speed(0)
        assert run.wait().exit_code == 0
    assert len(ece.deployments()) == 1
    ece.assert_clean()


def test_ctrl_c_while_a_deployment_is_changed(ece: Ece):
    """What took effect is known; the next apply waits and ends it."""
    ece.apply(one_deployment())
    ece.control.set_plan_speed("infinite")
    ece.write(one_deployment(tiers={"hot": {"size": "8g"}}, tags={"a": "b"}))
    since = ece.last_call()
    with ece.ws.terminal("apply", *QUIET) as terminal:
        ece.wait_for_write("update-deployment", since)
        terminal.interrupt()
        assert terminal.wait().exit_code != 0
    a = ece.resource(A)
    assert not a.tainted
    assert a["tags"] == {"a": "b"}
    assert a["tiers"]["hot"]["size"] == "4g"
    ece.control.set_plan_speed(0)
    ece.ws.apply()
    assert ece.elasticsearch("logs")["sizes"]["hot_content"]["size"] == 8192
    ece.assert_clean()


def test_ctrl_c_while_a_deployment_is_destroyed(ece: Ece):
    """Still known; the next destroy goes on."""
    ece.apply(one_deployment())
    ece.control.set_plan_speed("infinite")
    with ece.ws.terminal("destroy", *QUIET) as terminal:
        ece.wait_for_write("shutdown-deployment")
        terminal.interrupt()
        assert terminal.wait().exit_code != 0
    assert A in ece.ws.resources()
    ece.control.set_plan_speed(0)
    ece.ws.destroy()
    assert ece.deployments() == {}


@pytest.mark.parametrize("who", ["provider", "terraform", "both"])
@pytest.mark.parametrize("resource", ["deployment", "rule set"])
def test_a_kill_right_after_the_post(ece: Ece, who: str, resource: str):
    """Rule 7: the write took effect and nobody lived to hear of it; the next apply adopts it and makes no other."""
    operation = "create-deployment" if resource == "deployment" else "create-traffic-filter-ruleset"
    ece.write(one_deployment() if resource == "deployment" else {"ece_traffic_filter": {"a": OFFICE}})
    ece.control.fail_next(operation_id=operation, hold=True, after_effect=True)
    with ece.ws.start("apply", *QUIET) as run:
        wait_until(lambda: any(call["took_effect"] for call in ece.control.calls(writes=True)), operation)
        providers = run.providers()
        if who in ("provider", "both"):
            run.kill_provider()
        if who in ("terraform", "both"):
            run.kill()
        wait_until(lambda: not any(is_running(pid) for pid in [*providers, run.pid]), "the end", seconds=15)
    ece.control.clear_faults()
    result = ece.ws.apply()
    if resource == "deployment":
        assert any("adopted" in warning.text for warning in result.warnings)
        assert [found["id"] for found in ece.deployments().values()] == [ece.resource(A)["id"]]
    else:
        assert ece.rulesets()["office"]["id"] == ece.resource("ece_traffic_filter.a")["id"]
    ece.assert_clean()


def test_a_kill_while_waiting(ece: Ece):
    """Killed minutes after the post: the same."""
    ece.control.set_plan_speed("infinite")
    ece.write(one_deployment())
    with ece.ws.start("apply", *QUIET) as run:
        ece.wait_for_write("create-deployment")
        run.kill_group()
    ece.control.set_plan_speed(0)
    ece.ws.apply()
    assert [found["id"] for found in ece.deployments().values()] == [ece.resource(A)["id"]]
    ece.assert_clean()


def test_a_changed_configuration_after_a_kill_makes_another(ece: Ece):
    """The journal matches by content: what is now asked for is not what was begun."""
    ece.write(one_deployment())
    ece.control.fail_next(operation_id="create-deployment", hold=True, after_effect=True)
    with ece.ws.start("apply", *QUIET) as run:
        wait_until(lambda: ece.deployments(), "the deployment")
        run.kill_group()
    ece.control.clear_faults()
    ece.apply(one_deployment(name="other"))
    assert ece.resource(A)["id"] == ece.deployment("other")["id"]
    assert set(ece.deployments()) == {"logs", "other"}


@pytest.mark.usefixtures("hangup_is_heard")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_terraform_that_is_ended_by_a_signal(ece: Ece, number: signal.Signals):
    """A lost connection to the build machine, a cancelled job: nothing is lost."""
    ece.control.set_plan_speed("infinite")
    ece.write(one_deployment())
    with ece.ws.start("apply", *QUIET) as run:
        ece.wait_for_write("create-deployment")
        providers = run.providers()
        run.signal(number)
        wait_until(lambda: run.process.poll() is not None, "Terraform's end")
        wait_until(lambda: not any(is_running(pid) for pid in providers), "the providers' end", seconds=15)
    ece.control.set_plan_speed(0)
    ece.ws.apply()
    assert [found["id"] for found in ece.deployments().values()] == [ece.resource(A)["id"]]
    ece.assert_clean()


def test_two_runs_at_once_do_not_share_a_journal_entry(ece: Ece, tmp_path: Path, mirror: Mirror, terraform, simulator):
    """The same configuration in two folders makes two deployments."""
    assert isinstance(terraform, TerraformBinary)
    assert isinstance(simulator, Simulator)
    other = Ece(tmp_path / "other", terraform, mirror, simulator)
    other.ws.init()
    for one in (ece, other):
        one.write(one_deployment())
    with ece.ws.start("apply", *QUIET) as first, other.ws.start("apply", *QUIET) as second:
        assert first.wait().exit_code == second.wait().exit_code == 0
    assert ece.resource(A)["id"] != other.resource(A)["id"]
    assert len(ece.deployments()) == 2
