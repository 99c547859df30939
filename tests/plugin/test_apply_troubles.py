"""Create, update and delete over a real socket: what Terraform is handed when things break."""

from __future__ import annotations

from typing import Any

import pytest

from terraform_plugin.diagnostics import Diagnostic, DiagnosticError, Path
from terraform_plugin.resource import CreateContext, DeleteContext, Interrupted, UpdateContext
from terraform_plugin.values import UNKNOWN, Values
from tests.plugin.applied import PLANNED, STATE, Box, Trouble, applied, returns
from tests.plugin.rpc import serving

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
