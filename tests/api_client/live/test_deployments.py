"""Deployments and their plans against the simulator: another reading of the same API must agree with ours."""

from __future__ import annotations

import time

import pytest

from ece_client import Conflict, NotFound, PlanFailed, PlanPending, PlanWatcher
from tests.api_client.live.calls import client_of, request_of


async def created(client):
    """Create a deployment of Elasticsearch and Kibana and return its id."""
    reply = await client.call("create-deployment", query={"request_id": "q" * 32}, body=await request_of(client))
    return reply.data["id"]


async def update_of(client, deployment_id, **changes):
    """Return an update request: the current Elasticsearch plan with another size of the hot tier."""
    reply = await client.call(
        "get-deployment", path={"deployment_id": deployment_id}, query={"clear_transient": True, "show_plans": True}
    )
    resource = reply.data["resources"]["elasticsearch"][0]
    plan = resource["info"]["plan_info"]["current"]["plan"]
    for element in plan["cluster_topology"]:
        if element["id"] == "hot_content":
            element["size"]["value"] *= 2
    payload = {"ref_id": resource["ref_id"], "region": resource["region"], "plan": plan}
    return {"prune_orphans": False, "resources": {"elasticsearch": [payload]}, **changes}, reply.version


async def test_life_of_a_deployment(simulator, ece):
    """Create, update, shut down, delete, each waited for; the models read what comes."""
    simulator.control.set_plan_speed(0.3)
    async with client_of(ece) as client:
        deployment_id = await created(client)
        path = {"deployment_id": deployment_id}
        lines = []
        watcher = PlanWatcher(client, poll_interval=0.1, on_progress=lines.append)
        outcome = await watcher.wait(deployment_id, known=frozenset(), deadline=20)
        assert "elasticsearch" in {ref.kind for ref in outcome.attempts}
        assert any(line.startswith("elasticsearch ") for line in lines)
        reply = await client.call("get-deployment", path=path, query={"show_settings": True, "show_metadata": True})
        assert reply.model().model_dump(by_alias=True, exclude_unset=True) == reply.data

        known = await watcher.known(deployment_id)
        body, version = await update_of(client, deployment_id)
        await client.call("update-deployment", path=path, body=body, query={"version": version})
        pending = await watcher.pending(deployment_id)
        assert [ref.kind for ref in pending] == ["elasticsearch"]
        with pytest.raises(PlanPending):
            await client.call("update-deployment", path=path, body=body)
        outcome = await watcher.wait(deployment_id, known=known, deadline=20)
        assert list(outcome.attempts) == pending
        with pytest.raises(Conflict):
            await client.call("update-deployment", path=path, body=body, query={"version": version})

        await client.call("shutdown-deployment", path=path, query={"skip_snapshot": True})
        await watcher.wait(deployment_id, deadline=20)
        await client.call("delete-deployment", path=path)
        with pytest.raises(NotFound):
            await client.call("get-deployment", path=path)
        assert (await watcher.wait(deployment_id, gone_is_done=True)).is_gone


async def test_failed_plans(simulator, ece):
    """A failed creation and a failed update, each with step and message, however fast they were."""
    async with client_of(ece) as client:
        for seconds in (0.0, 0.3):
            simulator.control.reset()
            simulator.control.set_plan_speed(seconds)
            watcher = PlanWatcher(client, poll_interval=0.1)
            simulator.control.fail_plan("allocate-instances", "No room", kind="elasticsearch")
            with pytest.raises(PlanFailed, match=r"elasticsearch .* failed at step allocate-instances: No room"):
                await watcher.wait(await created(client), known=frozenset(), deadline=20)

            deployment_id = simulator.control.seed(name="old")["id"]
            known = await watcher.known(deployment_id)
            simulator.control.fail_plan("start-instances", "No start", kind="elasticsearch")
            body, _ = await update_of(client, deployment_id)
            await client.call("update-deployment", path={"deployment_id": deployment_id}, body=body)
            with pytest.raises(PlanFailed, match=r"step start-instances: No start") as caught:
                await watcher.wait(deployment_id, known=known, deadline=20)
            assert caught.value.attempt_id not in known


async def test_a_plan_that_shows_late(simulator, ece):
    """Between the accepted write and its plan there can be nothing to see; that is not the end."""
    simulator.control.set_switch("plan_start_gap_seconds", 0.3)
    simulator.control.set_plan_speed(0.3)
    try:
        async with client_of(ece) as client:
            deployment_id = await created(client)
            outcome = await PlanWatcher(client, poll_interval=0.2).wait(deployment_id, known=frozenset(), deadline=20)
    finally:
        simulator.control.set_switch("plan_start_gap_seconds", 0.0)
    assert {ref.kind for ref in outcome.attempts} == {"elasticsearch", "kibana"}


async def test_the_end_of_a_plan_is_noticed_soon(simulator, ece):
    """A plan of one second is reported within a second and a half after its end, with the usual interval."""
    simulator.control.set_plan_speed(1.0)
    async with client_of(ece) as client:
        deployment_id = await created(client)
        await PlanWatcher(client).wait(deployment_id, known=frozenset(), deadline=20)
        noticed = time.time()
    ended = max(plan["ended"] for plan in simulator.control.plan_history(deployment=deployment_id))
    assert noticed - ended < 1.5
