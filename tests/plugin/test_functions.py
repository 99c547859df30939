"""Functions, over a real socket."""

from __future__ import annotations

from typing import Any

import pytest

from terraform_plugin.protocol.codec import Codec
from terraform_plugin.protocol.messages import message
from terraform_plugin.types import DYNAMIC, NUMBER, STRING, ListOf
from terraform_plugin.values import UNKNOWN, Dynamic
from tests.plugin.rpc import serving
from tests.plugin.samples import Join


async def join(glue: str, *parts: Any) -> Any:
    """Call the function."""
    async with serving(Join()) as wire:
        packed = [Codec(STRING).encode(glue), *(Codec(DYNAMIC).encode(part) for part in parts)]
        arguments = [message("DynamicValue")(msgpack=data) for data in packed]
        return await wire.call("CallFunction", name="join", arguments=arguments)


async def test_a_function_computes():
    """Fixed and variadic arguments, null and unknown ones where they are allowed."""
    reply = await join("+", Dynamic(STRING, "a"), None, UNKNOWN, Dynamic(NUMBER, 2))
    assert Codec(ListOf(STRING)).decode(reply.result.msgpack) == ["+", "a", "-", "-", "2"]


@pytest.mark.parametrize(
    ("glue", "told", "argument"),
    [("", "no glue", 0), ("bug", "unexpected RuntimeError", None), ("number", "Python int", None)],
)
async def test_a_function_that_fails(glue: str, told: str, argument: int | None):
    """The argument is blamed where the function says so; bugs are told as bugs."""
    reply = await join(glue)
    assert told in reply.error.text
    assert "swordfish" not in reply.error.text
    assert (reply.error.function_argument if reply.error.HasField("function_argument") else None) == argument


async def test_a_function_that_does_not_exist():
    """An answer instead of a broken call."""
    async with serving() as wire:
        reply = await wire.call("CallFunction", name="nothing")
    assert "nothing" in reply.error.text
