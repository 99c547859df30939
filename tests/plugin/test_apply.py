"""Create, update and delete over a real socket: what Terraform is handed when things go well, and when they break."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from terraform_plugin.diagnostics import Diagnostic, DiagnosticError, Path
from terraform_plugin.resource import CreateContext, DeleteContext, Interrupted, Resource, UpdateContext
from terraform_plugin.schema import Attribute, IdentityAttribute, IdentitySchema, Nested, Nesting, Schema, timeouts
from terraform_plugin.types import BOOL, NUMBER, STRING, ListOf, SetOf
from terraform_plugin.values import UNKNOWN, Values
from tests.plugin.rpc import SmallProvider, Stated, serving


def same_text(first: Any, second: Any) -> bool:
    """Upper and lower case mean the same."""
    return str(first).lower() == str(second).lower()


SCHEMA = Schema({
    "id": Attribute(type=STRING, computed=True, description=""),
    "name": Attribute(type=STRING, required=True, description="", equivalent=same_text),
    "size": Attribute(type=NUMBER, optional=True, description=""),
    "revision": Attribute(type=NUMBER, computed=True, description=""),
    "labels": Attribute(type=SetOf(STRING), optional=True, description=""),
    "steps": Attribute(type=ListOf(STRING), optional=True, description=""),
    "secret_wo": Attribute(type=STRING, optional=True, write_only=True, sensitive=True, description=""),
    "note": Attribute(type=STRING, optional=True, local=True, description=""),
    "keep": Attribute(type=BOOL, optional=True, local=True, default=False, description=""),
    "timeouts": timeouts({"create": "10m", "update": "20m", "delete": "5m"}),
    "ports": Attribute(optional=True, description="", nested=Nested(Nesting.SET, {
        "port": Attribute(type=NUMBER, required=True, description=""),
        "handle": Attribute(type=STRING, computed=True, description=""),
    })),
})  # fmt: skip

PLANNED: Values = {**SCHEMA.null(), "id": UNKNOWN, "name": "N", "size": 1, "revision": UNKNOWN, "keep": False}
STATE: Values = {**PLANNED, "id": "i", "revision": 1}


class Trouble(Exception):
    """An error that the provider explains."""


class Explaining(SmallProvider):
    """Explains ``Trouble``; for a ``KeyError`` its own explanation breaks."""

    def explain(self, error: Exception) -> Sequence[Diagnostic] | None:
        if isinstance(error, KeyError):
            raise RuntimeError("broken explanation")
        return [Diagnostic("In trouble", str(error), Path("size"))] if isinstance(error, Trouble) else None


class Box(Resource[Any]):
    """Every verb does what the test says."""

    type_name = "small_box"
    schema = SCHEMA
    identity = IdentitySchema({"id": IdentityAttribute(STRING, "")})
    default_timeouts = {"create": "10m", "delete": "5m"}

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self.work = work

    async def create(self, context: CreateContext[Any]) -> Values:
        return await self._run(context)

    async def update(self, context: UpdateContext[Any]) -> Values:
        return await self._run(context)

    async def delete(self, context: DeleteContext[Any]) -> None:
        await self._run(context)

    async def _run(self, context: Any) -> Any:
        done = self.work(context)
        return await done if asyncio.iscoroutine(done) else done


async def applied(
    work: Callable[[Any], Any], planned: Values | None = PLANNED, prior: Values | None = None, **more: Any
) -> Stated:
    """The answer to an apply."""
    box = Box(work)
    config = None if planned is None else {**planned, "id": None, "revision": None, **more.pop("config", {})}
    async with serving(provider=Explaining(box)) as wire:
        return await wire.apply("small_box", config, planned, prior, **more)


def returns(**members: Any) -> Callable[[Any], Values]:
    """A verb that returns the planned state with these members."""
    return lambda context: {**context.planned, "id": "i", "revision": 1, **members}


# when all goes well


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


# when things break


async def test_a_create_that_fails_early_leaves_no_object():
    """Nothing exists, so nothing may be in the state."""

    def work(context: CreateContext[Any]) -> Values:
        raise DiagnosticError("Refused", "by the API", Path("size"), Diagnostic("and more"))

    answer = await applied(work)
    assert answer.state is None
    assert answer.messages == ["error size: Refused | by the API", "error : and more | "]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (DiagnosticError("Refused"), "error : Refused | "),
        (Trouble("on fire"), "error size: In trouble | on fire"),
        (ExceptionGroup("two", [Trouble("a"), DiagnosticError("b")]), "error size: In trouble | a"),
        (RuntimeError("swordfish"), "RuntimeError"),
        (KeyError("swordfish"), "KeyError"),
        (RecursionError(), "RecursionError"),
        (TimeoutError(), "timeouts"),
        (SystemExit(3), "SystemExit"),
    ],
)
async def test_whatever_fails_after_a_save_the_object_is_kept(error: BaseException, told: str):
    """The saved state comes back with the error: Terraform taints it and loses nothing."""

    def work(context: CreateContext[Any]) -> Values:
        context.save({**context.planned, "id": "i"})
        raise error

    answer = await applied(work)
    assert answer.state == {**STATE, "revision": None}
    assert answer.identity == {"id": "i"}
    assert any(told in message for message in answer.messages), answer.messages
    assert not any("swordfish" in message for message in answer.messages)


async def test_a_save_may_be_short():
    """Only the id is known: the rest is as planned, and null where the plan did not know."""

    def work(context: CreateContext[Any]) -> Values:
        context.save({"id": "i"})
        raise DiagnosticError("Later")

    assert (await applied(work)).state == {**STATE, "revision": None}


async def test_an_interrupted_create_is_kept_untainted():
    """A warning instead of an error, and the next run finds what was pending."""

    def work(context: CreateContext[Any]) -> Values:
        context.save({**context.planned, "id": "i"})
        raise Interrupted("still starting", pending={"attempt": 7})

    answer = await applied(work)
    assert answer.private == {"pending_attempt": {"attempt": 7}}
    assert answer["id"] == "i"
    (message,) = answer.messages
    assert message.startswith("warning : ")
    assert "still starting" in message


async def test_an_interruption_in_a_group_counts():
    """Waiting is often done in task groups."""

    def work(context: CreateContext[Any]) -> Values:
        context.save({"id": "i"})
        raise ExceptionGroup("tasks", [Interrupted("still starting")])

    assert [message.split(" ")[0] for message in (await applied(work)).messages] == ["warning"]


async def test_an_interruption_before_anything_exists_is_an_error():
    """There is no object to keep."""

    def work(context: CreateContext[Any]) -> Values:
        raise Interrupted("not begun")

    answer = await applied(work)
    assert (answer.state, answer.private) == (None, {})
    assert answer.messages == ["error : Interrupted | not begun"]


async def test_a_failed_update_keeps_what_took_effect():
    """What was saved, else the prior state, never the planned one."""

    def half(context: UpdateContext[Any]) -> Values:
        context.save({**context.prior, "size": 2, "revision": UNKNOWN})
        raise DiagnosticError("Later")

    def none(context: UpdateContext[Any]) -> Values:
        raise DiagnosticError("At once")

    planned = {**STATE, "size": 2, "labels": ["x"], "note": "n", "revision": UNKNOWN}
    assert (await applied(half, planned, STATE)).state == {**STATE, "size": 2}
    assert (await applied(none, planned, STATE)).state == STATE


async def test_an_interrupted_update_is_an_error_that_goes_on():
    """Terraform does not taint updates, so an error is safe; what is pending is kept."""

    def work(context: UpdateContext[Any]) -> Values:
        raise Interrupted("still growing", pending={"attempt": 8})

    answer = await applied(work, {**STATE, "size": 2}, STATE)
    assert (answer.state, answer.private) == (STATE, {"pending_attempt": {"attempt": 8}})
    assert answer.messages[0].startswith("error : ")


@pytest.mark.parametrize("error", [DiagnosticError("No"), RuntimeError(), Interrupted("waiting")])
async def test_a_failed_delete_keeps_the_prior_state(error: Exception):
    """The object may still be there."""

    def work(context: DeleteContext[Any]) -> None:
        raise error

    answer = await applied(work, None, STATE, private={"a": 1})
    assert (answer.state, answer.private) == (STATE, {"a": 1})
    assert answer.messages


async def test_a_delete_that_reports_an_error_keeps_the_prior_state():
    """Errors may also be collected instead of raised."""

    def work(context: DeleteContext[Any]) -> None:
        context.diagnostics.error("Still in use")

    assert (await applied(work, None, STATE)).state == STATE


# bugs of a provider


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"size": 5}, "size"),
        ({"labels": ["z"]}, "labels"),
        ({"revision": UNKNOWN}, "revision"),
        ({"steps": "text"}, "steps"),
        ({"size": "five"}, "size"),
        ({"nonsense": 1}, "nonsense"),
        ({"id": object()}, "id"),
        ({"ports": [{"port": 3, "handle": "h"}]}, "ports"),
    ],
)
async def test_a_broken_promise_is_told_and_the_object_kept(members: Values, path: str):
    """The provider is blamed with the place, before Terraform does it; the rest of the state stays."""
    planned = {**PLANNED, "labels": ["a"], "ports": [{"port": 1, "handle": UNKNOWN}]}
    work = returns(ports=[{"port": 1, "handle": "h"}])
    answer = await applied(lambda context: {**work(context), **members}, planned)
    assert answer.state is not None
    assert answer["name"] == "N"
    assert any(told.startswith(f"error {path}: Bug in the provider") for told in answer.messages), answer.messages


@pytest.mark.parametrize("result", [None, 5, "text"])
async def test_a_result_that_is_no_state_loses_nothing_that_was_saved(result: Any):
    """Forgetting to return must not forget the object."""

    def work(context: CreateContext[Any]) -> Any:
        context.save({"id": "i"})
        return result

    answer = await applied(work)
    assert answer["id"] == "i"
    assert any("Bug in the provider" in told for told in answer.messages)


async def test_an_identity_that_fails_does_not_lose_the_state():
    """It is made after the object."""

    class Nameless(Box):
        def identity_of(self, state: Values) -> Values:
            raise RuntimeError

    async with serving(Nameless(returns())) as wire:
        answer = await wire.apply("small_box", PLANNED | {"id": None, "revision": None}, PLANNED)
    assert answer.state == STATE
    assert "identity" in answer.messages[0]


async def test_private_state_that_is_no_json_does_not_lose_the_state():
    """A date in private state is the provider's bug; the object exists all the same."""

    def work(context: CreateContext[Any]) -> Values:
        context.private["when"] = object()
        return returns()(context)

    answer = await applied(work)
    assert answer.state == STATE
    assert any("private" in told for told in answer.messages)


async def test_bytes_that_are_no_value_keep_the_prior_state():
    """Even a request that cannot be read is answered with the state it held."""
    async with serving(Box(returns())) as wire:
        reply = await wire.call(
            "ApplyResourceChange",
            type_name="small_box",
            prior_state={"msgpack": b"prior \xff"},
            planned_private=b"{}",
        )
    assert reply.new_state.msgpack == b"prior \xff"
    assert reply.diagnostics[0].summary


# stopping


async def test_stop_reaches_running_calls_only_and_the_server_goes_on():
    """Ctrl-C: who waits is told; the next call starts unstopped."""
    running = asyncio.Event()

    async def work(context: CreateContext[Any]) -> Values:
        context.save({"id": "i"})
        running.set()
        await context.stop.wait()
        raise Interrupted("stopped")

    config = PLANNED | {"id": None, "revision": None}
    async with serving(Box(work)) as wire:
        first = asyncio.create_task(wire.apply("small_box", config, PLANNED))
        await running.wait()
        assert (await wire.call("StopProvider")).Error == ""
        assert "stopped" in (await first).messages[0]
        running.clear()
        second = asyncio.create_task(wire.apply("small_box", config, PLANNED))
        await running.wait()
        assert not second.done()
        await wire.call("StopProvider")
        await second


async def test_two_hundred_applies_at_once():
    """Calls do not wait for each other: each ends only when all have begun."""
    barrier = asyncio.Barrier(200)

    async def work(context: CreateContext[Any]) -> Values:
        await barrier.wait()
        return returns()(context)

    config = PLANNED | {"id": None, "revision": None}
    async with serving(Box(work)) as wire:
        calls = [wire.apply("small_box", config, PLANNED) for _ in range(200)]
        answers = await asyncio.wait_for(asyncio.gather(*calls), 60)
    assert all(answer.state == STATE for answer in answers)


async def test_a_call_goes_on_when_its_connection_breaks():
    """Terraform may be killed in the middle of a write; tearing the write off would hide its outcome."""
    begun, finished, release = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work(context: CreateContext[Any]) -> Values:
        begun.set()
        await release.wait()
        finished.set()
        return returns()(context)

    config = PLANNED | {"id": None, "revision": None}
    async with serving(Box(work)) as wire:
        call = asyncio.create_task(wire.apply("small_box", config, PLANNED))
        await begun.wait()
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        release.set()
        await asyncio.wait_for(finished.wait(), 5)
