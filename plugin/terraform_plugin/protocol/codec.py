"""Values on the wire: MessagePack to Python and back, by the type that the schema gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import msgpack

from terraform_plugin.types import (
    DYNAMIC,
    NUMBER,
    ListOf,
    MapOf,
    ObjectOf,
    Primitive,
    SetOf,
    TupleOf,
    Type,
    parse_type,
)
from terraform_plugin.values import UNKNOWN, Dynamic, Value, canonical_set, number

_UNKNOWN_CODES: Final = (0, 12)
"""Extension types for "unknown": plain, and refined with hints that a provider may ignore."""
_UNKNOWN_WIRE: Final = msgpack.ExtType(0, b"\x00")
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1

Step = Callable[[Any], Any]
"""Turns one known, non-null value from one form into the other; None stands for "nothing to do"."""


class Codec:
    """Reads and writes the values of one type. Made once per schema: it walks only where something is to be done."""

    def __init__(self, type: Type) -> None:
        self._type = type
        self._read = _reader(type)
        self._write = _writer(type)

    def decode(self, data: bytes) -> Value:
        """A value from MessagePack; ValueError when the bytes hold none."""
        if not data:
            return None
        return _step(self._read, msgpack.unpackb(data, ext_hook=_extension, strict_map_key=False))

    def encode(self, value: Value) -> bytes:
        """A value as MessagePack."""
        packed: bytes = msgpack.packb(_step(self._write, value), default=_unknown, use_bin_type=True)
        return packed


def _extension(code: int, data: bytes) -> Value:
    if code in _UNKNOWN_CODES:
        return UNKNOWN
    raise ValueError(f"MessagePack extension {code} is not known")


def _unknown(value: Any) -> Any:
    if value is UNKNOWN:
        return _UNKNOWN_WIRE
    raise TypeError(f"{type(value).__name__} cannot be sent")


def _step(step: Step | None, value: Any) -> Any:
    return value if step is None or value is None or value is UNKNOWN else step(value)


def _reader(type: Type) -> Step | None:
    if type == NUMBER:
        return _read_number
    if type == DYNAMIC:
        return _read_dynamic
    if isinstance(type, Primitive):
        return None
    if isinstance(type, SetOf):
        inner = _each(_reader(type.element))
        return lambda raw: canonical_set(inner(raw) if inner else raw)
    if isinstance(type, ObjectOf):
        return _object_reader(type)
    return _container(type, _reader)


def _writer(type: Type) -> Step | None:
    if type == NUMBER:
        return _write_number
    if type == DYNAMIC:
        return _write_dynamic
    if isinstance(type, Primitive):
        return None
    if isinstance(type, SetOf):
        return _each(_writer(type.element))
    if isinstance(type, ObjectOf):
        return _members({name: _writer(member) for name, member in type.members.items()})
    return _container(type, _writer)


def _container(type: Type, step_for: Callable[[Type], Step | None]) -> Step | None:
    if isinstance(type, ListOf):
        return _each(step_for(type.element))
    if isinstance(type, MapOf):
        inner = step_for(type.element)
        return None if inner is None else lambda raw: {name: _step(inner, member) for name, member in raw.items()}
    if isinstance(type, TupleOf):
        steps = [step_for(element) for element in type.elements]
        return lambda raw: [_step(step, element) for step, element in zip(steps, raw, strict=True)]
    raise ValueError(f"{type!r} is not a type of Terraform")


def _each(step: Step | None) -> Step | None:
    return None if step is None else lambda raw: [_step(step, element) for element in raw]


def _members(steps: dict[str, Step | None]) -> Step | None:
    busy = {name: step for name, step in steps.items() if step is not None}
    if not busy:
        return None

    def convert(raw: dict[str, Any]) -> dict[str, Any]:
        return raw | {name: _step(step, raw.get(name)) for name, step in busy.items()}

    return convert


def _object_reader(type: ObjectOf) -> Step:
    """Objects always have all their members in Python."""
    nulls = dict.fromkeys(type.members)
    convert = _members({name: _reader(member) for name, member in type.members.items()})

    def read(raw: dict[str, Any]) -> dict[str, Any]:
        whole = nulls | raw
        return convert(whole) if convert else whole

    return read


def _read_number(raw: Any) -> Value:
    """A float that Terraform sends is exact; what no float holds exactly comes as text."""
    if isinstance(raw, int):
        return raw
    return number(Decimal(raw))


def _write_number(value: Any) -> Any:
    """Whole numbers of 64 bits as such, all others as text: a float would come back with fewer digits."""
    exact = number(value)
    if isinstance(exact, Decimal):
        return format(exact, "f")
    return exact if _LEAST <= exact <= _MOST else str(exact)


def _read_dynamic(raw: Any) -> Value:
    type = parse_type(json.loads(raw[0]))
    return Dynamic(type, _step(_reader(type), raw[1]))


def _write_dynamic(dynamic: Dynamic) -> Any:
    return [json.dumps(dynamic.type.json()).encode(), _step(_writer(dynamic.type), dynamic.value)]
