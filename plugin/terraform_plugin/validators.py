"""Ready-made checks of single values. Each is called with known, non-null values only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from terraform_plugin import durations
from terraform_plugin.diagnostics import Diagnostic, Path
from terraform_plugin.schema import Validator
from terraform_plugin.values import Number, Value, is_set


def refuse(path: Path, value: Value, description: str) -> Diagnostic:
    """The usual words: which argument, which value, what is allowed."""
    shown = f'"{value}"' if isinstance(value, str) else value
    return Diagnostic(f"Invalid value for {path}", f"Got {shown}. Allowed: {description}.", path)


@dataclass(frozen=True)
class OneOf:
    """The value is one of these."""

    choices: tuple[Value, ...]

    def __init__(self, *choices: Value) -> None:
        object.__setattr__(self, "choices", choices)

    @property
    def description(self) -> str:
        """All choices."""
        return "one of " + ", ".join(
            f'"{choice}"' if isinstance(choice, str) else str(choice) for choice in self.choices
        )

    def check(self, value: Value, path: Path) -> Iterable[Diagnostic]:
        """Refuse anything else."""
        if value not in self.choices:
            yield refuse(path, value, self.description)


@dataclass(frozen=True)
class Matches:
    """The whole string matches a regular expression; ``description`` says it in words."""

    pattern: str
    description: str

    def check(self, value: Value, path: Path) -> Iterable[Diagnostic]:
        """Refuse a string that does not match."""
        if re.fullmatch(self.pattern, value) is None:
            yield refuse(path, value, self.description)


@dataclass(frozen=True)
class Between:
    """A number from ``low`` to ``high``, both included."""

    low: Number
    high: Number

    @property
    def description(self) -> str:
        """The range."""
        return f"a number from {self.low} to {self.high}"

    def check(self, value: Value, path: Path) -> Iterable[Diagnostic]:
        """Refuse a number outside."""
        if not self.low <= value <= self.high:
            yield refuse(path, value, self.description)


@dataclass(frozen=True)
class LengthBetween:
    """A string of ``low`` to ``high`` characters."""

    low: int
    high: int

    @property
    def description(self) -> str:
        """The range."""
        return f"a text of {self.low} to {self.high} characters"

    def check(self, value: Value, path: Path) -> Iterable[Diagnostic]:
        """Refuse a shorter or longer string."""
        if not self.low <= len(value) <= self.high:
            yield refuse(path, value, self.description)


@dataclass(frozen=True)
class NotEmpty:
    """A string with at least one character that is no blank."""

    description: str = "a text that is not empty"

    def check(self, value: Value, path: Path) -> Iterable[Diagnostic]:
        """Refuse an empty string."""
        if not value.strip():
            yield refuse(path, value, self.description)


@dataclass(frozen=True)
class ItemsBetween:
    """A list, set or map of ``low`` to ``high`` elements."""

    low: int
    high: int

    @property
    def description(self) -> str:
        """The range."""
        return f"{self.low} to {self.high} elements"

    def check(self, value: Value, path: Path) -> Iterable[Diagnostic]:
        """Refuse fewer or more elements."""
        if not self.low <= len(value) <= self.high:
            detail = f"Got {len(value)} elements. Allowed: {self.description}."
            yield Diagnostic(f"Invalid number of elements in {path}", detail, path)


@dataclass(frozen=True)
class Duration:
    """A duration such as ``30m``."""

    description: str = "a duration such as 90s, 30m or 1h30m"

    def check(self, value: Value, path: Path) -> Iterable[Diagnostic]:
        """Refuse what is no duration."""
        try:
            durations.parse(value)
        except ValueError:
            yield refuse(path, value, self.description)


@dataclass(frozen=True)
class EachItem:
    """Applies validators to every known element of a list, set or map of plain values."""

    validators: Sequence[Validator]

    def __init__(self, *validators: Validator) -> None:
        object.__setattr__(self, "validators", validators)

    @property
    def description(self) -> str:
        """What each element must be."""
        return "each " + " and ".join(validator.description for validator in self.validators)

    def check(self, value: Value, path: Path) -> Iterable[Diagnostic]:
        """Check each element; elements of a list and of a map have a place of their own."""
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for name, item in items:
            place = path.key(name) if isinstance(value, dict) else path.index(int(name))
            if is_set(item):
                for validator in self.validators:
                    yield from validator.check(item, place)
