"""The life of a deployment against a simulated installation, verb by verb."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ece_client import ApiError, Forbidden
from ece_provider.provider import EceProvider
from ece_simulator import Simulator
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import Interrupted
from terraform_plugin.values import Values
from tests.provider.support import Run, configured, provider_of, tier

CONFIG = configured(tiers={"hot": tier("4g", 2)}, kibana=tier("1g"), tags={"team": "search"})


def deployments(simulator: Simulator) -> dict[str, Any]:
    """What was made on the installation, by name; its own deployments left out."""
    found = simulator.control.state()["a"]["deployments"]
    return {name: one for name, one in found.items() if not one["system_owned"]}


def writes(simulator: Simulator) -> list[str]:
    """The writing calls so far, by operation."""
    return [call["operation_id"] for call in simulator.control.calls(writes=True)]


async def failing(work: Any) -> str:
    """The message that this work ends with."""
    with pytest.raises(DiagnosticError) as caught:
        await work
    [diagnostic] = caught.value.diagnostics
    return f"{diagnostic.summary}: {diagnostic.detail} [{diagnostic.path}]"


async def shut_down_kibana(run: Run, state: Values) -> None:
    """Start a plan, as somebody in the console would."""
    path = {"deployment_id": state["id"], "stateless_resource_kind": "kibana", "ref_id": "main-kibana"}
    await (await run.provider.client()).call("shutdown-deployment-stateless-resource", path=path)


async def test_a_created_deployment_reads_as_it_was_returned(run: Run, simulator: Simulator) -> None:
    """The plan after an apply must be empty."""
    state = await run.create(CONFIG)
    assert await run.read(state) == state
    assert run.private == {}
    assert run.texts() == ""
    assert {name: state[name] for name in CONFIG if CONFIG[name] is not None} == {
        name: value for name, value in CONFIG.items() if value is not None
    }
    assert writes(simulator) == ["create-deployment"]


async def test_the_object_is_saved_before_the_wait(run: Run, simulator: Simulator) -> None:
    """What exists must be in state before anything else can fail."""
    simulator.control.set_plan_speed("infinite")
    assert "untaint" in await failing(run.create(CONFIG, create=0.5))
    assert run.saved[0]["id"] in str(deployments(simulator))
    assert run.private["creating"]


async def test_a_failed_plan_tells_step_and_message_and_keeps_the_whole_state(run: Run, simulator: Simulator) -> None:
    """Terraform marks it tainted; the next apply must know what to remove."""
    simulator.control.fail_plan("allocate-instances", "not enough capacity")
    text = await failing(run.create(CONFIG))
    assert "allocate-instances" in text
    assert "not enough capacity" in text
    assert run.saved[-1]["tiers"] == CONFIG["tiers"]
    await run.delete({**run.saved[-1], "deletion_protection": True})  # never came up, so it is not protected
    assert deployments(simulator) == {}


async def test_a_stop_while_creating_goes_on_in_the_next_read(run: Run, simulator: Simulator) -> None:
    """Ctrl-C must neither lose the deployment nor call it ready."""
    simulator.control.set_plan_speed("infinite")
    stop = asyncio.Event()
    work = asyncio.ensure_future(run.create(CONFIG, stop=stop))
    await run.was_saved.wait()
    stop.set()
    with pytest.raises(Interrupted) as caught:
        await work
    run.private["pending_attempt"] = caught.value.pending
    simulator.control.set_plan_speed(0.2)
    state = await run.read(run.saved[-1])
    assert state is not None
    assert state["endpoint"]
    assert run.private == {}


async def test_an_interrupted_create_that_fails_later_can_still_be_destroyed(run: Run, simulator: Simulator) -> None:
    """An error in the read would block `terraform destroy`."""
    simulator.control.fail_plan("start-instances", "broken")
    await failing(run.create(CONFIG))
    run.private["pending_attempt"] = {"verb": "create", "attempts": []}
    state = await run.read(run.saved[-1])
    assert state is not None
    assert "start-instances" in run.texts()
    assert not run.diagnostics.has_errors
    await run.delete(state)


async def test_a_stop_before_the_request_makes_nothing(run: Run, simulator: Simulator) -> None:
    """Nothing was asked for yet, so there is nothing to keep."""
    stop = asyncio.Event()
    stop.set()
    with pytest.raises(Interrupted):
        await run.create(CONFIG, stop=stop)
    assert writes(simulator) == []


async def test_a_lost_reply_is_repeated_with_the_same_request_id(run: Run, simulator: Simulator) -> None:
    """Two deployments for one resource cost money, and one of them nobody knows."""
    simulator.control.fail_next(operation_id="create-deployment", drop=True, after_effect=True)
    await run.create(CONFIG)
    assert len(deployments(simulator)) == 1


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": True}, {"body": "html", "status": 502}])
async def test_a_lost_create_is_taken_up_by_the_next_run(
    run: Run, simulator: Simulator, environ: dict[str, str], fault: dict[str, Any]
) -> None:
    """Even when every repeat fails: the journal keeps the request id."""
    simulator.control.fail_next(operation_id="create-deployment", after_effect=True, count=None, **fault)
    run.provider = provider_of({**environ, "ECE_MAX_RETRIES": "0"})
    with pytest.raises(ApiError):
        await run.create(CONFIG)
    await run.provider.close()
    simulator.control.clear_faults()
    later = Run(provider_of(environ))
    state = await later.create(CONFIG)
    assert [one["id"] for one in deployments(simulator).values()] == [state["id"]]
    assert "adopted" in later.texts()


async def test_equal_deployments_are_two(run: Run, simulator: Simulator) -> None:
    """``count = 2`` with one name is allowed on ECE."""
    first, second = await asyncio.gather(run.create(CONFIG), run.create(CONFIG))
    assert first["id"] != second["id"]


async def test_a_request_id_is_not_used_twice(run: Run) -> None:
    """Two resources would share one deployment and fight over it."""
    config = {**CONFIG, "request_id": "r" * 40}
    await run.create(config)
    assert "[request_id]" in await failing(run.create(config))


def lose_next_read(simulator: Simulator) -> None:
    """As if the deployment had been deleted since its request id was first used."""
    simulator.control.fail_next(operation_id="get-deployment", status=404, code="deployments.deployment_not_found")


async def test_a_request_id_of_a_deleted_deployment_is_refused(
    run: Run, simulator: Simulator, environ: dict[str, str]
) -> None:
    """The platform may answer with the id of what is gone (inferred); waiting for it would end in a riddle."""
    config = {**CONFIG, "request_id": "r" * 40}
    await run.create(config)
    lose_next_read(simulator)
    assert "used before" in await failing(Run(provider_of(environ)).create(config))


async def test_a_taken_up_id_of_a_deleted_deployment_makes_a_new_one(
    run: Run, simulator: Simulator, environ: dict[str, str]
) -> None:
    """Somebody may have cleaned up after the killed run."""
    state = await run.create(CONFIG)
    await run.provider.close()
    lose_next_read(simulator)
    later = Run(provider_of(environ))
    assert (await later.create(CONFIG))["id"] != state["id"]
    assert later.texts() == ""


async def test_a_refusal_names_the_attribute(run: Run, simulator: Simulator) -> None:
    """The API speaks of places in the body."""
    config = {**CONFIG, "version": "9.2.0", "tiers": {"hot": tier("4g"), "warm": tier("3g")}}
    run.provider.is_out_of_reach = True  # so that the plan does not find it first
    assert "[tiers]" in await failing(run.create(config))
    assert run.saved == []


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


async def test_a_system_deployment_is_not_imported(run: Run, simulator: Simulator) -> None:
    """The platform's own deployments are none of Terraform's."""
    seeded = simulator.control.seed(name="platform", system_owned=True)
    assert "System-owned" in await failing(run.imported(seeded["id"]))


@pytest.mark.parametrize("identifier", ["", "short", "F" * 32, f"{'f' * 31}/x"])
async def test_a_wrong_import_id_says_what_is_needed(run: Run, identifier: str) -> None:
    """A cluster name or a URL is what people try first."""
    assert "deployment id" in await failing(run.imported(identifier))


async def test_an_import_may_name_the_ref_id(run: Run) -> None:
    """Ids of other objects carry it, so people paste it here too."""
    state = await run.create(CONFIG)
    imported = await run.imported(f"{state['id']}/main-elasticsearch")
    assert imported is not None
    assert imported["cluster_id"] == state["cluster_id"]
    assert "No such ref_id" in await failing(run.imported(f"{state['id']}/other"))


async def test_a_deployment_that_is_gone_is_gone(run: Run, simulator: Simulator) -> None:
    """Only a 404 of the API means that."""
    state = await run.create(CONFIG)
    simulator.control.take_away("deployment", state["id"])
    assert await run.read(state) is None
    await run.delete(state)


async def test_a_refused_read_is_no_proof(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    """403 is a rights problem: an object taken for gone would be made a second time."""
    state = await run.create(CONFIG)
    simulator.control.fail_next(operation_id="get-deployment", status=403, code="root.unauthorized.rbac")
    with pytest.raises(Forbidden):
        await run.read(state)


async def test_a_stopped_deployment_is_stopped(run: Run, simulator: Simulator) -> None:
    """It can be restored until it is deleted; Elastic's own provider takes it for gone."""
    state = await run.create(CONFIG)
    client = await run.provider.client()
    await client.call("shutdown-deployment", path={"deployment_id": state["id"]})
    assert await run.read(state) == state
    assert "is stopped" in run.texts()
    assert "Restore it" in await failing(run.update({**CONFIG, "tiers": {"hot": tier("8g", 2)}}, state))
    await run.delete(state)
    assert deployments(simulator) == {}


async def test_protection_also_holds_where_the_plan_could_not_refuse(run: Run, simulator: Simulator) -> None:
    """With `-replace` Terraform does not ask the provider when it plans."""
    state = await run.create(CONFIG)
    assert "deletion_protection" in await failing(run.delete({**state, "deletion_protection": True}))
    assert deployments(simulator)


async def test_a_delete_waits_for_what_is_pending(run: Run, simulator: Simulator) -> None:
    """The platform refuses a shutdown while a plan runs."""
    state = await run.create(CONFIG)
    simulator.control.set_plan_speed(0.5)
    await shut_down_kibana(run, state)
    await run.delete(state)
    assert deployments(simulator) == {}


async def test_a_shutdown_that_fails_keeps_the_object(run: Run, simulator: Simulator) -> None:
    """It is still there, and still costs."""
    state = await run.create(CONFIG)
    simulator.control.fail_plan("ensure-repository", "no snapshot repository")
    assert "snapshot" in await failing(run.delete(state))
    await run.delete(state)
    assert deployments(simulator) == {}


async def test_secrets_of_the_reply_go_nowhere(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    """The first reply to a create holds the password of the superuser."""
    state = await run.create({**CONFIG, "integrations_server": tier("1g")})
    passwords = [r.password for r in simulator.installations[0].world.deployments[state["id"]].resources if r.password]
    assert passwords
    written = str(state) + str(run.private) + "".join(f.read_text() for f in tmp_path.rglob("*.json"))
    assert not [secret for secret in passwords if secret in written]


async def test_errors_name_the_source_of_the_credentials(simulator: Simulator, tmp_path: Path) -> None:
    """The provider explains with the settings of its own block."""
    from terraform_plugin.provider import ConfigureContext

    provider = EceProvider()
    one = simulator.installations[0]
    config: Values = {**provider.schema.null(), "endpoint": one.endpoint, "api_key": "wrong", "ca_pem": one.ca_pem}
    configured_provider = await provider.configure(ConfigureContext(config=config))
    with pytest.raises(ApiError) as caught:
        await Run(configured_provider).read(configured(id="f" * 32))
    await provider.close(configured_provider)
    diagnostics = provider.explain(caught.value)
    assert diagnostics is not None
    assert "the argument api_key" in diagnostics[0].detail
