"""Validators for single values, and checks of which attributes go together.

A validator sees known values only; what is unknown inside a collection is passed over and checked once it is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from terraform_plugin.diagnostics import Diagnostic, Path
from terraform_plugin.resource import ValidateContext
from terraform_plugin.schema import Validator
from terraform_plugin.values import UNKNOWN, Number, Value, is_set


def _refused(path: Path, value: Value, allowed: str) -> Diagnostic:
    shown = f'"{value}"' if isinstance(value, str) else f"{value}"
    return Diagnostic(f"Invalid value for {path}", f"{path} is {shown}. Allowed: {allowed}.", path)


class OneOf:
    """One of a fixed list of values."""

    def __init__(self, *values: Any) -> None:
        self.values = values

    @property
    def description(self) -> str:
        """``one of "ip", "vpce"``."""
        return "one of " + ", ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in self.values)

    def check(self, value: Value, path: Path) -> Iterator[Diagnostic]:
        """Refuse every other value."""
        if value not in self.values:
            yield _refused(path, value, self.description)


class Matches:
    """A string that matches a regular expression from its first to its last character.

    ``allowed`` says the same in words: users do not read expressions.
    """

    def __init__(self, pattern: str, allowed: str = "") -> None:
        self.pattern = re.compile(pattern)
        self.allowed = allowed

    @property
    def description(self) -> str:
        """The words, or the pattern itself."""
        return self.allowed or f"text that matches {self.pattern.pattern}"

    def check(self, value: Value, path: Path) -> Iterator[Diagnostic]:
        """Refuse what does not match."""
        if not self.pattern.fullmatch(value):
            yield _refused(path, value, self.description)


class LengthBetween:
    """A string of so many characters."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    @property
    def description(self) -> str:
        """``1 to 64 characters``."""
        return f"{self.least} to {self.most} characters"

    def check(self, value: Value, path: Path) -> Iterator[Diagnostic]:
        """Refuse what is shorter or longer; the value itself is not repeated, only its length."""
        if not self.least <= len(value) <= self.most:
            yield Diagnostic(
                f"Invalid length of {path}", f"{path} has {len(value)} characters. Allowed: {self.description}.", path
            )


class ItemsBetween:
    """A list, set or map of so many elements."""

    def __init__(self, least: int, most: int | None = None) -> None:
        self.least, self.most = least, most

    @property
    def description(self) -> str:
        """``1 to 128 elements``."""
        return f"{self.least} or more elements" if self.most is None else f"{self.least} to {self.most} elements"

    def check(self, value: Value, path: Path) -> Iterator[Diagnostic]:
        """Refuse fewer and more."""
        if len(value) < self.least or (self.most is not None and len(value) > self.most):
            yield Diagnostic(
                f"Invalid number of elements in {path}",
                f"{path} has {len(value)} elements. Allowed: {self.description}.",
                path,
            )


class Between:
    """A number from ``least`` to ``most``, both included; None leaves a side open."""

    def __init__(self, least: Number | float | None, most: Number | float | None = None) -> None:
        self.least, self.most = least, most

    @property
    def description(self) -> str:
        """``1 to 65535``."""
        if self.most is None:
            return f"{self.least} or more"
        return f"{self.most} or less" if self.least is None else f"{self.least} to {self.most}"

    def check(self, value: Value, path: Path) -> Iterator[Diagnostic]:
        """Refuse what lies outside."""
        if (self.least is not None and value < self.least) or (self.most is not None and value > self.most):
            yield _refused(path, value, self.description)


class Whole:
    """A number without a fraction."""

    @property
    def description(self) -> str:
        """``a whole number``."""
        return "a whole number"

    def check(self, value: Value, path: Path) -> Iterator[Diagnostic]:
        """Refuse fractions."""
        if not isinstance(value, int):
            yield _refused(path, value, self.description)


class Duration:
    """A duration such as ``90s``, ``30m`` or ``1h30m``."""

    @property
    def description(self) -> str:
        """Examples."""
        return "a duration such as `90s`, `30m` or `1h30m`"

    def check(self, value: Value, path: Path) -> Iterator[Diagnostic]:
        """Refuse what is no duration."""
        from terraform_plugin.durations import parse

        try:
            parse(value)
        except ValueError:
            yield _refused(path, value, self.description)


class NotEmpty:
    """A string with at least one visible character, or a collection with at least one element."""

    @property
    def description(self) -> str:
        """``not empty``."""
        return "not empty"

    def check(self, value: Value, path: Path) -> Iterator[Diagnostic]:
        """Refuse the empty and the blank."""
        if not (value.strip() if isinstance(value, str) else value):
            yield Diagnostic(f"{path} is empty", f"{path} must not be empty. Give a value or leave it out.", path)


class EachItem:
    """Every element of a list, set or map passes all of ``validators``.

    Elements of sets have no address, so their diagnostics point at the set.
    """

    def __init__(self, *validators: Validator) -> None:
        self.validators = validators

    @property
    def description(self) -> str:
        """What holds for each element."""
        return "each element: " + "; ".join(validator.description for validator in self.validators)

    def check(self, value: Value, path: Path) -> Iterator[Diagnostic]:
        """Check the known elements."""
        places: Iterable[tuple[Path, Value]]
        if isinstance(value, dict):
            places = ((path.key(name), element) for name, element in value.items())
        else:
            places = ((path.index(number), element) for number, element in enumerate(value))
        for place, element in places:
            if is_set(element):
                for validator in self.validators:
                    yield from validator.check(element, place)


class EachKey:
    """Every key of a map passes all of ``validators``."""

    def __init__(self, *validators: Validator) -> None:
        self.validators = validators

    @property
    def description(self) -> str:
        """What holds for each key."""
        return "each key: " + "; ".join(validator.description for validator in self.validators)

    def check(self, value: Value, path: Path) -> Iterator[Diagnostic]:
        """Check the keys, which are always known."""
        for name in value:
            for validator in self.validators:
                yield from validator.check(name, path.key(name))


@dataclass(frozen=True)
class Satisfies:
    """A value for which ``test`` is true; ``description`` says what is allowed."""

    test: Callable[[Value], bool]
    description: str

    def check(self, value: Value, path: Path) -> Iterator[Diagnostic]:
        """Refuse the others."""
        if not self.test(value):
            yield _refused(path, value, self.description)


def exactly_one_of(context: ValidateContext, *names: str) -> None:
    """Add an error unless exactly one of the top-level attributes ``names`` is given; unknown ones may be either."""
    if not at_most_one_of(context, *names):
        return
    if all(context.config.get(name) is None for name in names):
        context.diagnostics.error("An argument is missing", f"Give exactly one of {_listed(names)}.", Path(names[0]))


def at_most_one_of(context: ValidateContext, *names: str) -> bool:
    """Add an error when more than one of ``names`` is given; returns whether that was not so."""
    given = [name for name in names if is_set(context.config.get(name))]
    if len(given) > 1:
        context.diagnostics.error(
            "Arguments exclude each other",
            f"{_listed(given, 'and')} are given together. Give only one of {_listed(names)}.",
            Path(given[1]),
        )
    return len(given) <= 1


def required_together(context: ValidateContext, *names: str) -> None:
    """Add an error when some of ``names`` are given and others are not."""
    given = [name for name in names if context.config.get(name) is not None]
    missing = [name for name in names if context.config.get(name) is None]
    if missing and any(context.config[name] is not UNKNOWN for name in given):
        context.diagnostics.error(
            "An argument is missing",
            f"{_listed(names, 'and')} go together; {_listed(missing, 'and')} is missing.",
            Path(given[0]),
        )


def _listed(names: Iterable[str], word: str = "or") -> str:
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last
