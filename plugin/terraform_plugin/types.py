"""Terraform's value types: what an attribute may hold, and how the type is written on the wire (JSON)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
