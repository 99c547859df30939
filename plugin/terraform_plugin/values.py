"""Terraform values in Python: ``None`` is null, ``UNKNOWN`` is "known after apply", the rest are plain Python values.

Strings, bools, ``int`` (or ``Decimal`` where a number is no integer), lists (also for sets, in canonical order) and
dicts (maps and objects; an object always has all its members).
"""

from __future__ import annotations

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

Number = int | Decimal
"""Numbers: ``int`` where the value is an integer, else ``Decimal``."""


@dataclass(frozen=True)
class Dynamic:
    """The value of a ``dynamic`` attribute together with the type it came with."""

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
    return True


def is_set(value: Value) -> TypeGuard[Any]:
    """True when the value is known and not null: something a check can look at."""
    return value is not None and value is not UNKNOWN
