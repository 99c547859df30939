"""Reads, imports, upgrades, moves and generated configuration, over a real socket."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.protocol.messages import message
from terraform_plugin.resource import ImportContext, ReadContext, Resource
from terraform_plugin.schema import Attribute, IdentityAttribute, IdentitySchema, Nested, Nesting, Schema, timeouts
from terraform_plugin.types import BOOL, NUMBER, STRING
from terraform_plugin.values import UNKNOWN, Values
from tests.plugin.rpc import Stated, Wire, serving, texts


def same_text(first: Any, second: Any) -> bool:
    """Upper and lower case mean the same, and so do nothing and an empty text."""
    return str(first or "").lower() == str(second or "").lower()


RULE = {
    "source": Attribute(type=STRING, required=True, description="", equivalent=same_text),
    "id": Attribute(type=STRING, computed=True, description=""),
    "port": Attribute(type=NUMBER, optional=True, default=80, description=""),
}
SCHEMA = Schema(
    version=2,
    attributes={
        "id": Attribute(type=STRING, computed=True, description=""),
        "name": Attribute(type=STRING, required=True, description="", equivalent=same_text),
        "size": Attribute(type=NUMBER, optional=True, default=1, description=""),
        "colour": Attribute(type=STRING, optional=True, computed=True, description=""),
        "old": Attribute(type=STRING, optional=True, deprecated="gone soon", description=""),
        "secret_wo": Attribute(type=STRING, optional=True, write_only=True, sensitive=True, description=""),
        "keep": Attribute(type=BOOL, optional=True, local=True, default=True, description=""),
        "note": Attribute(type=STRING, optional=True, local=True, description=""),
        "timeouts": timeouts({"read": "1m"}),
        "rules": Attribute(optional=True, description="", nested=Nested(Nesting.SET, RULE)),
        "one": Attribute(optional=True, description="", nested=Nested(Nesting.SINGLE, RULE)),
    },
)
STATE: Values = {**SCHEMA.null(), "id": "i", "name": "Name", "size": 1, "colour": "red", "keep": True}


class Box(Resource[Any]):
    """Reads what the test says."""

    type_name = "small_box"
    schema = SCHEMA
    identity = IdentitySchema({"id": IdentityAttribute(STRING, ""), "name": IdentityAttribute(STRING, "", False)})

    def __init__(self, work: Callable[[Any], Any] = lambda context: dict(context.state)) -> None:
        self.work = work

    async def read(self, context: ReadContext[Any]) -> Values | None:
        return self.work(context)

    async def import_state(self, context: ImportContext[Any]) -> Values:
        if context.id == "nonsense":
            raise DiagnosticError("No such id", "It is uid/name.")
        return {"id": context.id or (context.identity or {})["id"]}

    def upgrade_state(self, version: int, state: Values) -> Values:
        if state.get("name") == "bug":
            raise RuntimeError("swordfish")
        return {**state, "name": state.get("title") if version == 0 else state.get("name")}

    def move_state(self, source_type: str, source_provider: str, state: Values) -> Values | None:
        return {"id": state["uid"]} if source_type == "small_crate" else None


async def read(work: Callable[[ReadContext[Any]], Any], state: Values = STATE, private: Any = None) -> Stated:
    """The answer to a refresh."""
    async with serving(Box(work)) as wire:
        return await wire.read("small_box", state, private)


# reading


async def test_a_read_shows_what_changed():
    """Drift arrives in the state, with identity and private state."""

    def work(context: ReadContext[Any]) -> Values:
        context.private["seen"] = context.private.get("seen", 0) + 1
        return {**context.state, "size": 2, "colour": "blue"}

    answer = await read(work, private={"seen": 4})
    assert answer.state == {**STATE, "size": 2, "colour": "blue"}
    assert (answer.private, answer.identity) == ({"seen": 5}, {"id": "i", "name": "Name"})


async def test_a_read_keeps_spellings_that_mean_the_same():
    """Also inside sets, whose elements have no place, and between nothing and empty."""
    rule = {"source": "A", "id": "1", "port": 80}
    state = {**STATE, "rules": [rule, {"source": "b", "id": "2", "port": 80}], "one": {**rule, "source": ""}}
    seen = {
        **state,
        "name": "NAME",
        "rules": [{"source": "B", "id": "2", "port": 80}, {"source": "a", "id": "1", "port": 80}],
        "one": {**rule, "source": None},
    }
    assert (await read(lambda context: seen, state)).state == state


async def test_a_read_leaves_local_and_write_only_attributes_alone():
    """The API does not know the one, the state must not know the other."""
    state = {**STATE, "note": "mine", "keep": False}
    seen = {**STATE, "note": "theirs", "keep": None, "secret_wo": "hush"}
    assert (await read(lambda context: seen, state)).state == state


async def test_a_local_attribute_that_a_state_lacks_gets_its_default():
    """After an import, or from a release that did not have it."""
    assert (await read(lambda context: context.state, {**STATE, "keep": None}))["keep"] is True


async def test_gone_is_no_error():
    """No state, no identity, no message."""
    answer = await read(lambda context: None)
    assert (answer.state, answer.identity, answer.messages) == (None, None, [])


@pytest.mark.parametrize("error", [DiagnosticError("No route"), RuntimeError("swordfish"), SystemExit(1)])
async def test_trouble_keeps_the_state(error: BaseException):
    """What cannot be seen is not gone."""

    def work(context: ReadContext[Any]) -> Values:
        context.private["x"] = 1
        raise error

    answer = await read(work, private={"a": 1, ".imported": True})
    assert answer.state == STATE
    assert answer.private == {"a": 1, ".imported": True}
    assert answer.messages
    assert "swordfish" not in answer.messages[0]


@pytest.mark.parametrize(("seen", "path"), [({"size": "x"}, "size"), ({"size": UNKNOWN}, "size"), ({"z": 1}, "z")])
async def test_a_read_that_does_not_fit_is_blamed_and_survives(seen: Values, path: str):
    """Terraform would end with "unsupported attribute" and tell nobody where."""
    answer = await read(lambda context: {**context.state, **seen})
    assert answer["name"] == "Name"
    assert answer.messages[0].startswith(f"error {path}: Bug in the provider")


async def test_a_comparison_that_fails_counts_as_a_change():
    """A bug in ``equivalent`` must not cost a state."""

    class Careless(Box):
        schema = Schema({"name": Attribute(type=STRING, required=True, description="", equivalent=lambda a, b: 1 / 0)})
        identity = None

    async with serving(Careless(lambda context: {"name": "b"})) as wire:
        answer = await wire.read("small_box", {"name": "a"})
    assert (answer.state, answer.messages) == ({"name": "b"}, [])


# imports and moves


async def imported(wire: Wire, **fields: Any) -> tuple[Any, Values | None, dict[str, Any]]:
    """Import, then read as Terraform does: the import's reply, the state after the read, what the read was told."""
    told: dict[str, Any] = {}

    def work(context: ReadContext[Any]) -> Values:
        told.update(imported=context.imported, private=dict(context.private), state=context.state)
        return {**STATE, "keep": None}

    wire.provider.resources[0].work = work  # type: ignore[attr-defined]
    reply = await wire.call("ImportResourceState", type_name="small_box", **fields)
    (one,) = reply.imported_resources
    answer = await wire.read("small_box", wire.unpack("small_box", one.state) or {}, json.loads(one.private))
    assert answer.private == {}
    return one, answer.state, told


async def test_import_by_id():
    """The read that follows knows that only the import's members are there, and fills in local defaults."""
    async with serving(Box()) as wire:
        one, state, told = await imported(wire, id="i")
    assert state == STATE
    assert told == {"imported": True, "private": {}, "state": {**SCHEMA.null(), "id": "i"}}
    assert not one.identity.identity_data.msgpack or one.type_name == "small_box"


async def test_import_by_identity():
    """The identity that Terraform gave comes back."""
    from terraform_plugin.protocol.codec import Codec
    from terraform_plugin.types import ObjectOf

    packed = Codec(ObjectOf({"id": STRING, "name": STRING})).encode({"id": "i", "name": None})
    async with serving(Box()) as wire:
        one, state, told = await imported(wire, identity={"identity_data": {"msgpack": packed}})
    assert state == STATE
    assert told["state"]["id"] == "i"
    assert one.identity.identity_data.msgpack == packed


async def test_an_import_that_fails_imports_nothing():
    """The words are the resource's own."""
    async with serving(Box()) as wire:
        reply = await wire.call("ImportResourceState", type_name="small_box", id="nonsense")
    assert texts(reply) == ["error : No such id | It is uid/name."]
    assert len(reply.imported_resources) == 0


async def move(source_type: str) -> Any:
    """The wire, and the answer to a move."""
    async with serving(Box()) as wire:
        return wire, await wire.call(
            "MoveResourceState",
            source_type_name=source_type,
            source_provider_address="registry.example/other/small",
            source_state={"json": b'{"uid": "u"}'},
            target_type_name="small_box",
        )


async def test_a_move_takes_over_and_is_read_like_an_import():
    """Only the members that the resource named are there yet."""
    wire, reply = await move("small_crate")
    assert wire.unpack("small_box", reply.target_state) == {**SCHEMA.null(), "id": "u"}
    assert json.loads(reply.target_private) == {".imported": True}


async def test_an_unknown_move_is_refused_with_the_way_out():
    """Nothing is guessed."""
    _, reply = await move("other_thing")
    assert not reply.HasField("target_state")
    assert "import" in texts(reply)[0]


# stored states


@pytest.mark.parametrize(
    ("version", "stored", "expected"),
    [
        (2, {"id": "i", "name": "Name", "size": 1}, {"colour": None, "keep": None}),
        (2, {"id": "i", "name": "Name", "size": "1", "gone": [1]}, {"colour": None, "keep": None}),
        (1, {"id": "i", "name": "Name", "size": 1}, {"colour": None, "keep": None}),
        (0, {"id": "i", "title": "Name", "size": 1}, {"colour": None, "keep": None}),
        (2, {"id": "i", "name": "Name", "size": 1, "secret_wo": "left behind"}, {"colour": None, "keep": None}),
    ],
)
async def test_a_stored_state_is_brought_up_to_date(version: int, stored: Values, expected: Values):
    """Every version, attributes that are gone, new, or of another primitive type; no write-only value stays."""
    async with serving(Box()) as wire:
        answer = await wire.upgrade("small_box", version, stored)
    assert answer.messages == []
    assert answer.state == {**STATE, **expected}


@pytest.mark.parametrize(
    ("version", "stored", "told"),
    [
        (3, {}, "version 3"),
        (1, {"name": "bug"}, "RuntimeError"),
        (2, {"size": "many"}, "size"),
        (2, {"rules": "none"}, "rules"),
    ],
)
async def test_a_stored_state_that_cannot_be_read_is_left_alone(version: int, stored: Values, told: str):
    """An error, and no state that Terraform could write back."""
    async with serving(Box()) as wire:
        answer = await wire.upgrade("small_box", version, stored)
    assert not answer.reply.HasField("upgraded_state")
    assert told in answer.messages[0]
    assert "swordfish" not in answer.messages[0]


async def test_a_state_of_terraform_0_11_is_refused():
    """Its flat format needs another reader; the text says so."""
    async with serving(Box()) as wire:
        reply = await wire.call(
            "UpgradeResourceState", type_name="small_box", version=0, raw_state={"flatmap": {"id": "i"}}
        )
    assert "0.11" in texts(reply)[0]


async def test_a_stored_identity_is_brought_up_to_date():
    """Members that are gone are dropped, new ones null; one of a newer release is refused."""
    async with serving(Box()) as wire:
        raw = {"json": b'{"id": "i", "gone": 1}'}
        reply = await wire.call("UpgradeResourceIdentity", type_name="small_box", version=0, raw_identity=raw)
        newer = await wire.call("UpgradeResourceIdentity", type_name="small_box", version=9, raw_identity=raw)
    assert reply.upgraded_identity.identity_data.msgpack == b"\x82\xa2id\xa1i\xa4name\xc0"
    assert "newer" in texts(newer)[0]


# generated configuration


async def test_generated_configuration_is_what_a_user_would_write():
    """No computed, write-only, local or deprecated arguments, and nothing that equals its default."""
    rule = {"source": "a", "id": "1", "port": 80}
    state = {**STATE, "old": "x", "rules": [rule], "one": {**rule, "port": 81}, "timeouts": {"read": "2m"}}
    async with serving(Box()) as wire:
        reply = await wire.call("GenerateResourceConfig", type_name="small_box", state=wire.pack("small_box", state))
        config = wire.unpack("small_box", reply.config)
    bare = {"source": "a", "id": None, "port": None}
    assert config == {
        **SCHEMA.null(),
        "name": "Name",
        "colour": "red",
        "rules": [bare],
        "one": {**bare, "port": 81},
    }


async def test_an_unknown_resource_is_named():
    """A mistake of the packaging, told as such."""
    async with serving(Box()) as wire:
        reply = await wire.call("ReadResource", type_name="small_nothing", current_state={"msgpack": b"\x80"})
    assert reply.diagnostics[0].detail == "This provider has no resource small_nothing."
    assert reply.new_state.msgpack == b"\x80"
    assert message("ReadResource.Response") is type(reply)
