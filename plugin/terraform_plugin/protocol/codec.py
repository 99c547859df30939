"""Values on the wire: MessagePack (and JSON for stored state) to Python and back, by the type of the schema."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgpack

from terraform_plugin.engine.shape import canonical
from terraform_plugin.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListOf,
    MapOf,
    ObjectOf,
    SetOf,
    TupleOf,
    Type,
)
from terraform_plugin.values import UNKNOWN, Dynamic, Value

_UNKNOWN_CODES = (0, 12)
"""Extension types for "unknown": plain, and refined (with hints that a provider may ignore)."""
_UNKNOWN_WIRE = msgpack.ExtType(0, b"\x00")
_SIGNED, _UNSIGNED = 1 << 63, 1 << 64


def decode(data: bytes, kind: Type) -> Value:
    """A value from MessagePack. ValueError when the bytes are no value of that type."""
    if not data:
        return None
    raw = msgpack.unpackb(data, ext_hook=_extension, strict_map_key=False, raw=False)
    return canonical(_read(raw, kind), kind)


def encode(value: Value, kind: Type) -> bytes:
    """A value as MessagePack."""
    packed: bytes = msgpack.packb(_written(value, kind), use_bin_type=True)
    return packed


def _extension(code: int, data: bytes) -> Value:
    if code in _UNKNOWN_CODES:
        return UNKNOWN
    raise ValueError(f"unknown MessagePack extension {code}")


def _read(raw: Any, kind: Type) -> Value:
    if raw is None or raw is UNKNOWN:
        return raw
    match kind:
        case ObjectOf(members):
            return {name: _read(raw.get(name), member) for name, member in members.items()}
        case MapOf(element):
            return {name: _read(item, element) for name, item in raw.items()}
        case ListOf(element) | SetOf(element):
            return [_read(item, element) for item in raw]
        case TupleOf(elements):
            return [_read(item, element) for item, element in zip(raw, elements, strict=True)]
    if kind == NUMBER:
        return number(raw)
    if kind == DYNAMIC:
        own = type_from_json(json.loads(raw[0]))
        return Dynamic(own, canonical(_read(raw[1], own), own))
    return raw


def number(raw: Any) -> int | Decimal:
    """A number as Terraform sends it: an integer, a float where that is exact, else a text."""
    value = Decimal(raw) if isinstance(raw, str | float) else raw
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    exact: int | Decimal = value
    return exact


def _written(value: Value, kind: Type) -> Any:
    if value is None:
        return None
    if value is UNKNOWN:
        return _UNKNOWN_WIRE
    match kind:
        case ObjectOf(members):
            return {name: _written(value.get(name), member) for name, member in members.items()}
        case MapOf(element):
            return {name: _written(item, element) for name, item in value.items()}
        case ListOf(element) | SetOf(element):
            return [_written(item, element) for item in value]
        case TupleOf(elements):
            return [_written(item, element) for item, element in zip(value, elements, strict=True)]
    if kind == DYNAMIC:
        dynamic = value if isinstance(value, Dynamic) else Dynamic(type_of(value), value)
        return [json.dumps(dynamic.type.json()).encode(), _written(dynamic.value, dynamic.type)]
    return _number_written(value) if kind == NUMBER else value


def _number_written(value: Any) -> Any:
    exact = number(value)
    if isinstance(exact, int):
        return exact if -_SIGNED <= exact < _UNSIGNED else str(exact)
    return float(exact) if Decimal(float(exact)) == exact else str(exact)


def type_from_json(raw: Any) -> Type:
    """A type from its JSON form."""
    if isinstance(raw, str):
        return {"string": STRING, "number": NUMBER, "bool": BOOL, "dynamic": DYNAMIC}[raw]
    name, inner = raw[0], raw[1]
    if name == "object":
        return ObjectOf({member: type_from_json(kind) for member, kind in inner.items()})
    if name == "tuple":
        return TupleOf(tuple(type_from_json(kind) for kind in inner))
    collections: dict[str, Any] = {"list": ListOf, "set": SetOf, "map": MapOf}
    kind: Type = collections[name](type_from_json(inner))
    return kind


def type_of(value: Value) -> Type:
    """The type of a plain Python value, for a dynamic attribute that a resource fills."""
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, int | float | Decimal):
        return NUMBER
    if isinstance(value, dict):
        return ObjectOf({name: type_of(item) for name, item in value.items()})
    if isinstance(value, list):
        return TupleOf(tuple(type_of(item) for item in value))
    return DYNAMIC if value is None else STRING


def decode_json(data: bytes, kind: Type) -> Value:
    """A stored state: plain JSON, of which unknown members are left out and missing ones are null."""
    return canonical(_from_json(load_json(data), kind), kind)


def load_json(data: bytes) -> Any:
    """JSON with exact numbers."""
    return json.loads(data, parse_float=Decimal)


def fit_json(raw: Any, kind: Type) -> Value:
    """Already loaded JSON as a value of a type."""
    return canonical(_from_json(raw, kind), kind)


def _from_json(raw: Any, kind: Type) -> Value:
    if raw is None:
        return None
    match kind:
        case ObjectOf(members):
            return {name: _from_json(raw.get(name), member) for name, member in members.items()}
        case MapOf(element):
            return {name: _from_json(item, element) for name, item in raw.items()}
        case ListOf(element) | SetOf(element):
            return [_from_json(item, element) for item in raw]
        case TupleOf(elements):
            return [_from_json(item, element) for item, element in zip(raw, elements, strict=True)]
    if kind == DYNAMIC and isinstance(raw, dict) and raw.keys() == {"type", "value"}:
        own = type_from_json(raw["type"])
        return Dynamic(own, fit_json(raw["value"], own))
    return number(raw) if kind == NUMBER else raw
