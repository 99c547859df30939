"""Associations against the simulator: found, gone, and nobody shut out or let in without having been told."""

from __future__ import annotations

import asyncio

import pytest

from ece_client import Forbidden
from terraform_plugin.diagnostics import Path, Severity
from terraform_plugin.values import UNKNOWN
from tests.provider.traffic_filters.support import (
    ASSOCIATION,
    FILTER,
    LIST,
    association_values,
    create,
    delete,
    filter_values,
    imported,
    planned,
    read,
    refused,
    rule,
    update,
    validated,
)

REMOTE = filter_values(name="peers", type="remote_cluster", rules=[rule(environment_id="1053523734")])
OTHER = "0123456789abcdef0123456789abcdef"


@pytest.fixture
async def office(world):
    """An IP rule set."""
    return (await create(FILTER, world.provider(), filter_values()))["id"]


@pytest.fixture
async def peers(world):
    """A rule set of remote clusters."""
    return (await create(FILTER, world.provider(), REMOTE))["id"]


@pytest.fixture
def logs(world):
    """A deployment without filters."""
    return world.seed("logs")["id"]


async def test_life(world, office, logs):
    """Made with one call, found in the shared lists, removed, gone."""
    provider = world.provider()
    state = await create(ASSOCIATION, provider, association_values(logs, office))
    assert state["id"] == f"{logs}/{office}"
    assert world.associations() == {(logs, office)}
    assert await read(ASSOCIATION, provider, state) == state
    local = {**state, "acknowledge_lockout": True}
    assert await update(ASSOCIATION, provider, state, local) == local
    found = await delete(ASSOCIATION, provider, state)
    assert [each.summary for each in found] == ["Deployment will accept all traffic"]
    assert world.associations() == set()
    assert await read(ASSOCIATION, provider, state) is None
    assert await delete(ASSOCIATION, provider, state) == []


@pytest.mark.parametrize("separator", ["/", ","])
async def test_import(world, office, separator):
    """Adopted by both ids; the local attributes are left to their defaults."""
    logs = world.seed("logs", traffic_filters=[office])["id"]
    state = await imported(ASSOCIATION, world.provider(), f"{logs}{separator}{office}")
    assert state is not None
    assert state["id"] == f"{logs}/{office}"
    assert state["requires"] is None
    assert await imported(ASSOCIATION, world.provider(), f"{OTHER}/{office}") is None
    assert "association id" in str(await refused(imported(ASSOCIATION, world.provider(), office)))


async def test_being_there_already_is_fine(world, office):
    """Somebody associated it in the console: the same association is no second one."""
    logs = world.seed("logs", traffic_filters=[office])["id"]
    await create(ASSOCIATION, world.provider(), association_values(logs, office))
    assert world.associations() == {(logs, office)}


async def test_refresh_of_many_is_two_calls(world):
    """Any number of associations: one list of rule sets, one of deployments."""
    setup = world.provider()
    filters = [(await create(FILTER, setup, filter_values(name=f"set {n}")))["id"] for n in range(4)]
    deployments = [world.seed(f"d{n}")["id"] for n in range(4)]
    states = [await create(ASSOCIATION, setup, association_values(d, f)) for d in deployments for f in filters]
    since = len(world.calls())
    provider = world.provider()
    assert await asyncio.gather(*(read(ASSOCIATION, provider, state) for state in states)) == states
    assert sorted(world.calls(since)) == sorted([LIST, "list-deployments"])


async def test_gone_with_its_deployment_even_when_ece_keeps_it(world, office, logs):
    """Whether ECE cleans up is not documented; without a deployment there is no association."""
    state = await create(ASSOCIATION, world.provider(), association_values(logs, office))
    world.control.set_switch("associations_after_delete", "dangle")
    world.control.take_away("deployment", logs)
    assert world.associations() == {(logs, office)}
    assert await read(ASSOCIATION, world.provider(), state) is None


async def test_hidden_deployments_are_not_gone(world, office, logs):
    """The list leaves out hidden deployments; the association is still there."""
    state = await create(ASSOCIATION, world.provider(), association_values(logs, office))
    world.control.mark(logs, hidden=True)
    assert await read(ASSOCIATION, world.provider(), state) == state


async def test_gone_with_its_rule_set(world, office, logs):
    """A rule set that somebody deleted takes its associations along."""
    state = await create(ASSOCIATION, world.provider(), association_values(logs, office))
    world.control.take_away("ruleset", office)
    assert await read(ASSOCIATION, world.provider(), state) is None
    assert await delete(ASSOCIATION, world.provider(), state) == []


async def test_missing_rights_are_no_absence(world, office, logs):
    """403 must never take an object out of the state."""
    state = await create(ASSOCIATION, world.provider(), association_values(logs, office))
    world.control.fail_next(operation_id=LIST, status=403, code="root.unauthorized.rbac")
    with pytest.raises(Forbidden):
        await read(ASSOCIATION, world.provider(), state)


async def test_locking_out_is_refused_at_plan_and_at_create(world, peers, logs):
    """Both before any write, with a text that names the way out."""
    values = association_values(logs, peers)
    found = await planned(ASSOCIATION, world.provider(), None, values)
    assert [each.summary for each in found] == ["All users would be locked out"]
    assert found[0].path == Path("requires")
    error = await refused(create(ASSOCIATION, world.provider(), values))
    assert "requires = [" in str(error)
    assert world.associations() == set()


@pytest.mark.parametrize("way", ["requires", "acknowledge_lockout"])
async def test_both_ways_out(world, office, peers, logs, way):
    """A named association, or the acknowledgement."""
    value = [f"{logs}/{office}"] if way == "requires" else True
    values = association_values(logs, peers, **{way: value})
    assert await planned(ASSOCIATION, world.provider(), None, values) == []
    await create(ASSOCIATION, world.provider(), values)
    assert world.associations() == {(logs, peers)}


async def test_a_live_ip_set_is_proof(world, office, peers):
    """Somebody else's IP rule set counts, as it was there before this run."""
    logs = world.seed("logs", traffic_filters=[office])["id"]
    values = association_values(logs, peers)
    assert await planned(ASSOCIATION, world.provider(), None, values) == []
    await create(ASSOCIATION, world.provider(), values)


async def test_what_this_run_associates_does_not_count(world, office, peers, logs):
    """Otherwise the result would depend on which of two parallel objects was faster."""
    provider = world.provider()
    await create(ASSOCIATION, provider, association_values(logs, office))
    error = await refused(create(ASSOCIATION, provider, association_values(logs, peers)))
    assert "requires" in str(error)


async def test_judged_in_create_only(world, office, peers):
    """Local changes, reads and deletes never refuse, also when the IP set went in the meantime."""
    logs = world.seed("logs", traffic_filters=[office, peers])["id"]
    provider = world.provider()
    state = await create(ASSOCIATION, provider, association_values(logs, peers))
    world.control.take_away("association", f"{office}/{logs}")
    assert await planned(ASSOCIATION, world.provider(), state, {**state, "requires": [f"{logs}/{office}"]}) == []
    assert await read(ASSOCIATION, world.provider(), state) == state
    await delete(ASSOCIATION, provider, state)


@pytest.mark.parametrize(
    "values",
    [
        {"traffic_filter_id": UNKNOWN},
        {"deployment_id": UNKNOWN},
        {"requires": UNKNOWN},
        {"requires": [UNKNOWN]},
        {"acknowledge_lockout": UNKNOWN},
    ],
)
async def test_unknown_parts_are_not_judged_at_plan(world, peers, logs, values):
    """What is not known yet may turn out well."""
    assert await planned(ASSOCIATION, world.provider(), None, {**association_values(logs, peers), **values}) == []


async def test_ids_that_do_not_exist_fail_the_plan(world, office, logs):
    """A typo is told before anything is applied, at its argument."""
    found = await planned(ASSOCIATION, world.provider(), None, association_values(OTHER, office))
    assert [each.path for each in found] == [Path("deployment_id")]
    found = await planned(ASSOCIATION, world.provider(), None, association_values(logs, OTHER))
    assert [each.path for each in found] == [Path("traffic_filter_id")]
    error = await refused(create(ASSOCIATION, world.provider(), association_values(logs, OTHER)))
    assert error.diagnostics[0].path == Path("traffic_filter_id")
    error = await refused(create(ASSOCIATION, world.provider(), association_values(OTHER, office)))
    assert error.diagnostics[0].path == Path("deployment_id")


async def test_cluster_id_in_place_of_a_deployment_id(world, office):
    """The classic mix-up: the plan names the deployment."""
    deployment = world.seed("logs")
    found = await planned(ASSOCIATION, world.provider(), None, association_values(deployment["cluster_id"], office))
    assert deployment["id"] in found[0].detail


async def test_removals_warn_at_plan(world, office, peers):
    """Opening a deployment, or locking out its users, shows before it happens."""
    logs = world.seed("logs", traffic_filters=[office, peers])["id"]
    state = association_values(logs, office, id=f"{logs}/{office}")
    found = await planned(ASSOCIATION, world.provider(), state, None)
    assert [(each.summary, each.severity) for each in found] == [("All users will be locked out", Severity.WARNING)]
    world.control.take_away("association", f"{peers}/{logs}")
    found = await planned(ASSOCIATION, world.provider(), state, None)
    assert [each.summary for each in found] == ["Deployment will accept all traffic"]


async def test_a_whole_destroy_tells_what_it_comes_to(world, office, peers):
    """Terraform plans a destroy in its order: the sets that go before do not count as staying."""
    logs = world.seed("logs", traffic_filters=[office, peers])["id"]
    provider = world.provider()
    first = await planned(ASSOCIATION, provider, association_values(logs, peers, id="x"), None)
    second = await planned(ASSOCIATION, provider, association_values(logs, office, id="x"), None)
    assert [[each.summary for each in found] for found in (first, second)] == [
        [],
        ["Deployment will accept all traffic"],
    ]


async def test_removals_warn_at_delete(world, office, peers):
    """Two removals of one run: only the last one opens the deployment, which no plan can see."""
    logs = world.seed("logs", traffic_filters=[office, peers])["id"]
    provider = world.provider()
    first = await delete(ASSOCIATION, provider, association_values(logs, office, id="x"))
    assert [each.summary for each in first] == ["All users will be locked out"]
    second = await delete(ASSOCIATION, provider, association_values(logs, peers, id="x"))
    assert [each.summary for each in second] == ["Deployment will accept all traffic"]


async def test_an_acknowledged_removal_says_nothing(world, office):
    """Who throws a deployment away knows that its filters go first."""
    logs = world.seed("logs", traffic_filters=[office])["id"]
    state = association_values(logs, office, id="x", acknowledge={"V33": "goes as a whole"})
    assert await planned(ASSOCIATION, world.provider(), state, None) == []
    assert await delete(ASSOCIATION, world.provider(), state) == []


async def test_delete_of_a_missing_association_with_another_status(world, office, logs):
    """The document knows 404 only; whatever else ECE says, what is not there is removed."""
    world.control.set_switch("missing_association_status", 500)
    assert await delete(ASSOCIATION, world.provider(), association_values(logs, office, id="x")) == []


@pytest.mark.parametrize(
    ("requires", "said"),
    [
        ([f"{OTHER}/{'a' * 32}"], "association of deployment"),
        (["office"], "not an association id"),
        ([f"{'b' * 32}/{'c' * 32}"], "is this association"),
        ([UNKNOWN], None),
        ([f"{'b' * 32}/{'a' * 32}"], None),
    ],
)
def test_requires_names_associations_of_the_same_deployment(requires, said):
    """It counts as proof, so it must be able to be one."""
    found = validated(ASSOCIATION, association_values("b" * 32, "c" * 32, requires=requires))
    if said is None:
        assert found == []
    else:
        assert said in found[0].detail
        assert found[0].path == Path("requires").index(0)


async def test_id_is_planned_as_soon_as_it_is_known(world, office, logs):
    """Dependents see the id in the plan, and `requires` of others can be checked."""
    values = association_values(logs, office)
    await planned(ASSOCIATION, world.provider(), None, values)
    assert values["id"] == f"{logs}/{office}"


async def test_no_check_once_this_process_writes(world, logs):
    """In an apply Terraform plans again for each object; that must not cost a list each."""
    provider = world.provider()
    made = await create(FILTER, provider, filter_values())
    since = len(world.calls())
    assert await planned(ASSOCIATION, provider, None, association_values(logs, made["id"])) == []
    assert world.calls(since) == []
