"""Data sources, over a real socket."""

from __future__ import annotations

from tests.plugin.rpc import serving, texts
from tests.plugin.samples import Echo, echo


async def test_a_data_source_keeps_what_was_given():
    """Configuration and defaults as they are, the rest as read; a bug is a diagnostic without its text."""
    async with serving(Echo()) as wire:
        values, told = await echo(wire, "mine")
        assert (values or {})["given"] == "mine"
        assert (values or {})["number"] == 3
        assert told == []
        values, told = await echo(wire, "bug")
        assert values is None
        assert "RuntimeError" in told[0]
        assert "swordfish" not in told[0]


async def test_a_data_source_is_validated():
    """By the same validators; an unknown one is named."""
    async with serving(Echo()) as wire:
        config = wire.pack("small_echo", {})
        reply = await wire.call("ValidateDataResourceConfig", type_name="small_echo", config=config)
        assert texts(reply) == []
        reply = await wire.call("ValidateDataResourceConfig", type_name="small_nothing", config=config)
    assert "small_nothing" in texts(reply)[0]
