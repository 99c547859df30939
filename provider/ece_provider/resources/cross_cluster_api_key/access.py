"""The ``access`` of a key: between state and API, and which values mean the same. No calls."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from terraform_plugin.values import Values, canonical

KINDS = ("search", "replication")


def to_request(access: Values) -> dict[str, Any]:
    """The member ``access`` of a request; what is null is left out."""
    return {kind: [_entry_request(entry) for entry in access[kind]] for kind in KINDS if access.get(kind)}


def _entry_request(entry: Values) -> dict[str, Any]:
    given = {name: value for name, value in entry.items() if value is not None}
    if "query" in given:
        given["query"] = _decoded(given["query"])
    if "field_security" in given:
        given["field_security"] = {name: list(value) for name, value in given["field_security"].items() if value}
    return given


def to_state(access: Mapping[str, Any]) -> Values:
    """Access as the API shows it, with all members that the schema has."""
    search = [
        {
            "names": list(entry.get("names") or ()),
            "query": _encoded(entry.get("query")),
            "field_security": _fields(entry.get("field_security")),
            "allow_restricted_indices": entry.get("allow_restricted_indices") or None,
        }
        for entry in access.get("search") or ()
    ]
    replication = [
        {
            "names": list(entry.get("names") or ()),
            "allow_restricted_indices": entry.get("allow_restricted_indices") or None,
        }
        for entry in access.get("replication") or ()
    ]
    return {"search": search or None, "replication": replication or None}


def _fields(found: Mapping[str, Any] | None) -> Values | None:
    if not found:
        return None
    return {"grant": list(found["grant"]) if found.get("grant") else None, "except": found.get("except") or None}


def _encoded(query: Any) -> str | None:
    if query is None:
        return None
    return query if isinstance(query, str) else json.dumps(query, sort_keys=True)


def _decoded(query: Any) -> Any:
    """The query as JSON where it is JSON; Elasticsearch takes both and shows it as a text."""
    if not isinstance(query, str):
        return query
    try:
        return json.loads(query)
    except ValueError:
        return query


def same_access(left: Any, right: Any) -> bool:
    """True when two values of ``access`` let the same things through; order and defaults do not count."""
    return _meaning(left) == _meaning(right)


def _meaning(access: Any) -> dict[str, list[str]]:
    known = access if isinstance(access, Mapping) else {}
    return {kind: sorted(_entry_meaning(entry) for entry in known.get(kind) or ()) for kind in KINDS}


def _entry_meaning(entry: Mapping[str, Any]) -> str:
    fields = entry.get("field_security") or {}
    return canonical(
        {
            "names": sorted(set(entry.get("names") or ())),
            "query": json.dumps(_decoded(entry.get("query")), sort_keys=True),
            "grant": sorted(set(fields.get("grant") or ())),
            "except": sorted(set(fields.get("except") or ())),
            "restricted": bool(entry.get("allow_restricted_indices")),
        }
    )
