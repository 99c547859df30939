"""Validation, configuration, data sources, ephemeral resources, functions and schemas, over a real socket."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest
from grpclib.client import UnaryUnaryMethod
from grpclib.const import Status
from grpclib.exceptions import GRPCError

from terraform_plugin.diagnostics import Diagnostic, DiagnosticError, Path
from terraform_plugin.protocol.calls import CALLS
from terraform_plugin.protocol.codec import Codec
from terraform_plugin.protocol.messages import CALLS as DESCRIBED
from terraform_plugin.protocol.messages import message
from terraform_plugin.provider import ConfigureContext
from terraform_plugin.resource import (
    Context,
    DataContext,
    DataSource,
    EphemeralResource,
    Function,
    FunctionError,
    OpenResult,
    Resource,
    ValidateContext,
)
from terraform_plugin.schema import (
    Attribute,
    FunctionSignature,
    IdentityAttribute,
    IdentitySchema,
    Nested,
    Nesting,
    Parameter,
    Schema,
)
from terraform_plugin.types import BOOL, DYNAMIC, NUMBER, STRING, ListOf, SetOf
from terraform_plugin.validators import Between, LengthBetween, Matches, OneOf
from terraform_plugin.values import UNKNOWN, Dynamic, Value, Values, is_set
from tests.plugin.rpc import SmallProvider, serving, texts


def text(**options: Any) -> Attribute:
    """A text attribute, optional unless told otherwise."""
    return Attribute(type=STRING, description="d", **({"optional": True} | options))


RULE = {"port": Attribute(type=NUMBER, required=True, description="", validators=(Between(1, 9),))}


class Broken:
    """A validator that has a bug."""

    description = "anything"

    def check(self, value: Value, path: Path) -> Any:
        raise RuntimeError("swordfish")


class Box(Resource[Any]):
    """Something to validate."""

    type_name = "small_box"
    schema = Schema({
        "kind": text(validators=(OneOf("a", "b"),)),
        "broken": text(validators=(Broken(),)),
        "secret": text(sensitive=True, validators=(Matches("[0-9]+", "digits"),)),
        "key_wo": text(write_only=True, sensitive=True, validators=(LengthBetween(3, 9),)),
        "key_env": text(),
        "other_wo": text(write_only=True),
        "list": Attribute(nested=Nested(Nesting.LIST, RULE), optional=True, description=""),
        "set": Attribute(nested=Nested(Nesting.SET, RULE), optional=True, description=""),
        "map": Attribute(nested=Nested(Nesting.MAP, RULE), optional=True, description=""),
        "one": Attribute(nested=Nested(Nesting.SINGLE, RULE), optional=True, description=""),
    })  # fmt: skip
    identity = IdentitySchema({"kind": IdentityAttribute(STRING, "k", required_for_import=False)})

    def validate(self, context: ValidateContext) -> None:
        if context.config["kind"] == "b" and is_set(context.config["key_env"]):
            context.diagnostics.error("not both", path=Path("key_env"))
        if context.config["key_env"] == "bug":
            raise RuntimeError("swordfish")


@pytest.mark.parametrize(
    ("config", "places"),
    [
        ({"kind": "a", "list": [{"port": 1}]}, []),
        ({"kind": "c"}, ["kind"]),
        ({"kind": UNKNOWN, "secret": None}, []),
        ({"list": [{"port": 0}, {"port": UNKNOWN}, {"port": 10}]}, ["list[0].port", "list[2].port"]),
        ({"list": UNKNOWN}, []),
        ({"list": [UNKNOWN, {"port": 0}]}, ["list[1].port"]),
        ({"set": [{"port": 0}]}, ["set.port"]),
        ({"map": {"x": {"port": 0}}}, ['map["x"].port']),
        ({"one": {"port": 0}}, ["one.port"]),
        ({"kind": "b", "key_env": "E"}, ["key_env"]),
        ({"broken": "x", "kind": "c"}, ["", "kind"]),
        ({"key_env": "bug", "kind": "c"}, ["", "kind"]),
    ],
)
async def test_every_known_part_is_checked(config: Values, places: list[str]):
    """All mistakes at once, each at its place; bugs of checks are told beside the others."""
    async with serving(Box()) as wire:
        found = await wire.validate("small_box", config)
    assert sorted(told.removeprefix("error ").partition(": ")[0] for told in found) == places
    assert not any("swordfish" in told for told in found)


@pytest.mark.parametrize("secret", ["abc", "longer-than-that"])
async def test_a_refused_secret_is_not_repeated(secret: str):
    """Short ones neither; the place and what is allowed are still told."""
    async with serving(Box()) as wire:
        (told,) = await wire.validate("small_box", {"secret": secret})
    assert told == 'error secret: Invalid value for secret | secret is "(sensitive)". Allowed: digits.'


@pytest.mark.parametrize("value", ["hush", UNKNOWN])
async def test_write_only_is_refused_below_terraform_1_11(value: Any):
    """The value would land in the state; the text names the arguments that can be used instead."""
    async with serving(Box()) as wire:
        (told,) = await wire.validate("small_box", {"key_wo": value}, write_only=False)
        assert await wire.validate("small_box", {"key_wo": value}) == []
        (other,) = await wire.validate("small_box", {"other_wo": "x"}, write_only=False)
    assert told.startswith("error key_wo: ")
    assert "key_env" in told
    assert "key_file" not in told
    assert "Terraform 1.11" in other


# configuration


PORT = Attribute(type=NUMBER, optional=True, default=9, description="")


class Configured(SmallProvider):
    """A provider with a block."""

    schema = Schema({
        "url": text(default="https://localhost"),
        "token": text(sensitive=True),
        "sites": Attribute(nested=Nested(Nesting.MAP, {"port": PORT}), optional=True, description=""),
    })  # fmt: skip

    def validate(self, context: ValidateContext) -> None:
        if context.config["url"] == "ftp":
            context.diagnostics.error("wrong url", path=Path("url"))

    async def configure(self, context: ConfigureContext) -> Any:
        if context.config["url"] == "down":
            raise DiagnosticError("down", f"with {context.config['token']}", Path("url"))
        return context.config, context.terraform_version


class Echo(DataSource[Any]):
    """Shows what the provider was configured with."""

    type_name = "small_echo"
    schema = Schema({"given": text(), "number": Attribute(type=NUMBER, optional=True, default=3, description=""),
                     "shown": text(optional=False, computed=True)})  # fmt: skip

    async def read(self, context: DataContext[Any]) -> Values:
        if context.config["given"] == "bug":
            raise RuntimeError("swordfish")
        return {"shown": json.dumps(context.provider, default=str), "number": 99, "given": "theirs"}


async def echo(wire: Any, given: str | None = None) -> tuple[Values | None, list[str]]:
    """Read the data source."""
    reply = await wire.call("ReadDataSource", type_name="small_echo", config=wire.pack("small_echo", {"given": given}))
    return wire.unpack("small_echo", reply.state), texts(reply)


async def test_the_provider_block_arrives_with_defaults_and_may_be_sent_again():
    """Nested ones too; a process in debug mode is configured once per command, and closes all in the end."""
    provider = Configured(Echo())
    async with serving(provider=provider, configured=False) as wire:
        assert texts(await wire.configure(sites={"a": {"port": None}})) == []
        values, _ = await echo(wire, "mine")
        assert json.loads((values or {})["shown"]) == [
            {"url": "https://localhost", "token": None, "sites": {"a": {"port": 9}}}, "1.11.4",
        ]  # fmt: skip
        assert texts(await wire.configure(url="other")) == []
    assert [config["url"] for config, _ in provider.closed] == ["other", "https://localhost"]


async def test_a_configuration_that_fails_names_the_argument_and_hides_the_secret():
    """The message went through the mask."""
    async with serving(provider=Configured(), configured=False) as wire:
        told = texts(await wire.configure(url="down", token="open-sesame"))
    assert told == ["error url: down | with (sensitive)"]


async def test_a_login_that_was_renewed_is_hidden_too():
    """The provider's secrets are asked for when something is shown, not only once."""
    tokens = ["first-token"]

    class Renewing(Configured):
        def secrets(self, configured: Any) -> list[str]:
            return tokens

        def explain(self, error: Exception) -> Any:
            return [Diagnostic(f"refused {tokens[-1]} and {tokens[0]}")]

    async with serving(provider=Renewing(Echo())) as wire:
        tokens.append("second-token")
        assert (await echo(wire, "bug"))[1] == ["error : refused (sensitive) and (sensitive) | "]


async def test_the_provider_block_is_validated():
    """Without being configured."""
    async with serving(provider=Configured(), configured=False) as wire:
        packed = Codec(Configured.schema.value_type).encode({"url": "ftp", "token": None, "sites": None})
        reply = await wire.call("ValidateProviderConfig", config={"msgpack": packed})
    assert texts(reply) == ["error url: wrong url | "]


# data sources


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


# ephemeral resources


class Token(EphemeralResource[Any]):
    """Counts its renewals."""

    type_name = "small_token"
    schema = Schema({"name": text(), "token": text(optional=False, computed=True, sensitive=True)})

    def __init__(self) -> None:
        self.closed: list[Any] = []

    async def open(self, context: DataContext[Any]) -> OpenResult:
        return OpenResult(result={"token": "open-sesame"}, renew_after=60, private={"renewals": 0})

    async def renew(self, context: Context[Any]) -> float | None:
        context.private["renewals"] += 1
        return None if context.private["renewals"] > 1 else 30.5

    async def close(self, context: Context[Any]) -> None:
        self.closed.append(dict(context.private))
        raise RuntimeError("open-sesame")


async def test_an_ephemeral_resource_lives_renews_and_closes():
    """Private state travels, due times are absolute, an error of close is told, the secret never."""
    token = Token()
    async with serving(token) as wire:
        opened = await wire.call(
            "OpenEphemeralResource", type_name="small_token", config=wire.pack("small_token", {"name": "n"})
        )
        assert wire.unpack("small_token", opened.result) == {"name": "n", "token": "open-sesame"}
        assert 55 < opened.renew_at.seconds - time.time() < 61
        renewed = await wire.call("RenewEphemeralResource", type_name="small_token", private=opened.private)
        assert renewed.HasField("renew_at")
        again = await wire.call("RenewEphemeralResource", type_name="small_token", private=renewed.private)
        assert not again.HasField("renew_at")
        closed = await wire.call("CloseEphemeralResource", type_name="small_token", private=again.private)
        assert texts(closed)
        assert "open-sesame" not in str(closed)
        checked = await wire.call(
            "ValidateEphemeralResourceConfig", type_name="small_token", config=wire.pack("small_token", {})
        )
        assert texts(checked) == []
    assert token.closed == [{"renewals": 2}]


# functions


class Join(Function):
    """Joins texts; some arguments make it fail."""

    name = "join"
    signature = FunctionSignature(
        parameters=(Parameter("glue", STRING, "between"),),
        variadic=Parameter("parts", DYNAMIC, "texts", allow_null=True, allow_unknown=True),
        returns=ListOf(STRING),
        summary="Joins.",
    )

    def call(self, *arguments: Value) -> Value:
        glue, *parts = arguments
        if glue == "":
            raise FunctionError("no glue", argument=0)
        if glue == "bug":
            raise RuntimeError("swordfish")
        if glue == "number":
            return [1]
        return (glue, *(str(part.value) if isinstance(part, Dynamic) else "-" for part in parts))


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


# schemas


async def test_schemas_say_what_the_author_wrote():
    """Flags, nesting, types, defaults as computed, identity, functions; the second answer is the same bytes."""
    async with serving(Box(), Echo(), Token(), Join(), provider=Configured(Box(), Echo(), Token(), Join())) as wire:
        schema = await wire.call("GetProviderSchema")
        assert schema == await wire.call("GetProviderSchema")
        identities = await wire.call("GetResourceIdentitySchemas")
        functions = await wire.call("GetFunctions")
        metadata = await wire.call("GetMetadata")
    box = {one.name: one for one in schema.resource_schemas["small_box"].block.attributes}
    assert (box["key_wo"].write_only, box["key_wo"].sensitive, box["kind"].optional) == (True, True, True)
    assert box["set"].nested_type.nesting == 3
    assert box["set"].nested_type.attributes[0].type == b'"number"'
    number = next(one for one in schema.data_source_schemas["small_echo"].block.attributes if one.name == "number")
    assert number.computed
    assert not any(one.computed for one in schema.provider.block.attributes)
    assert schema.server_capabilities.plan_destroy
    assert schema.ephemeral_resource_schemas.keys() == {"small_token"}
    assert schema.functions["join"] == functions.functions["join"]
    assert functions.functions["join"].variadic_parameter.allow_unknown_values
    assert identities.identity_schemas["small_box"].identity_attributes[0].optional_for_import
    assert [one.type_name for one in metadata.resources] == ["small_box"]
    assert texts(schema) == []


async def test_mistakes_of_the_author_are_told_with_the_schema():
    """Before Terraform stumbles over them in words of its own."""

    class Wrong(Resource[Any]):
        type_name = "wrong"
        schema = Schema({
            "count": text(),
            "Name": text(default=5),
            "address": text(optional=False, computed=True, changes_with=("nothing",)),
        })  # fmt: skip
        default_timeouts = {"create": "soon"}

    class Leaky(DataSource[Any]):
        type_name = "small_leaky"
        schema = Schema({"key_wo": text(write_only=True)})

    async with serving(Wrong(), Wrong(), Leaky()) as wire:
        told = "\n".join(texts(await wire.call("GetProviderSchema")))
    mistakes = (
        "name count", "'Name' is no name", "the default 5", "changes with nothing", '"soon"', "begin with small_",
        "There are 2", "key_wo is write-only",
    )  # fmt: skip
    assert [mistake for mistake in mistakes if mistake not in told] == []


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Attribute(description=""),
        lambda: Attribute(description="", type=STRING),
        lambda: Attribute(description="", type=STRING, required=True, computed=True),
        lambda: Attribute(description="", type=STRING, required=True, default="x"),
        lambda: Attribute(description="", type=STRING, optional=True, computed=True, write_only=True),
        lambda: Nested(Nesting.SET, {"x": text(write_only=True)}),
        lambda: Nested(Nesting.SINGLE, {"x": text(local=True)}),
    ],
)
def test_impossible_attributes_cannot_be_written(wrong: Any):
    """They fail where they are written, not in a user's run."""
    with pytest.raises(ValueError, match=r"attribute|local"):
        wrong()


# the service


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
