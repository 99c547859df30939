"""Plans that fail, are cancelled, gaps; shutdown, restore, delete, restart."""

from __future__ import annotations

from typing import Any

import pytest

from ece_simulator import Simulator
from ece_simulator.users.rights import DEPLOYMENT_MANAGER
from tests.simulator.support import RULESETS, Api, ruleset
from tests.simulator.test_update import pending, resize


def test_failed_create_leaves_no_current_plan(sim: Simulator, api: Api) -> None:
    """The attempt is the last entry of the history, with step, message and failure type."""
    sim.control.fail_plan("allocate-instances", "Not enough capacity", kind="elasticsearch", failure_type="Allocation")

    deployment = api.created()

    found = api.get(f"/deployments/{deployment}?show_plan_logs=true&show_plan_history=true")
    info = found["resources"]["elasticsearch"][0]["info"]
    attempt = info["plan_info"]["history"][-1]
    assert (found["healthy"], info["healthy"], info["plan_info"]["healthy"]) == (False, False, False)
    assert not {"current", "pending"} & set(info["plan_info"])
    last = attempt["plan_attempt_log"][-1]
    assert (last["step_id"], last["status"], last["info_log"][-1]["message"]) == (
        "plan-completed",
        "error",
        "Not enough capacity",
    )
    assert attempt["plan_attempt_log"][-2]["step_id"] == "allocate-instances"
    assert attempt["error"]["failure_type"] == "Allocation"


def test_failed_create_can_be_repaired_or_removed(sim: Simulator, api: Api) -> None:
    """An update runs the plan again; shutdown and delete work as well."""
    sim.control.fail_plan()
    deployment = api.created()
    body: dict[str, Any] = {"prune_orphans": False}
    info = api.info(deployment, query="show_plan_history=true")
    search = {"ref_id": "main-elasticsearch", "region": "ece-region"}
    body["resources"] = {"elasticsearch": [{**search, "plan": info["plan_info"]["history"][-1]["plan"]}]}

    api.put(f"/deployments/{deployment}", body)
    sim.control.advance(10)
    assert api.info(deployment)["status"] == "started"

    sim.control.fail_plan()
    broken = api.created("broken")
    api.post(f"/deployments/{broken}/_shutdown")
    sim.control.advance(10)
    api.delete(f"/deployments/{broken}")


def test_failed_update_keeps_the_old_plan(sim: Simulator, api: Api) -> None:
    """`current` stays good, so only the attempt itself tells of the failure."""
    deployment = api.created()
    good = api.info(deployment)["plan_info"]["current"]["plan_attempt_id"]
    sim.control.fail_plan("wait-until-running", "Instance did not start", kind="elasticsearch")

    api.put(f"/deployments/{deployment}", resize(api.update_body(deployment), 8192))
    attempt = api.info(deployment)["plan_info"]["pending"]["plan_attempt_id"]
    sim.control.advance(10)

    info = api.info(deployment)
    assert info["plan_info"]["current"]["plan_attempt_id"] == good
    assert (info["plan_info"]["healthy"], info["status"]) == (False, "started")
    activity = api.get(f"/deployments/{deployment}/elasticsearch/_main/activity/{attempt}")
    assert (activity["healthy"], activity["error"]["message"]) == (False, "Instance did not start")
    api.put(f"/deployments/{deployment}", api.update_body(deployment))  # the same plan again is a repair
    assert pending(api, deployment) == {"elasticsearch"}
    sim.control.advance(10)
    assert api.info(deployment)["plan_info"]["healthy"] is True


def test_unknown_attempts_are_not_found(api: Api) -> None:
    """The activity of an attempt that never was."""
    deployment = api.created()

    codes = api.codes("GET", f"/deployments/{deployment}/elasticsearch/_main/activity/nope", expect=404)

    assert codes == ["deployments.deployment_resource_not_found"]


def test_cancel_goes_back_to_the_old_plan(sim: Simulator, api: Api) -> None:
    """A cancelled attempt is recorded as failed; a second cancel is refused unless it may be missing."""
    deployment = api.created()
    api.put(f"/deployments/{deployment}", resize(api.update_body(deployment), 8192))
    sim.control.advance(3)
    here = f"/deployments/{deployment}/elasticsearch/main-elasticsearch/plan/pending"

    api.delete(here)

    info = api.info(deployment, query="show_plan_history=true&show_plan_logs=true")
    assert info["plan_info"]["current"]["plan"]["cluster_topology"][0]["size"]["value"] == 4096
    assert info["plan_info"]["history"][-1]["error"]["failure_type"] == "Cancelled"
    assert info["status"] == "started"
    assert api.codes("DELETE", here, expect=400) == ["deployments.resource_does_not_have_a_pending_plan"]
    api.delete(f"{here}?ignore_missing=true")
    sim.control.advance(100)
    assert len(api.info(deployment, query="show_plan_history=true")["plan_info"]["history"]) == 2


def test_cancel_can_drop_the_record(sim: Simulator, api: Api) -> None:
    """`force_delete` on a first plan leaves nothing, and the resource can still be started and removed."""
    deployment = api.create()
    api.delete(f"/deployments/{deployment}/elasticsearch/_main/plan/pending?force_delete=true")

    info = api.info(deployment, query="show_plan_history=true")
    assert info["plan_info"]["history"] == []
    api.post(f"/deployments/{deployment}/elasticsearch/_main/_restart", expect=202)
    sim.control.advance(10)
    assert api.info(deployment)["status"] == "started"


def test_deletion_is_two_steps(sim: Simulator, api: Api) -> None:
    """Running or stopping: refused. Stopped: readable, then gone for every call, with its associations."""
    deployment = api.created()
    ruleset_id = api.post(RULESETS, ruleset(), expect=201)["id"]
    api.post(f"{RULESETS}/{ruleset_id}/associations", {"entity_type": "deployment", "id": deployment}, expect=201)
    here = f"/deployments/{deployment}"

    assert set(api.codes("DELETE", here, expect=400)) == {"deployments.resource_not_shutdown"}
    api.post(f"{here}/_shutdown?skip_snapshot=true")
    assert set(api.codes("DELETE", here, expect=400)) == {"deployments.resource_not_shutdown"}
    assert api.info(deployment)["status"] == "stopping"
    sim.control.advance(10)
    assert (api.info(deployment)["status"], api.info(deployment)["topology"]["instances"]) == ("stopped", [])
    api.delete(here)

    for method, suffix in [
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/_shutdown"),
        ("GET", "/elasticsearch/_main/keystore"),
    ]:
        assert api.codes(method, here + suffix, expect=404) == ["deployments.deployment_not_found"]
    assert api.get(f"{RULESETS}/{ruleset_id}/associations")["total_associations"] == 0


def test_associations_can_dangle(sim: Simulator, api: Api) -> None:
    """Whether a deleted deployment's associations go is an open question, so a switch."""
    sim.control.set_switch("associations_after_delete", "dangle")
    ruleset_id = api.post(RULESETS, ruleset(), expect=201)["id"]
    deployment = api.created(settings={"traffic_filter_settings": {"rulesets": [ruleset_id]}})

    sim.control.take_away("deployment", deployment)

    assert api.get(f"{RULESETS}/{ruleset_id}/associations")["total_associations"] == 1


def test_restore_needs_a_stopped_deployment(sim: Simulator, api: Api) -> None:
    """A running deployment is refused; a stopped one starts with its last good plan."""
    deployment = api.created()
    here = f"/deployments/{deployment}"
    assert api.codes("POST", f"{here}/_restore", expect=400) == ["deployments.resource_not_shutdown"]
    api.post(f"{here}/_shutdown")
    sim.control.advance(10)

    api.post(f"{here}/_restore?restore_snapshot=true")
    assert api.info(deployment)["status"] == "initializing"
    sim.control.advance(10)

    assert api.get(here)["healthy"] is True


def test_shutdown_while_a_plan_is_pending(sim: Simulator, api: Api) -> None:
    """Refused by default; by switch the pending plan is cancelled first."""
    deployment = api.create()
    here = f"/deployments/{deployment}/_shutdown"

    assert api.codes("POST", here, expect=400) == ["deployments.resource_plan_state_error"]
    sim.control.set_switch("shutdown_during_plan", "cancel")
    api.post(here)
    sim.control.advance(10)

    assert api.info(deployment)["status"] == "stopped"


def test_hide_is_for_administrators(sim: Simulator, api: Api) -> None:
    """Others get the documented refusal; a hidden deployment is not listed but can be read."""
    deployment = api.created()
    manager = api.as_role(DEPLOYMENT_MANAGER)

    codes = manager.codes("POST", f"/deployments/{deployment}/_shutdown?hide=true", expect=400)
    assert codes == ["deployments.restricted_parameter"]
    api.post(f"/deployments/{deployment}/_shutdown?hide=true")

    assert deployment not in [d["id"] for d in api.get("/deployments")["deployments"]]
    assert api.get(f"/deployments/{deployment}")["metadata"]["hidden"] is True


def test_stateless_resources_go_one_by_one(sim: Simulator, api: Api) -> None:
    """Kibana is shut down, awaited and deleted; before that the delete is refused."""
    deployment = api.created()
    here = f"/deployments/{deployment}/kibana/main-kibana"
    assert api.codes("DELETE", here, expect=400) == ["deployments.resource_has_instances"]

    api.post(f"{here}/_shutdown")
    sim.control.advance(10)
    api.delete(here)

    assert api.get(f"/deployments/{deployment}")["resources"]["kibana"] == []
    assert api.codes("DELETE", here, expect=404) == ["deployments.deployment_resource_not_found"]
    api.codes("DELETE", f"/deployments/{deployment}/elasticsearch/_main", expect=404)  # no such route


def test_restart_and_pending_plans(sim: Simulator, api: Api) -> None:
    """422 while a plan runs, unless it is to be cancelled."""
    deployment = api.created()
    here = f"/deployments/{deployment}/elasticsearch/_main/_restart"
    api.post(here, expect=202)
    assert api.info(deployment)["status"] == "restarting"

    codes = api.codes("POST", here, expect=422)
    api.post(f"{here}?cancel_pending=true", expect=202)
    sim.control.advance(10)

    assert codes == ["deployments.deployment_resource_plan_change_error"]
    assert api.info(deployment)["plan_info"]["healthy"] is True


def test_second_kibana_plan_after_a_gap(sim: Simulator, api: Api) -> None:
    """The trap of one quiet poll: nothing pending, then the platform starts another plan by itself."""
    sim.control.set_switch("automatic_kibana_plan", True)
    sim.control.set_switch("automatic_kibana_gap_seconds", 5)
    deployment = api.create()

    seen = []
    for _ in range(5):
        sim.control.advance(5.01)
        seen.append(pending(api, deployment))

    assert seen == [{"elasticsearch", "kibana"}, set(), {"kibana"}, {"kibana"}, set()]
    source = api.info(deployment, "kibana")["plan_info"]["current"]["source"]
    assert (source["facilitator"], "user_id" in source) == ("constructor", False)


def test_plan_shows_after_a_gap(sim: Simulator, api: Api) -> None:
    """A write is accepted before its plan can be seen; changes are refused all the same."""
    sim.control.set_switch("plan_start_gap_seconds", 2.0)
    deployment = api.create()

    assert pending(api, deployment) == set()
    assert api.codes("POST", f"/deployments/{deployment}/_shutdown", expect=400)
    sim.control.advance(3)
    assert pending(api, deployment) == {"elasticsearch", "kibana"}
    sim.control.advance(9)
    assert pending(api, deployment) == set()
    assert api.get(f"/deployments/{deployment}")["healthy"] is True


def test_plans_can_wait_for_being_seen(sim: Simulator, api: Api) -> None:
    """With plans of no duration a poller may never see one; the switch keeps them for some reads."""
    sim.control.set_plan_speed(0)
    sim.control.set_switch("pending_visible_reads", 2)
    deployment = api.create()

    seen = [pending(api, deployment) for _ in range(3)]

    assert seen == [{"elasticsearch", "kibana"}, {"elasticsearch", "kibana"}, set()]


def test_plans_can_be_held_and_released(sim: Simulator, api: Api) -> None:
    """An infinite plan ends only when the speed is set again; other deployments are not touched."""
    sim.control.set_plan_speed("infinite", "held")
    held, free = api.create("held"), api.create("free")
    sim.control.advance(1_000_000)
    assert (len(pending(api, held)), len(pending(api, free))) == (2, 0)
    assert api.info(held, query="show_plan_logs=true")["plan_info"]["pending"]["plan_attempt_log"]

    sim.control.set_plan_speed(3, "held")
    sim.control.advance(3)

    assert pending(api, held) == set()


def test_late_polls_stretch_nothing(sim: Simulator, api: Api) -> None:
    """A plan ends at its time, not when somebody looks; what follows starts from there."""
    sim.control.set_switch("automatic_kibana_plan", True)
    start = sim.clock.now()
    deployment = api.create()

    sim.control.advance(1000)

    ends = [round(entry["ended"] - start) for entry in sim.control.plan_history(deployment=deployment)]
    assert ends == [10, 10, 20]
    assert pending(api, deployment) == set()


@pytest.mark.parametrize("count", [99, 101, 150])
def test_long_histories_are_cut(sim: Simulator, api: Api, count: int) -> None:
    """The first 10 and last 90 attempts unless all are asked for."""
    deployment = api.created()
    for _ in range(count - 1):
        api.post(f"/deployments/{deployment}/kibana/_main/_restart", expect=202)
        sim.control.advance(10)

    query = "show_plan_history=true"
    assert len(api.info(deployment, "kibana", query)["plan_info"]["history"]) == min(count, 100)
    assert len(api.info(deployment, "kibana", f"{query}&force_all_plan_history=true")["plan_info"]["history"]) == count
