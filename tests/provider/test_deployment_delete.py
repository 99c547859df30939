"""The life of a deployment against a simulated installation: how it ends."""

from __future__ import annotations

from ece_simulator import Simulator
from tests.provider.deployments import CONFIG, deployments, failing, shut_down_kibana
from tests.provider.support import Run, tier


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
