"""The life of a rule set against the simulator, verb by verb."""

from __future__ import annotations

import asyncio

import pytest

from ece_client import ApiError, Forbidden, NotFound
from ece_simulator import Request
from terraform_plugin.diagnostics import Path, Severity
from terraform_plugin.resource import Interrupted
from tests.provider.traffic_filters.support import (
    FILTER,
    LIST,
    create,
    delete,
    filter_values,
    imported,
    planned,
    read,
    refused,
    rule,
    update,
)


async def test_life(world):
    """Made, found again unchanged, changed in place, removed; reads cost nothing but the shared list."""
    provider = world.provider()
    state = await create(FILTER, provider, filter_values())
    assert state["region"] == "ece-region"
    assert set(world.rulesets()) == {state["id"]}
    assert await read(FILTER, provider, state) == state
    changed = {**state, "rules": [rule(source="198.51.100.0/24")], "description": "new"}
    assert await update(FILTER, provider, state, changed) == changed
    assert await read(FILTER, provider, changed) == changed
    assert world.rulesets()[state["id"]]["rules"][0]["source"] == "198.51.100.0/24"
    assert await delete(FILTER, provider, changed) == []
    assert world.rulesets() == {}
    assert await read(FILTER, provider, changed) is None
    assert await delete(FILTER, provider, changed) == []


async def test_import(world):
    """A rule set made in the console is adopted by its id, with what ECE knows of it."""
    made = world.seed(traffic_filters=[{"name": "ui", "type": "ip", "rules": [{"source": "192.0.2.7"}]}])
    state = await imported(FILTER, world.provider(), made["rulesets"][0])
    assert state == filter_values(
        id=made["rulesets"][0], region="ece-region", name="ui", rules=[rule(source="192.0.2.7")]
    )
    error = await refused(imported(FILTER, world.provider(), "ui"))
    assert '"ui" is not a traffic filter id' in str(error)


async def test_refresh_of_many_is_one_call(world):
    """A refresh of any number of rule sets must not ask for each one."""
    made = [await create(FILTER, world.provider(), filter_values(name=f"set {n}")) for n in range(12)]
    since = len(world.calls())
    provider = world.provider()
    states = await asyncio.gather(*(read(FILTER, provider, state) for state in made))
    assert states == made
    assert world.calls(since) == [LIST]


async def test_missing_rights_are_no_absence(world):
    """403 must never take an object out of the state."""
    state = await create(FILTER, world.provider(), filter_values())
    world.control.fail_next(operation_id=LIST, status=403, code="root.unauthorized.rbac")
    with pytest.raises(Forbidden):
        await read(FILTER, world.provider(), state)


async def test_not_in_the_list_is_asked_by_id(world):
    """Only a 404 of the very rule set counts as gone: here the extra call is refused."""
    state = await create(FILTER, world.provider(), filter_values())
    world.control.take_away("ruleset", state["id"])
    world.control.fail_next(operation_id="get-traffic-filter-ruleset", status=403, code="root.unauthorized.rbac")
    with pytest.raises(Forbidden):
        await read(FILTER, world.provider(), state)
    assert await read(FILTER, world.provider(), state) is None


async def test_update_of_a_vanished_set_is_an_error(world):
    """Between plan and apply somebody deleted it: the error must come through, not a new object."""
    provider = world.provider()
    state = await create(FILTER, provider, filter_values())
    world.control.take_away("ruleset", state["id"])
    with pytest.raises(NotFound):
        await update(FILTER, provider, state, {**state, "name": "new"})


async def test_delete_names_who_still_uses_it(world):
    """ECE only answers 500: the text must say which deployment and what to do, and nothing may be removed."""
    provider = world.provider()
    state = await create(FILTER, provider, filter_values())
    deployment = world.seed("logs", traffic_filters=[state["id"]])
    error = await refused(delete(FILTER, provider, state))
    assert deployment["id"] in str(error)
    assert '"logs"' in str(error)
    assert world.associations() == {(deployment["id"], state["id"])}


async def test_delete_clears_associations_of_deleted_deployments(world):
    """An association without its deployment protects nobody and must not block a destroy for ever."""
    provider = world.provider()
    state = await create(FILTER, provider, filter_values())
    deployment = world.seed("logs", traffic_filters=[state["id"]])
    world.control.set_switch("associations_after_delete", "dangle")
    world.control.take_away("deployment", deployment["id"])
    assert world.associations() == {(deployment["id"], state["id"])}
    await delete(FILTER, provider, state)
    assert world.rulesets() == {}


def shut_down(world, deployment_id):
    """Somebody, or the same run, begins to delete the deployment; its plan does not end by itself."""
    world.control.set_plan_speed("infinite")
    installation = world.simulator.installations[0]
    request = Request.make(
        "POST",
        f"/api/v1/deployments/{deployment_id}/_shutdown",
        headers={"Authorization": f"ApiKey {installation.api_key}"},
        body={},
    )
    assert installation.handle(request).status == 200


async def test_delete_waits_for_deployments_that_are_being_deleted(world):
    """A destroy of both has no order when include_by_default made the association; it must not fail for that."""
    provider = world.provider()
    state = await create(FILTER, provider, filter_values(include_by_default=True))
    logs = world.seed("logs", traffic_filters=[state["id"]])["id"]
    shut_down(world, logs)
    since = len(world.calls())
    deleting = asyncio.ensure_future(delete(FILTER, provider, state))
    await asyncio.to_thread(world.control.wait_for_call, since + 3, answered=True)
    assert world.calls(since)[2] == "get-deployment"
    assert not deleting.done()
    world.control.take_away("deployment", logs)
    assert await deleting == []
    assert world.rulesets() == {}


async def test_delete_does_not_wait_longer_than_its_timeout(world):
    """A deployment that never ends its shutdown is named like any other."""
    provider = world.provider()
    state = await create(FILTER, provider, filter_values())
    logs = world.seed("logs", traffic_filters=[state["id"]])["id"]
    shut_down(world, logs)
    assert logs in str(await refused(delete(FILTER, provider, state, seconds=0.05)))


async def test_delete_ends_soon_when_terraform_is_stopped(world):
    """Ctrl-C during the wait: nothing was deleted, and the text says what was waited for."""
    provider = world.provider()
    state = await create(FILTER, provider, filter_values())
    shut_down(world, world.seed("logs", traffic_filters=[state["id"]])["id"])
    stop = asyncio.Event()
    stop.set()
    with pytest.raises(Interrupted, match="office"):
        await delete(FILTER, provider, state, stop=stop)
    assert set(world.rulesets()) == {state["id"]}


async def test_other_failures_of_delete_come_through(world):
    """A 500 without any association has another reason; it must not be explained away."""
    provider = world.provider()
    state = await create(FILTER, provider, filter_values())
    world.control.fail_next(operation_id="delete-traffic-filter-ruleset", status=500, code="sim.broken")
    with pytest.raises(ApiError, match=r"sim\.broken"):
        await delete(FILTER, provider, state)
    assert set(world.rulesets()) == {state["id"]}


async def test_include_by_default_warns_when_it_is_switched_on(world):
    """Once, when it changes; not with every later plan."""
    provider = world.provider()
    values = filter_values(include_by_default=True)
    found = await planned(FILTER, provider, None, values)
    assert [each.severity for each in found] == [Severity.WARNING]
    assert found[0].path == Path("include_by_default")
    state = await create(FILTER, provider, values)
    assert await planned(FILTER, provider, state, {**state, "name": "new"}) == []


async def test_deployment_id_in_place_of_a_cluster_id(world):
    """Both are 32 hex characters, and ECE takes either: the plan names the right one."""
    deployment = world.seed("logs")
    values = filter_values(type="remote_cluster", rules=[rule(cluster_id=deployment["id"])])
    found = await planned(FILTER, world.provider(), None, values)
    assert len(found) == 1
    assert deployment["cluster_id"] in found[0].detail
    right = filter_values(type="remote_cluster", rules=[rule(cluster_id=deployment["cluster_id"])])
    assert await planned(FILTER, world.provider(), None, right) == []


async def test_plan_goes_on_without_the_api(world):
    """A plan that needs nothing from the API works offline; the API is tried once, not for each object."""
    provider = world.provider()
    world.control.fail_next(count=None, status=403, code="root.unauthorized.rbac")
    for number in range(3):
        assert await planned(FILTER, provider, None, filter_values(name=f"set {number}")) == []
    assert len(world.calls()) == 1


async def test_ipv6_warns_on_old_installations(world):
    """Documentation below ECE 4.2 knows IPv4 only."""
    provider = world.provider()
    found = await planned(FILTER, provider, None, filter_values(rules=[rule(source="2001:db8::1")]))
    version = (await provider.lists.platform())[0]["version"]
    is_old = tuple(map(int, version.split(".")[:2])) < (4, 2)
    assert [each.severity for each in found] == ([Severity.WARNING] if is_old else [])
