"""A rule set is made exactly once, whatever is lost: the reply, the process, or both."""

from __future__ import annotations

import asyncio

import pytest

from ece_client import ApiError
from tests.provider.traffic_filters.support import FILTER, create, filter_values, planned, read, rule

CREATE = "create-traffic-filter-ruleset"
LOST = {"drop": True, "after_effect": True}


async def test_lost_reply_is_found_again(world):
    """The rule set was made, its id was not told: it is found by its content among what is new."""
    world.seed(traffic_filters=[{"name": "office", "type": "ip", "rules": [{"source": "192.0.2.0/24"}]}])
    before = set(world.rulesets())
    world.control.fail_next(operation_id=CREATE, **LOST)
    state = await create(FILTER, world.provider(), filter_values())
    assert set(world.rulesets()) - before == {state["id"]}


async def test_error_after_the_effect_is_found_again(world):
    """A 500 does not prove that nothing was made."""
    world.control.fail_next(operation_id=CREATE, status=500, after_effect=True)
    state = await create(FILTER, world.provider(), filter_values())
    assert set(world.rulesets()) == {state["id"]}


async def test_request_that_never_arrived_makes_nothing(world):
    """Then the error comes through, and the next run makes one."""
    world.control.fail_next(operation_id=CREATE, drop=True)
    with pytest.raises(ApiError):
        await create(FILTER, world.provider(), filter_values())
    assert world.rulesets() == {}
    await world.open[0].close()
    state = await create(FILTER, world.provider(), filter_values())
    assert set(world.rulesets()) == {state["id"]}


async def test_next_run_finds_what_a_lost_run_made(world):
    """Reply and look-up both fail: the journal tells the next run which ids were there before."""
    world.seed(traffic_filters=[{"name": "office", "type": "ip", "rules": [{"source": "192.0.2.0/24"}]}])
    before = set(world.rulesets())
    world.control.fail_next(operation_id=CREATE, **LOST)
    world.control.fail_next(operation_id="get-traffic-filter-rulesets", skip=1, drop=True)
    with pytest.raises(ApiError):
        await create(FILTER, world.provider(), filter_values())
    await world.open[0].close()
    made = set(world.rulesets()) - before
    assert len(made) == 1
    state = await create(FILTER, world.provider(), filter_values())
    assert {state["id"]} == made
    assert set(world.rulesets()) - before == made


async def test_next_run_finds_what_was_made_but_never_reached_the_state(world):
    """Killed between the reply and Terraform's state: the id is in the journal."""
    first = await create(FILTER, world.provider(), filter_values())
    await world.open[0].close()
    again = await create(FILTER, world.provider(), filter_values())
    assert again == first
    assert set(world.rulesets()) == {first["id"]}


@pytest.mark.parametrize("look", ["read", "plan"])
async def test_what_state_holds_is_never_adopted_again(world, look):
    """A second, equal rule set in the configuration gets an object of its own, also with -refresh=false."""
    first = await create(FILTER, world.provider(), filter_values())
    await world.open[0].close()
    planning = world.provider()
    if look == "read":
        await read(FILTER, planning, first)
    else:
        await planned(FILTER, planning, first, dict(first))
    await planning.close()
    second = await create(FILTER, world.provider(), filter_values())
    assert second["id"] != first["id"]
    assert set(world.rulesets()) == {first["id"], second["id"]}


async def test_equal_sets_in_parallel_with_lost_replies(world):
    """count = 3 with one name: each object finds a rule set of its own."""
    world.control.fail_next(operation_id=CREATE, count=3, **LOST)
    provider = world.provider()
    states = await asyncio.gather(*(create(FILTER, provider, filter_values()) for _ in range(3)))
    assert {state["id"] for state in states} == set(world.rulesets())
    assert len(world.rulesets()) == 3


async def test_refused_request_leaves_no_trace(world):
    """A refusal is an answer: the next run starts afresh and adopts nothing."""
    world.control.fail_next(operation_id=CREATE, status=400, code="traffic_filter.invalid_input")
    with pytest.raises(ApiError, match="invalid_input"):
        await create(FILTER, world.provider(), filter_values())
    await world.open[0].close()
    assert not list((world.folder / "ece").glob("*.json"))


async def test_many_creations_share_the_look_at_what_exists(world):
    """One list for many new rule sets: n creations must not cost n lists."""
    provider = world.provider()
    values = [filter_values(name=f"set {n}", rules=[rule(source=f"10.0.0.{n}")]) for n in range(10)]
    await asyncio.gather(*(create(FILTER, provider, each) for each in values))
    assert world.calls().count("get-traffic-filter-rulesets") <= 2
    assert len(world.rulesets()) == 10
