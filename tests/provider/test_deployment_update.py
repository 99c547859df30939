"""The life of a deployment against a simulated installation: what changes in place, and what stays."""

from __future__ import annotations

from collections import Counter

from ece_simulator import Simulator
from tests.provider.deployments import CONFIG, deployments, failing, shut_down_kibana, writes
from tests.provider.support import Run, tier


async def test_a_tag_change_starts_no_plan(run: Run, simulator: Simulator) -> None:
    """Only what changes is sent."""
    state = await run.create(CONFIG)
    simulator.control.clear_calls()
    after = await run.update({**CONFIG, "tags": {"team": "x"}, "name": "other"}, state)
    assert {name for name in after if after[name] != state[name]} == {"name", "tags"}
    assert Counter(call["operation_id"] for call in simulator.control.calls()) == {
        "get-deployment": 1, "update-deployment": 1,
    }  # fmt: skip
    assert len(simulator.control.plan_history(deployment=state["id"])) == 2


async def test_sizes_versions_and_parts_change_in_place(run: Run) -> None:
    """Everything but ``ref_id`` does, and what is read afterwards is what was planned."""
    state = await run.create(CONFIG)
    wanted = {
        **CONFIG,
        "version": "9.2.1",
        "tiers": {"hot": tier("8g"), "cold": tier("2g")},
        "kibana": tier("2g"),
        "integrations_server": tier("1g"),
    }
    after = await run.update(wanted, state)
    assert await run.read(after) == after
    assert set(after["effective_tiers"]) == {"hot", "cold"}
    assert (after["id"], after["endpoint"], after["version"]) == (state["id"], state["endpoint"], "9.2.1")


async def test_kibana_left_out_is_shut_down_and_deleted(run: Run, simulator: Simulator) -> None:
    """By its own calls: pruning would take foreign parts along."""
    state = await run.create(CONFIG)
    simulator.control.clear_calls()
    after = await run.update({**CONFIG, "kibana": None}, state)
    assert (after["kibana"], after["kibana_url"]) == (None, None)
    assert writes(simulator) == ["shutdown-deployment-stateless-resource", "delete-deployment-stateless-resource"]
    assert await run.read(after) == after


async def test_kibana_left_out_that_is_gone_already_is_fine(run: Run, simulator: Simulator) -> None:
    """Somebody removed it in the console."""
    state = await run.create(CONFIG)
    simulator.control.take_away("resource", f"{state['id']}/main-kibana")
    assert (await run.update({**CONFIG, "kibana": None}, state))["kibana"] is None


async def test_a_new_template_migrates_in_place(run: Run, simulator: Simulator) -> None:
    """The platform tells what the running plans become; the deployment stays itself."""
    state = await run.create(CONFIG)
    templates = [t for t in simulator.installations[0].world.templates if t != "default"]
    after = await run.update({**CONFIG, "template_id": templates[0]}, state)
    assert (after["template_id"], after["id"]) == (templates[0], state["id"])
    read = await run.read(after)
    assert read is not None
    assert read["template_id"] == templates[0]


async def test_a_failed_update_keeps_what_took_effect(run: Run, simulator: Simulator) -> None:
    """Never the planned state: the next plan must show what is left to do."""
    state = await run.create(CONFIG)
    simulator.control.fail_plan("start-instances", "no capacity")
    text = await failing(run.update({**CONFIG, "tags": {"team": "x"}, "tiers": {"hot": tier("8g")}}, state))
    assert "no capacity" in text
    assert (run.saved[-1]["tags"], run.saved[-1]["tiers"]) == ({"team": "x"}, state["tiers"])


async def test_an_update_that_takes_too_long_says_what_goes_on(run: Run, simulator: Simulator) -> None:
    """The platform does not stop because Terraform does."""
    state = await run.create(CONFIG)
    simulator.control.set_plan_speed("infinite")
    text = await failing(run.update({**CONFIG, "tiers": {"hot": tier("8g")}}, state, update=0.6))
    assert "[timeouts]" in text
    assert run.saved[-1]["tiers"] == state["tiers"]


async def test_an_update_waits_for_a_plan_of_somebody_else(run: Run, simulator: Simulator) -> None:
    """The platform refuses a change while a plan runs."""
    state = await run.create(CONFIG)
    simulator.control.set_plan_speed(0.5)
    await shut_down_kibana(run, state)
    await run.update({**CONFIG, "tiers": {"hot": tier("8g", 2)}}, state)
    *_, theirs, ours = simulator.control.plan_history(deployment=state["id"])
    assert (theirs["kind"], ours["kind"]) == ("kibana", "elasticsearch")
    assert ours["started"] >= theirs["ended"]


async def test_a_conflict_is_read_and_merged_again(run: Run, simulator: Simulator) -> None:
    """Somebody who wrote in between must not be overwritten, and must not stop the run."""
    state = await run.create(CONFIG)
    simulator.control.fail_next(operation_id="update-deployment", status=409, code="deployments.version_conflict")
    after = await run.update({**CONFIG, "tags": {"team": "x"}}, state)
    assert after["tags"] == {"team": "x"}
    assert writes(simulator).count("update-deployment") == 2


async def test_foreign_parts_survive_every_change(run: Run, simulator: Simulator) -> None:
    """A deployment made in the UI: import is empty, and trust, secrets, filters and remotes stay."""
    seeded = simulator.control.seed(
        name="ui",
        version="8.18.0",
        kinds=["kibana", "integrations_server", "enterprise_search"],
        keystore={"s3.client.default.secret_key": "x"},
        remotes=[{"deployment_id": "f" * 32, "elasticsearch_ref_id": "main-elasticsearch", "alias": "other"}],
        traffic_filters=[
            {
                "name": "f",
                "type": "ip",
                "region": "ece-region",
                "include_by_default": False,
                "rules": [{"source": "1.2.3.4"}],
            }
        ],
    )
    before = deployments(simulator)["ui"]
    state = await run.imported(seeded["id"])
    assert state is not None
    config = {name: state[name] for name in CONFIG} | dict.fromkeys(("id", "cluster_id", "endpoint"))
    assert await run.plan({**state}, state) == state
    state = await run.update({**config, "tags": {"a": "b"}, "version": "8.19.0", "kibana": None}, state)
    after = deployments(simulator)["ui"]
    assert "enterprise_search" in run.texts()
    assert before["rulesets"]
    assert after["rulesets"] == before["rulesets"]
    assert after["resources"]["main-enterprise_search"] == before["resources"]["main-enterprise_search"]
    for part in ("trust", "keystore", "remote_clusters"):
        left, right = (found["resources"]["main-elasticsearch"][part] for found in (before, after))
        assert left
        assert left == right
    assert await run.read(state) == state
