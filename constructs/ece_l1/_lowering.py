"""Values on their way into Terraform's files: to JSON types, and from there to HCL. No construct, no vendor."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import PurePath
from typing import Any, Final

LARGEST_EXACT: Final = 2**53
"""Larger integers are rounded on their way through the library, so they travel as text; Terraform reads that too."""

_AS_TEXT: Final = (IPv4Address, IPv4Network, IPv6Address, IPv6Network, PurePath)


@dataclass(frozen=True)
class Deferred:
    """A value that is asked for when the stack is written, each time anew; None leaves the argument out.

    ``produce`` must not raise: an error at that time would hide what validations have to say.
    """

    produce: Callable[[], Any]


def to_json(value: Any) -> Any:
    """Return ``value`` as JSON types and tokens; members that are None are left out of mappings.

    Raises:
        TypeError: a kind of object that has no JSON form.
    """
    if value is None or (isinstance(value, bool | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Deferred):
        return to_json(value.produce())
    if isinstance(value, Enum):
        return to_json(value.value)
    if isinstance(value, int | float):
        return str(value) if isinstance(value, int) and abs(value) > LARGEST_EXACT else value
    if isinstance(value, _AS_TEXT):
        return str(value)
    if isinstance(value, Mapping | Sequence | Set):
        return _collection(value)
    if is_foreign(value) and not hasattr(type(value), "node"):
        return value
    hint = "; use one of its attributes" if is_foreign(value) else ""
    raise TypeError(f"{type(value).__name__} has no JSON form{hint}")


def _collection(value: Mapping[Any, Any] | Sequence[Any] | Set[Any]) -> Any:
    if isinstance(value, Mapping):
        lowered = ((str(key), to_json(member)) for key, member in value.items())
        return {key: member for key, member in lowered if member is not None}
    if isinstance(value, Set):
        return sorted((to_json(member) for member in value), key=str)
    if isinstance(value, bytes | bytearray | memoryview):
        raise TypeError(f"{type(value).__name__} has no JSON form; decode it first")
    return [to_json(member) for member in value]


def is_foreign(value: Any) -> bool:
    """True for objects of the CDK library itself (tokens, references), which it resolves on its own."""
    return hasattr(type(value), "__jsii_type__") or hasattr(value, "__jsii_ref__")


def check(value: Any, where: str) -> None:
    """Refuse what :func:`to_json` would refuse, at once and by name; deferred values are not asked.

    Raises:
        TypeError: names ``where`` and the kind of object.
    """
    if isinstance(value, Deferred):
        return
    if isinstance(value, Mapping):
        members: Iterable[tuple[Any, Any]] = value.items()
    elif isinstance(value, Sequence | Set) and not isinstance(value, str | bytes):
        members = enumerate(value)
    else:
        _check_single(value, where)
        return
    for key, member in members:
        check(member, f"{where}[{key!r}]")


def _check_single(value: Any, where: str) -> None:
    try:
        to_json(value)
    except TypeError as error:
        raise TypeError(f"{where}: {error}") from None


def to_hcl(value: Any) -> Any:
    """Return a lowered value in the form that the library's HCL writer copies without harm.

    The writer copies text that starts with a quote as it stands, and puts quotes around text that holds ``${``;
    other text it takes for a number, a list or an object when it looks like one, and it does not escape line ends.
    """
    if isinstance(value, str):
        quoted = json.dumps(value, ensure_ascii=False)
        return quoted[1:-1] if "${" in value else quoted
    if isinstance(value, dict):
        return {key: to_hcl(member) for key, member in value.items()}
    if isinstance(value, list):
        return [to_hcl(member) for member in value]
    return value


def hcl_attribute(value: Any) -> dict[str, Any]:
    """Describe an argument to the library's HCL writer."""
    return {"value": to_hcl(value), "isBlock": False, "type": "any", "storageClassType": "any"}
