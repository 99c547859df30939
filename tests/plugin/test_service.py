"""The service as a whole, over a real socket: every call, calls of others, large messages, other types."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from grpclib.client import UnaryUnaryMethod
from grpclib.const import Status
from grpclib.exceptions import GRPCError

from terraform_plugin.protocol.calls import CALLS
from terraform_plugin.protocol.messages import CALLS as DESCRIBED
from terraform_plugin.resource import Resource
from terraform_plugin.schema import Attribute, Schema
from terraform_plugin.types import BOOL, STRING, SetOf
from terraform_plugin.values import UNKNOWN
from tests.plugin.rpc import serving, texts
from tests.plugin.samples import Echo, echo


def test_every_described_call_is_answered():
    """The two tables belong together."""
    assert set(DESCRIBED) == set(CALLS)


@pytest.mark.parametrize(
    "name", ["ListResource", "ValidateListResourceConfig", "PlanAction", "InvokeAction", "Nothing"]
)
async def test_calls_that_are_not_ours_are_unimplemented(name: str):
    """Terraform takes that as "this provider cannot"."""
    async with serving() as wire:
        with pytest.raises(GRPCError) as caught:
            await UnaryUnaryMethod(wire.channel, f"/tfplugin6.Provider/{name}", bytes, bytes)(b"")
    assert caught.value.status is Status.UNIMPLEMENTED


async def test_the_plugins_other_services():
    """Health says serving; the silent stream stays open until the end."""
    async with serving() as wire:
        assert await UnaryUnaryMethod(wire.channel, "/grpc.health.v1.Health/Check", bytes, bytes)(b"") == b"\x08\x01"
        silent = asyncio.create_task(UnaryUnaryMethod(wire.channel, "/plugin.GRPCStdio/StreamStdio", bytes, bytes)(b""))
        assert texts(await wire.call("GetMetadata")) == []
        assert not silent.done()
        silent.cancel()
        await asyncio.gather(silent, return_exceptions=True)


async def test_a_message_of_six_megabytes():
    """Far above gRPC's usual limit, in both directions."""
    async with serving(Echo()) as wire:
        values, told = await echo(wire, "x" * 6_000_000)
    assert told == []
    assert len((values or {})["given"]) == 6_000_000


async def test_sets_and_flags_of_other_types_validate():
    """A set of a primitive type is checked as one value."""

    class Flags(Resource[Any]):
        type_name = "small_flags"
        schema = Schema({"labels": Attribute(type=SetOf(STRING), optional=True, description=""),
                         "on": Attribute(type=BOOL, optional=True, description="")})  # fmt: skip

    async with serving(Flags()) as wire:
        assert await wire.validate("small_flags", {"labels": ["b", UNKNOWN], "on": True}) == []
