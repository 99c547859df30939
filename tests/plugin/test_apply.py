"""Create, update and delete over a real socket: what Terraform is handed when things go well."""

from __future__ import annotations

from typing import Any

from terraform_plugin.resource import CreateContext, UpdateContext
from terraform_plugin.values import UNKNOWN, Values
from tests.plugin.applied import PLANNED, STATE, applied, returns


async def test_create_returns_the_state_and_its_identity():
    """The whole state, local attributes as planned whatever the resource says of them, no write-only value."""
    planned = {**PLANNED, "note": "mine"}
    answer = await applied(returns(note="theirs", secret_wo="hush"), planned, config={"secret_wo": "hush"})
    assert answer.messages == []
    assert answer.state == {**STATE, "note": "mine"}
    assert answer.identity == {"id": "i"}


async def test_create_gets_configuration_plan_and_times():
    """Write-only values are in the configuration only; durations are seconds; planned unknowns are still unknown."""
    seen: dict[str, Any] = {}

    def work(context: CreateContext[Any]) -> Values:
        seen.update(secret=context.config["secret_wo"], times=dict(context.timeouts), id=context.planned["id"])
        seen.update(provider=context.provider, stopped=context.stop.is_set())
        return returns()(context)

    planned = {**PLANNED, "timeouts": {"create": "90s", "update": None, "delete": None}}
    await applied(work, planned, config={"secret_wo": "hush"})
    assert seen == {
        "secret": "hush",
        "times": {"create": 90.0, "delete": 300.0},
        "id": UNKNOWN,
        "provider": {"configured": {}},
        "stopped": False,
    }


async def test_an_answer_that_means_the_same_keeps_the_planned_spelling():
    """Terraform would refuse another spelling as an inconsistent result."""
    answer = await applied(returns(name="n"))
    assert answer.messages == []
    assert answer["name"] == "N"


async def test_python_shapes_are_accepted():
    """Tuples, sets, floats with whole values and missing null members are what Python code returns."""
    planned = {**PLANNED, "labels": ["a", "b"], "steps": ["x"], "size": 2}

    def work(context: CreateContext[Any]) -> Values:
        return {"name": "N", "id": "i", "revision": 1.0, "labels": {"b", "a"}, "steps": ("x",), "size": 2.0}

    answer = await applied(work, planned)
    assert answer.messages == []
    assert (answer["labels"], answer["steps"], answer["size"], answer["revision"]) == (["a", "b"], ["x"], 2, 1)


async def test_elements_of_a_set_get_their_computed_members():
    """Order changes once the unknown members are known; that breaks no promise."""
    planned = {**PLANNED, "ports": [{"port": 1, "handle": UNKNOWN}, {"port": 2, "handle": UNKNOWN}]}
    ports = [{"port": 2, "handle": "a"}, {"port": 1, "handle": "z"}]
    answer = await applied(returns(ports=ports), planned)
    assert answer.messages == []
    assert sorted(port["port"] for port in answer["ports"]) == [1, 2]


async def test_update_gets_what_changed():
    """Prior, planned, and the names that differ."""
    seen: dict[str, Any] = {}

    def work(context: UpdateContext[Any]) -> Values:
        seen.update(changed=context.changed, prior=context.prior["size"], planned=context.planned["size"])
        return returns()(context)

    answer = await applied(work, {**STATE, "size": 2, "note": "x"}, STATE)
    assert answer.messages == []
    assert seen == {"changed": {"size", "note"}, "prior": 1, "planned": 2}
    assert answer.state == {**STATE, "size": 2, "note": "x"}


async def test_a_local_change_is_stored_without_a_call():
    """``update`` would fail here; it must not be asked."""
    answer = await applied(lambda context: 1 / 0, {**STATE, "note": "x", "keep": True}, STATE, private={"a": 1})
    assert answer.messages == []
    assert answer.state == {**STATE, "note": "x", "keep": True}
    assert (answer.private, answer.identity) == ({"a": 1}, {"id": "i"})


async def test_delete_ends_with_nothing():
    """No state, no identity, no private state."""
    answer = await applied(lambda context: None, None, STATE, private={"a": 1})
    assert (answer.state, answer.identity, answer.private, answer.messages) == (None, None, {}, [])


async def test_private_state_goes_in_and_out():
    """What plan or read left is there, what the verb adds is kept, a settled interruption is forgotten."""

    def work(context: CreateContext[Any]) -> Values:
        context.private["seen"] = dict(context.private)
        return returns()(context)

    answer = await applied(work, private={"a": 1, "pending_attempt": {"id": "x"}, ".imported": True})
    assert answer.private == {"a": 1, "seen": {"a": 1, "pending_attempt": {"id": "x"}}}
