"""YAML as Elasticsearch and Kubernetes read it: a name given twice is an error, settings may be flat or nested."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import yaml

from ece_simulator.partners.failure import StartFailure


class _Strict(yaml.SafeLoader):
    """Refuses a mapping that names a key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """The mapping; yaml.YAMLError names the key that is there twice."""
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                line = key.start_mark.line + 1
                raise yaml.constructor.ConstructorError(None, None, f"Duplicate field '{name}' in line {line}")
            seen.add(name)
        made: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return made


def documents_of(text: str) -> list[Any]:
    """All documents of a text; ValueError says what is no YAML about it."""
    try:
        return [document for document in yaml.load_all(text, Loader=_Strict) if document is not None]
    except yaml.YAMLError as error:
        raise ValueError(f"error parsing YAML: {error}") from error


def dumped(value: Any) -> str:
    """A value as YAML."""
    return str(yaml.safe_dump(value, sort_keys=False, default_flow_style=False))


def settings_of(text: str, file: str) -> dict[str, Any]:
    """The flat settings of a file; StartFailure for what Elasticsearch refuses to load.

    Values are texts or lists of texts, as Elasticsearch keeps them; names without a value are not there.
    """
    try:
        found = documents_of(text)
    except ValueError as error:
        raise StartFailure(f"Failed to load settings from [{file}]: {error}") from error
    if not found:
        return {}
    if len(found) > 1 or not isinstance(found[0], dict):
        raise StartFailure(f"Failed to load settings from [{file}]: malformed, expected settings to start with names")
    return flat(found[0], file)


def flat(given: dict[str, Any], file: str) -> dict[str, Any]:
    """Nested settings made flat; StartFailure for a setting that is given flat and nested."""
    settings: dict[str, Any] = {}
    for name, value in _entries(given, ""):
        if name in settings:
            raise StartFailure(f"Failed to load settings from [{file}]: duplicate settings key [{name}] found")
        settings[name] = value
    return settings


def _entries(given: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in given.items():
        if isinstance(value, dict):
            yield from _entries(value, f"{prefix}{name}.")
        elif value is not None:
            yield f"{prefix}{name}", [_text(item) for item in value] if isinstance(value, list) else _text(value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def listed(value: Any) -> list[str]:
    """A list setting; a text may hold several values with commas between them."""
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [part.strip() for part in value.split(",")]
