"""Plans of the platform that fail, take too long, or never end."""

from __future__ import annotations

import pytest

from tests.support.ece import Ece, one_deployment

A = "ece_deployment.a"
STEP = "wait-until-running"
SMALL = {"size": "1g", "zone_count": 1}


def test_a_failed_create_names_step_and_message_and_is_replaced(ece: Ece):
    """In the state and tainted; the next apply makes another one and removes the first."""
    ece.control.fail_plan(STEP, "There are not enough allocators for [8g]")
    ece.write(one_deployment())
    (error,) = ece.ws.apply(fails=True).errors
    assert STEP in error.text
    assert "There are not enough allocators for [8g]" in error.text
    assert error.address == A
    first = ece.resource(A)
    assert first.tainted
    assert first["id"] in {found["id"] for found in ece.deployments().values()}
    assert ece.ws.plan().actions == {A: "replace"}
    ece.ws.apply()
    assert [found["id"] for found in ece.deployments().values()] == [ece.resource(A)["id"]]
    assert ece.resource(A)["id"] != first["id"]
    ece.assert_clean()


def test_a_failed_create_can_be_kept(ece: Ece):
    """Repaired in the console and untainted: no other deployment is made."""
    ece.control.fail_plan(STEP)
    ece.write(one_deployment())
    ece.ws.apply(fails=True)
    first = ece.resource(A)["id"]
    ece.ws.untaint(A)
    ece.ws.apply()
    ece.assert_clean()
    assert ece.resource(A)["id"] == first


def test_a_failed_create_is_not_protected(ece: Ece):
    """Protection is for what once worked: the replacement of a failed create needs no extra step."""
    ece.control.fail_plan(STEP)
    ece.write(one_deployment(deletion_protection=True))
    ece.ws.apply(fails=True)
    ece.ws.apply()
    assert len(ece.deployments()) == 1
    ece.assert_clean()


def test_a_failed_update_stores_what_took_effect(ece: Ece):
    """The name took effect at once, the size did not: the next plan shows the size alone."""
    ece.apply(one_deployment())
    ece.control.fail_plan(STEP, "No capacity")
    ece.write(one_deployment(name="renamed", tiers={"hot": {"size": "8g"}}))
    (error,) = ece.ws.apply(fails=True).errors
    assert STEP in error.text
    assert "No capacity" in error.text
    a = ece.resource(A)
    assert not a.tainted
    assert a["name"] == "renamed"
    assert a["tiers"]["hot"]["size"] == "4g"
    assert ece.ws.plan().changes[A].changed <= {"tiers", "effective_tiers"}
    ece.ws.apply()
    assert ece.elasticsearch("renamed")["sizes"]["hot_content"]["size"] == 8192
    ece.assert_clean()


def test_a_failed_upgrade_is_finished_by_the_next_apply(ece: Ece):
    """One part was upgraded and the other was not: the state shows the older version."""
    ece.apply(one_deployment(kibana=SMALL))
    ece.control.fail_plan(kind="kibana")
    ece.write(one_deployment(kibana=SMALL, version="9.3.0"))
    ece.ws.apply(fails=True)
    assert ece.resource(A)["version"] == "9.2.0"
    ece.ws.apply()
    assert {found["stack_version"] for found in ece.deployment("logs")["resources"].values()} == {"9.3.0"}
    ece.assert_clean()


def test_a_failed_shutdown_keeps_the_deployment(ece: Ece):
    """Destroy names the step; the next destroy ends it."""
    ece.apply(one_deployment())
    ece.control.fail_plan(message="Snapshot repository is full")
    assert "Snapshot repository is full" in ece.ws.destroy(fails=True).error_text
    assert A in ece.ws.resources()
    ece.ws.destroy()
    assert ece.deployments() == {}


def test_a_create_that_takes_too_long_says_how_to_go_on(ece: Ece):
    """Tainted, and the text tells ``terraform untaint``; after that the same deployment is waited for."""
    ece.control.set_plan_speed("infinite")
    ece.write(one_deployment(timeouts={"create": "1s"}))
    error = ece.ws.apply(fails=True).errors[0]
    assert "terraform untaint" in error.text
    assert "timeouts.create" in error.text
    first = ece.resource(A)
    assert first.tainted
    ece.control.set_plan_speed(0)
    ece.ws.untaint(A)
    ece.ws.apply()
    assert ece.resource(A)["id"] == first["id"]
    ece.assert_clean()


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_a_change_that_takes_too_long_goes_on_at_the_next_apply(ece: Ece, verb: str):
    """The platform goes on working; nothing is lost."""
    ece.apply(one_deployment(timeouts={verb: "1s"}))
    ece.control.set_plan_speed("infinite")
    if verb == "update":
        ece.write(one_deployment(timeouts={verb: "1s"}, tiers={"hot": {"size": "8g"}}))
        result = ece.ws.apply(fails=True)
    else:
        result = ece.ws.destroy(fails=True)
    assert f"timeouts.{verb}" in result.error_text
    ece.control.set_plan_speed(0)
    if verb == "update":
        ece.ws.apply()
        assert ece.elasticsearch("logs")["sizes"]["hot_content"]["size"] == 8192
        ece.assert_clean()
    else:
        ece.ws.destroy()
        assert ece.deployments() == {}


@pytest.mark.own_process
def test_progress_is_logged(ece: Ece):
    """Each step of a plan is a line at INFO."""
    ece.control.set_plan_speed(1)
    ece.write(one_deployment())
    log = ece.ws.folder / "info.log"
    ece.ws.apply(env={"TF_LOG": "info", "TF_LOG_PATH": str(log)})
    lines = [line for line in log.read_text().splitlines() if "deployment " in line and "[INFO]" in line]
    assert len(lines) >= 2, lines


def test_a_plan_that_the_platform_starts_by_itself(ece: Ece):
    """A second plan on Kibana right after the create must not break the next change."""
    ece.control.set_switch("automatic_kibana_plan", True)
    ece.control.set_switch("automatic_kibana_gap_seconds", 0.2)
    ece.control.set_plan_speed(0.3)
    ece.apply(one_deployment(kibana=SMALL))
    ece.apply(one_deployment(kibana=SMALL, tiers={"hot": {"size": "8g"}}))
    ece.assert_clean()
