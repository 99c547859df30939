"""Values on the wire: every type there and back, in the bytes that Terraform sends and accepts."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgpack
import pytest

from terraform_plugin.protocol.codec import Codec
from terraform_plugin.types import BOOL, DYNAMIC, NUMBER, STRING, ListOf, MapOf, ObjectOf, SetOf, TupleOf, Type
from terraform_plugin.values import UNKNOWN, Dynamic

UNKNOWN_BYTES = b"\xd4\x00\x00"
REFINED = msgpack.packb(msgpack.ExtType(12, msgpack.packb({1: False})))
PAIR = ObjectOf({"a": STRING, "b": NUMBER})

ROUND_TRIPS: list[tuple[Type, Any]] = [
    (STRING, "text"),
    (STRING, ""),
    (STRING, "ünï 漢字 🙂 \u0000"),
    (STRING, None),
    (STRING, UNKNOWN),
    (BOOL, True),
    (BOOL, False),
    (NUMBER, 0),
    (NUMBER, -1),
    (NUMBER, 2**63 - 1),
    (NUMBER, -(2**63)),
    (NUMBER, 2**63),
    (NUMBER, 2**64),
    (NUMBER, 10**60),
    (NUMBER, Decimal("0.1")),
    (NUMBER, Decimal("0.5")),
    (NUMBER, Decimal("-1E-30")),
    (NUMBER, Decimal("123456789012345678901234567890.125")),
    (ListOf(NUMBER), [1, Decimal("0.1"), UNKNOWN, None]),
    (ListOf(STRING), []),
    (SetOf(STRING), ["a", "b"]),
    (SetOf(NUMBER), [1, 2]),
    (MapOf(NUMBER), {"x": 1, "y": UNKNOWN}),
    (MapOf(STRING), {}),
    (PAIR, {"a": None, "b": UNKNOWN}),
    (ListOf(PAIR), [{"a": "x", "b": 2**70}, UNKNOWN, None]),
    (SetOf(PAIR), [{"a": "x", "b": 1}]),
    (TupleOf((STRING, NUMBER)), ["x", 2**65]),
    (DYNAMIC, None),
    (DYNAMIC, UNKNOWN),
    (DYNAMIC, Dynamic(STRING, "x")),
    (DYNAMIC, Dynamic(STRING, UNKNOWN)),
    (DYNAMIC, Dynamic(NUMBER, None)),
    (DYNAMIC, Dynamic(ListOf(NUMBER), [1, Decimal("0.1")])),
    (DYNAMIC, Dynamic(PAIR, {"a": "x", "b": UNKNOWN})),
    (DYNAMIC, Dynamic(TupleOf((STRING, SetOf(NUMBER))), ["x", [1, 2]])),
]


@pytest.mark.parametrize(("type", "value"), ROUND_TRIPS)
def test_round_trip(type: Type, value: Any):
    """What is sent comes back the same, with its Python type."""
    codec = Codec(type)
    back = codec.decode(codec.encode(value))
    assert back == value
    assert back.__class__ is value.__class__


@pytest.mark.parametrize(
    ("type", "value", "wire"),
    [
        (STRING, UNKNOWN, UNKNOWN_BYTES),
        (STRING, None, b"\xc0"),
        (NUMBER, 5, b"\x05"),
        (NUMBER, 2**63 - 1, msgpack.packb(2**63 - 1)),
        (NUMBER, 2**63, msgpack.packb(str(2**63))),
        (NUMBER, Decimal("0.1"), msgpack.packb("0.1")),
        (NUMBER, Decimal("1E-3"), msgpack.packb("0.001")),
        (DYNAMIC, Dynamic(ListOf(STRING), ["x"]), msgpack.packb([b'["list", "string"]', ["x"]])),
        (DYNAMIC, Dynamic(STRING, UNKNOWN), b"\x92\xc4\x08" + b'"string"' + UNKNOWN_BYTES),
    ],
)
def test_written_bytes(type: Type, value: Any, wire: bytes):
    """The exact bytes: Terraform compares what it reads from them."""
    assert Codec(type).encode(value) == wire


@pytest.mark.parametrize(
    ("type", "wire", "value"),
    [
        (STRING, REFINED, UNKNOWN),
        (NUMBER, msgpack.packb(0.5), Decimal("0.5")),
        (NUMBER, msgpack.packb(1e20), 10**20),
        (NUMBER, msgpack.packb("18446744073709551616"), 2**64),
        (NUMBER, msgpack.packb("1e3"), 1000),
        (NUMBER, msgpack.packb("0.10"), Decimal("0.1")),
        (SetOf(STRING), msgpack.packb(["b", "a", "b"]), ["a", "b"]),
        (SetOf(STRING), b"\x92" + UNKNOWN_BYTES + UNKNOWN_BYTES, [UNKNOWN, UNKNOWN]),
        (PAIR, msgpack.packb({"a": "x"}), {"a": "x", "b": None}),
        (PAIR, b"", None),
    ],
)
def test_read_bytes(type: Type, wire: bytes, value: Any):
    """All spellings that a Terraform may choose."""
    assert Codec(type).decode(wire) == value


def test_an_extension_that_nobody_knows_is_refused():
    """A new kind of value must not be taken for text."""
    with pytest.raises(ValueError, match="extension 99"):
        Codec(STRING).decode(msgpack.packb(msgpack.ExtType(99, b"")))


def test_types_of_dynamic_values_are_plain_json():
    """Terraform reads the type by its own JSON."""
    packed = msgpack.unpackb(Codec(DYNAMIC).encode(Dynamic(MapOf(TupleOf((BOOL, PAIR))), {})))
    assert json.loads(packed[0]) == ["map", ["tuple", ["bool", ["object", {"a": "string", "b": "number"}]]]]
