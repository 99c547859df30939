"""Terraform values in Python: ``None`` is null, ``UNKNOWN`` is "known after apply", the rest are plain Python values.

Strings, bools, ``int`` (or ``Decimal`` where a number is no integer), lists (also for sets, in canonical order) and
dicts (maps and objects; an object always has all its members). A ``dynamic`` attribute holds a ``Dynamic``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeGuard

if TYPE_CHECKING:
    from terraform_plugin.types import Type


class Unknown:
    """The type of ``UNKNOWN``; there is one instance only."""

    _instance: Unknown | None = None

    def __new__(cls) -> Unknown:
        """Return the only instance."""
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __repr__(self) -> str:
        """``UNKNOWN``."""
        return "UNKNOWN"

    def __bool__(self) -> bool:
        """Refuse: a branch on an unknown value is always a mistake."""
        raise TypeError("an unknown value is neither true nor false; ask is_known() first")

    def __copy__(self) -> Unknown:
        """Stay the only instance."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Unknown:
        """Stay the only instance."""
        return self

    def __reduce__(self) -> str:
        """Stay the only instance through pickling."""
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
"""A value that Terraform knows only after apply."""

Value = Any
"""Any Terraform value as described at the top of this module."""


Values = dict[str, Any]
"""The members of an object: a whole configuration, plan or state of one resource."""

_MOST_DIGITS: Final = 1000
"""Beyond it a number stays a ``Decimal``: an ``int`` with a million digits would only cost memory."""

Number = int | Decimal
"""Numbers: ``int`` where the value is an integer, else ``Decimal``."""


@dataclass(frozen=True)
class Dynamic:
    """The value of a ``dynamic`` attribute together with the type it came with; the value may be null or unknown.

    A resource may return a plain value instead: its type is then taken from the value.
    """

    type: Type
    value: Value


def is_known(value: Value) -> bool:
    """True when the value itself is known (its members may still be unknown)."""
    return value is not UNKNOWN


def is_wholly_known(value: Value) -> bool:
    """True when neither the value nor any member of it is unknown."""
    if value is UNKNOWN:
        return False
    if isinstance(value, dict):
        return all(is_wholly_known(member) for member in value.values())
    if isinstance(value, list):
        return all(is_wholly_known(member) for member in value)
    return is_wholly_known(value.value) if isinstance(value, Dynamic) else True


def is_set(value: Value) -> TypeGuard[Any]:
    """True when the value is known and not null: something a check can look at."""
    return value is not None and value is not UNKNOWN


def number(value: int | float | Decimal) -> Number:
    """The one form of a number: ``int`` where it is an integer, else a ``Decimal`` without trailing zeros."""
    if isinstance(value, int):
        return int(value)
    # A float that Python code wrote as 0.1 means 0.1, not the nearest binary fraction.
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not exact.is_finite() or exact.adjusted() > _MOST_DIGITS:
        return exact
    if exact == exact.to_integral_value():
        return int(exact)
    sign, digits, exponent = exact.as_tuple()
    text = "".join(map(str, digits))
    kept = text.rstrip("0")
    return Decimal((sign, tuple(map(int, kept)), int(exponent) + len(text) - len(kept)))


def copy(value: Value) -> Value:
    """A copy that shares no list or dict with ``value``."""
    if isinstance(value, list):
        return [copy(member) for member in value]
    if isinstance(value, dict):
        return {name: copy(member) for name, member in value.items()}
    return Dynamic(value.type, copy(value.value)) if isinstance(value, Dynamic) else value


def canonical(value: Value) -> str:
    """A text that is the same for equal values: the order of a set, and what tells its elements apart."""
    if value is None or value is UNKNOWN or isinstance(value, bool):
        return f"~{value!r}"
    if isinstance(value, str):
        return f"s{value}\0"
    if isinstance(value, list):
        return f"[{''.join(map(canonical, value))}]"
    if isinstance(value, dict):
        return "{" + "".join(f"{name}={canonical(value[name])}" for name in sorted(value)) + "}"
    return f"d{canonical(value.value)}" if isinstance(value, Dynamic) else f"n{value}\0"


def canonical_set(elements: Iterable[Value]) -> list[Value]:
    """The elements of a set in canonical order, without doubles (unknown ones may still become different)."""
    found: dict[str, Value] = {}
    for number, element in enumerate(elements):
        key = canonical(element)
        found[key if is_wholly_known(element) else f"{key}{number:09}"] = element
    return [found[key] for key in sorted(found)]
