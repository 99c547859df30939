"""Terraform's value types: what an attribute may hold, and how the type is written on the wire (JSON)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from terraform_plugin.values import UNKNOWN, Dynamic, Value

JsonType = str | list[Any]
"""A type as Terraform writes it: ``"string"``, ``["list", "string"]``, ``["object", {"a": "number"}]`` …"""


class Type:
    """Base of all value types; compare with ``==``."""

    def json(self) -> JsonType:
        """The type as Terraform writes it in ``Schema.Attribute.type``."""
        raise TypeError(f"{type(self).__name__} has no wire form")


@dataclass(frozen=True)
class Primitive(Type):
    """``string``, ``number``, ``bool`` or ``dynamic``; use the constants below."""

    name: str

    def json(self) -> JsonType:
        """The bare name."""
        return self.name


STRING = Primitive("string")
NUMBER = Primitive("number")
BOOL = Primitive("bool")
DYNAMIC = Primitive("dynamic")
"""Any value; its own type travels with it."""


@dataclass(frozen=True)
class ListOf(Type):
    """An ordered sequence of one element type."""

    element: Type

    def json(self) -> JsonType:
        """``["list", T]``."""
        return ["list", self.element.json()]


@dataclass(frozen=True)
class SetOf(Type):
    """An unordered collection without duplicates; in Python a list in canonical order."""

    element: Type

    def json(self) -> JsonType:
        """``["set", T]``."""
        return ["set", self.element.json()]


@dataclass(frozen=True)
class MapOf(Type):
    """String keys to one element type."""

    element: Type

    def json(self) -> JsonType:
        """``["map", T]``."""
        return ["map", self.element.json()]


@dataclass(frozen=True)
class ObjectOf(Type):
    """Named members, each with a type of its own."""

    members: Mapping[str, Type]

    def json(self) -> JsonType:
        """``["object", {"a": T}]``."""
        return ["object", {name: member.json() for name, member in self.members.items()}]

    def __hash__(self) -> int:
        """Hash by members, as the mapping itself has none."""
        return hash(tuple(sorted((name, hash(member)) for name, member in self.members.items())))


@dataclass(frozen=True)
class TupleOf(Type):
    """A fixed sequence of types."""

    elements: Sequence[Type]

    def json(self) -> JsonType:
        """``["tuple", [T, …]]``."""
        return ["tuple", [element.json() for element in self.elements]]


_PRIMITIVES = {type.name: type for type in (STRING, NUMBER, BOOL, DYNAMIC)}
_COLLECTIONS: Mapping[str, Callable[[Type], Type]] = {"list": ListOf, "set": SetOf, "map": MapOf}


def parse_type(text: Any) -> Type:
    """The type that Terraform wrote as ``text`` (decoded JSON); ValueError when it is none."""
    if isinstance(text, str) and text in _PRIMITIVES:
        return _PRIMITIVES[text]
    if isinstance(text, list) and len(text) >= 2:
        kind, inner = text[0], text[1]
        if kind in _COLLECTIONS:
            return _COLLECTIONS[kind](parse_type(inner))
        if kind == "object":
            return ObjectOf({name: parse_type(member) for name, member in inner.items()})
        if kind == "tuple":
            return TupleOf(tuple(parse_type(element) for element in inner))
    raise ValueError(f"{text!r} is not a type of Terraform")


def type_of(value: Value) -> Type:
    """The type of a value that stands in a dynamic attribute; ValueError when Terraform has no such value."""
    if isinstance(value, Dynamic):
        return value.type
    if value is None or value is UNKNOWN:
        return DYNAMIC
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, str):
        return STRING
    if isinstance(value, int | float | Decimal):
        return NUMBER
    if isinstance(value, list | tuple):
        return TupleOf(tuple(type_of(element) for element in value))
    if isinstance(value, Mapping):
        return ObjectOf({str(name): type_of(member) for name, member in value.items()})
    raise ValueError(f"Terraform has no values of type {type(value).__name__}")
