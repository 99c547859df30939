"""Writes Kubernetes manifests as YAML, line by line, and marks the lines that a connection needs."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ece_domain.hand_over.content import Line

Path = tuple[str | int, ...]
"""Keys and positions that lead to a value."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def yaml_lines(document: Mapping[str, Any], required: Collection[Path] = ()) -> tuple[Line, ...]:
    """The document in block style, its members in their order; lines of the values at ``required`` are marked.

    Of a text with several lines, the first is marked.
    """
    return tuple(_mapping(document, (), frozenset(required), ""))


def _mapping(value: Mapping[str, Any], path: Path, required: frozenset[Path], indent: str) -> Iterator[Line]:
    for key, member in value.items():
        yield from _entry(f"{indent}{_scalar(key)}:", member, (*path, key), required, indent)


def _entry(head: str, value: Any, path: Path, required: frozenset[Path], indent: str) -> Iterator[Line]:
    """A key or dash with its value; ``indent`` is that of the key."""
    is_marked = path in required
    if isinstance(value, Mapping) and value:
        yield Line(head, required=is_marked)
        yield from _mapping(value, path, required, f"{indent}  ")
    elif isinstance(value, Sequence) and not isinstance(value, str) and value:
        yield Line(head, required=is_marked)
        yield from _items(value, path, required, indent)
    elif isinstance(value, str) and _is_block(value):
        yield Line(f"{head} |{'' if value.endswith(chr(10)) else '-'}")
        for number, text in enumerate(value.rstrip("\n").split("\n")):
            yield Line(f"{indent}  {text}".rstrip(), required=is_marked and number == 0)
    else:
        yield Line(f"{head} {_scalar(value)}", required=is_marked)


def _items(value: Sequence[Any], path: Path, required: frozenset[Path], indent: str) -> Iterator[Line]:
    for number, item in enumerate(value):
        place = (*path, number)
        if isinstance(item, Mapping) and item:
            inner = list(_mapping(item, place, required, f"{indent}    "))
            first = inner[0]
            text = f"{indent}  - {first.text.removeprefix(f'{indent}    ')}"
            yield Line(text, required=first.required or place in required)
            yield from inner[1:]
        else:
            yield from _entry(f"{indent}  -", item, place, required, f"{indent}  ")


def _is_block(text: str) -> bool:
    """A text of several lines that a block says exactly; any other is quoted."""
    return "\n" in text and not text[0].isspace() and not text.endswith("\n\n") and text.replace("\n", "").isprintable()


def _scalar(value: Any) -> str:
    """A text that YAML 1.1 and 1.2 read as this value."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)
