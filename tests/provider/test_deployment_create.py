"""The life of a deployment against a simulated installation: how it is made, once and only once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ece_client import ApiError
from ece_simulator import Simulator
from terraform_plugin.resource import Interrupted
from tests.provider.deployments import CONFIG, deployments, failing, writes
from tests.provider.support import Run, provider_of, tier


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
