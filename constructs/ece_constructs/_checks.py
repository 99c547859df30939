"""Checks of single values and their way into JSON; whatever may be a token passes :func:`known` first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from pathlib import Path
from typing import Any, Final, TypeVar

from ece_constructs.errors import EceValueError
from ece_domain.findings import Finding, InvalidValue, coded
from ece_l1._cdk import Token
from ece_l1._lowering import is_foreign

T = TypeVar("T")

_MARK_OF_TOKENS: Final = "TfToken["
_TOKEN_NUMBERS_BELOW: Final = -1e200
"""Number tokens are huge negative numbers (about -8.1e298)."""


def known(value: Any) -> bool:
    """False when the value is a token or holds one anywhere: Terraform knows it later, so it must not be judged now."""
    if isinstance(value, str):
        return _MARK_OF_TOKENS not in value
    if isinstance(value, Mapping):
        return all(known(key) and known(member) for key, member in value.items())
    if isinstance(value, Sequence | Set):
        return all(known(member) for member in value)
    if isinstance(value, float | int):
        return value > _TOKEN_NUMBERS_BELOW or not Token.is_unresolved(value)
    return not is_foreign(value)


def literal(value: Any) -> Any:
    """The value with its text protected: ``${`` and ``%{`` in it mean nothing to Terraform; tokens stay tokens."""
    if isinstance(value, str):
        return _escaped(value)
    if isinstance(value, Mapping):
        return {key: literal(member) for key, member in value.items()}
    if isinstance(value, Sequence | Set) and not isinstance(value, bytes):
        return [literal(member) for member in value]
    return value


def _escaped(text: str) -> str:
    """Double the sign before each brace, except where a token of the library begins."""
    if "{" not in text:
        return text
    parts = text.replace("%{", "%%{").split("${")
    return parts[0] + "".join(f"${{{part}" if part.startswith(_MARK_OF_TOKENS) else f"$${{{part}" for part in parts[1:])


def judged(path: str, property_: str, value: T, judge: Callable[[T], object]) -> T:
    """Return the value when it is a token or ``judge`` takes it.

    Raises:
        EceValueError: ``judge`` raised ``InvalidValue`` or returned a finding.
    """
    if known(value):
        try:
            finding = judge(value)
        except InvalidValue as problem:
            raise EceValueError(path, property_, value, coded(_allowed(value, str(problem)), problem.code)) from None
        if isinstance(finding, Finding) and finding.is_error:
            raise EceValueError(path, property_, value, coded(_allowed(value, finding.detail), finding.code))
    return value


def _allowed(value: object, text: str) -> str:
    """What is left of ``"9.2" is not a version: three numbers are needed`` when the value is told already."""
    said = text.removeprefix(f'"{value}" ').rstrip(".")
    return said.partition(": ")[2] if said.startswith("is not a") and ": " in said else said


def text(path: str, property_: str, value: Any) -> str:
    """Return a text that is not empty, or a token.

    Raises:
        EceValueError: anything else.
    """
    if not isinstance(value, str) or not value.strip():
        raise EceValueError(path, property_, value, "text is needed, not empty")
    return value


def flag(path: str, property_: str, value: Any) -> Any:
    """Return True, False, None or a token.

    Raises:
        EceValueError: anything else.
    """
    if value is None or isinstance(value, bool) or not known(value):
        return value
    raise EceValueError(path, property_, value, "True or False is needed")


def listed(path: str, property_: str, value: Iterable[T] | None) -> tuple[T, ...]:
    """Return the members of a list; None is none.

    Raises:
        EceValueError: a bare string, whose letters would pass for a list, or something without members.
    """
    if value is None:
        return ()
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise EceValueError(path, property_, value, f"a list is needed: [{value!r}]")
    return tuple(value)


def text_mapping(path: str, property_: str, value: Any) -> Mapping[str, str] | None:
    """Return a mapping of text to text, or a token, or None.

    Raises:
        EceValueError: anything else, named by key.
    """
    if value is None or (not isinstance(value, Mapping) and not known(value)):
        return value
    if not isinstance(value, Mapping):
        raise EceValueError(path, property_, value, 'a mapping is needed, such as {"team": "search"}')
    for key, member in value.items():
        if not isinstance(key, str) or not isinstance(member, str):
            raise EceValueError(path, f"{property_}[{key!r}]", member, "text is needed")
    return value


def version_known(side: Any) -> str | None:
    """The version of a cluster where the program gives it; of imported deployments it is known later."""
    given = getattr(side, "_version", None)
    return given if given is not None and known(given) else None


def file_path(path: str, property_: str, value: str | Path | None) -> str | None:
    """Return the absolute path of a file: Terraform runs in a folder of its own, where a relative one means nothing.

    Raises:
        EceValueError: neither text nor a path.
    """
    if value is None or (isinstance(value, str) and not known(value)):
        return value
    if not isinstance(value, str | Path) or not str(value).strip():
        raise EceValueError(path, property_, value, "the path of a file is needed")
    return str(Path(value).expanduser().absolute())
