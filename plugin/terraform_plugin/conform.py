"""Makes what a provider returned fit the schema, so that it can always be sent: no object is lost over a type.

Every repair that changes the meaning is reported as a problem; the caller turns problems into diagnostics.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

from terraform_plugin.diagnostics import Path
from terraform_plugin.types import (
    ListOf,
    MapOf,
    ObjectOf,
    Primitive,
    SetOf,
    TupleOf,
    Type,
    parse_type,
    type_of,
)
from terraform_plugin.values import UNKNOWN, Dynamic, Value, canonical_set, number


@dataclass
class Fitting:
    """One walk over a value.

    ``lenient`` also converts between text, numbers and bools, as Terraform itself does. ``stored`` is for values out
    of a state file: members that the schema does not have are dropped, dynamic values are unpacked.
    """

    lenient: bool = False
    stored: bool = False
    problems: list[tuple[Path, str]] = field(default_factory=list)

    def fit(self, value: Any, type: Type, path: Path) -> Value:
        """``value`` as a value of ``type``; null with a problem where it cannot be one."""
        if value is None or value is UNKNOWN:
            return value
        if isinstance(type, Primitive):
            return self._primitive(value, type.name, path)
        if isinstance(type, ObjectOf):
            return self._object(value, type, path)
        if isinstance(type, MapOf):
            return self._map(value, type.element, path)
        if isinstance(type, TupleOf):
            elements = self._elements(value, path)
            if elements is None or len(elements) != len(type.elements):
                return self._refuse(value, f"{len(type.elements)} elements", path)
            pairs = enumerate(zip(elements, type.elements, strict=True))
            return [self.fit(element, inner, path.index(index)) for index, (element, inner) in pairs]
        if not isinstance(type, ListOf | SetOf):
            return self._refuse(value, str(type.json()), path)
        return self._sequence(value, type, path)

    def _refuse(self, value: Any, wanted: str, path: Path) -> Any:
        """Null, with a problem."""
        self.problems.append((path, f"is a Python {value.__class__.__name__} where the schema wants {wanted}"))

    def _primitive(self, value: Any, name: str, path: Path) -> Value:
        if isinstance(value, Enum) and not isinstance(value, int):
            value = value.value
        if name == "dynamic":
            return self._dynamic(value, path)
        fitted = _PRIMITIVES[name](value)
        if fitted is None and self.lenient:
            fitted = _converted(value, name)
        if fitted is None:
            return self._refuse(value, f"a {name}", path)
        return fitted

    def _dynamic(self, value: Any, path: Path) -> Value:
        """A value with its type; in a state file both stand side by side."""
        if isinstance(value, Dynamic):
            return Dynamic(value.type, self.fit(value.value, value.type, path))
        if self.stored and isinstance(value, Mapping) and value.keys() == {"type", "value"}:
            type = parse_type(value["type"])
            return Dynamic(type, self.fit(value["value"], type, path))
        try:
            type = type_of(value)
        except ValueError:
            return self._refuse(value, "any value of Terraform", path)
        return Dynamic(type, self.fit(value, type, path))

    def _object(self, value: Any, type: ObjectOf, path: Path) -> Value:
        if not isinstance(value, Mapping):
            return self._refuse(value, "an object", path)
        for name in value:
            if name not in type.members and not self.stored:
                self.problems.append((path.attribute(str(name)), "is not in the schema"))
        return {name: self.fit(value.get(name), member, path.attribute(name)) for name, member in type.members.items()}

    def _map(self, value: Any, element: Type, path: Path) -> Value:
        if not isinstance(value, Mapping):
            return self._refuse(value, "a map", path)
        return {str(name): self.fit(member, element, path.key(str(name))) for name, member in value.items()}

    def _sequence(self, value: Any, type: ListOf | SetOf, path: Path) -> Value:
        elements = self._elements(value, path)
        if elements is None:
            return self._refuse(value, "a list" if isinstance(type, ListOf) else "a set", path)
        if isinstance(type, SetOf):
            return canonical_set(self.fit(element, type.element, path) for element in elements)
        return [self.fit(element, type.element, path.index(index)) for index, element in enumerate(elements)]

    def _elements(self, value: Any, path: Path) -> list[Any] | None:
        if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
            return None
        return list(value)


def _string(value: Any) -> str | None:
    return str(value) if isinstance(value, str) else None


def _number(value: Any) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    fitted = number(value)
    return None if isinstance(fitted, Decimal) and fitted.is_nan() else fitted


def _bool(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


_PRIMITIVES: dict[str, Callable[[Any], Value]] = {
    "string": _string,
    "number": _number,
    "bool": _bool,
}


def _converted(value: Any, name: str) -> Value:
    """Terraform's own conversions between the three primitive types; None where there is none."""
    if name == "string" and isinstance(value, bool):
        return "true" if value else "false"
    if name == "string" and isinstance(value, int | Decimal):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    if name == "number" and isinstance(value, str):
        try:
            return number(Decimal(value))
        except InvalidOperation:
            return None
    return {"true": True, "false": False}.get(value) if name == "bool" and isinstance(value, str) else None
