"""Indices with a few documents: index expressions, a small part of the query language, hits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ece_simulator.elasticsearch.errors import ElasticsearchError, parsing
from ece_simulator.elasticsearch.patterns import fits, is_pattern

Indices = dict[str, dict[str, dict[str, Any]]]
DEFAULT_SIZE = 10


def no_such_index(name: str) -> ElasticsearchError:
    """404 for an index that is not there."""
    return ElasticsearchError(404, "index_not_found_exception", f"no such index [{name}]")


def chosen(
    indices: Indices,
    expressions: Iterable[str],
    allowed: Callable[[str], bool],
    denied: Callable[[str], ElasticsearchError],
) -> list[str]:
    """The indices that expressions mean. Wildcards see only what is allowed; a name that is not allowed is refused."""
    found: dict[str, None] = {}
    for expression in expressions:
        expression = "*" if expression in ("_all", "") else expression
        if expression.startswith("-"):
            found = {name: None for name in found if not fits(name, expression[1:])}
        elif is_pattern(expression):
            found |= {name: None for name in indices if fits(name, expression) and allowed(name)}
        elif not allowed(expression):
            raise denied(expression)
        elif expression not in indices:
            raise no_such_index(expression)
        else:
            found[expression] = None
    return list(found)


def matches(query: Any, document: dict[str, Any]) -> bool:
    """Whether a document answers a query: match_all, match_none, term, match, exists, bool."""
    if not query:
        return True
    if not isinstance(query, dict) or len(query) != 1:
        raise parsing("[query] malformed, expects one clause")
    ((name, body),) = query.items()
    match name:
        case "match_all":
            return True
        case "match_none":
            return False
        case "term" | "match":
            return all(_holds(document, field, wanted) for field, wanted in body.items())
        case "exists":
            return body.get("field") in document
        case "bool":
            return _bool(body, document)
    raise parsing(f"unknown query [{name}]; the simulator knows match_all, match_none, term, match, exists, bool")


def _holds(document: dict[str, Any], field: str, wanted: Any) -> bool:
    value = wanted.get("value", wanted.get("query")) if isinstance(wanted, dict) else wanted
    found = document.get(field.removesuffix(".keyword"))
    return value in found if isinstance(found, list) else found == value


def _bool(body: dict[str, Any], document: dict[str, Any]) -> bool:
    def listed(name: str) -> list[Any]:
        value = body.get(name) or []
        return value if isinstance(value, list) else [value]

    needed = [*listed("must"), *listed("filter")]
    optional = listed("should")
    fitting = all(matches(query, document) for query in needed)
    excluded = any(matches(query, document) for query in listed("must_not"))
    return fitting and not excluded and (not optional or bool(needed) or any(matches(q, document) for q in optional))


def hits(
    indices: Indices, names: list[str], query: Any, limits: Callable[[str], list[Any]]
) -> Iterator[dict[str, Any]]:
    """Hits of a search; `limits` tells per index the entries (with `query`, `field_security`) that let it be read."""
    for name in names:
        for document_id, source in indices[name].items():
            shown = visible(source, limits(name))
            if shown is not None and matches(query, shown):
                yield {"_index": name, "_id": document_id, "_score": 1.0, "_source": shown}


def visible(source: dict[str, Any], entries: list[Any]) -> dict[str, Any] | None:
    """What of a document the entries let be seen: document and field security of a key. No entries: everything."""
    if not entries:
        return source
    fitting = [entry for entry in entries if matches(_decoded(entry.get("query")), source)]
    if not fitting:
        return None
    if any(entry.get("field_security") is None for entry in fitting):
        return source
    return {name: value for name, value in source.items() if any(_granted(name, e["field_security"]) for e in fitting)}


def _decoded(query: Any) -> Any:
    """A key's query may be a text that holds JSON."""
    return json.loads(query) if isinstance(query, str) else query


def _granted(field: str, security: dict[str, Any]) -> bool:
    granted = any(fits(field, pattern) for pattern in security.get("grant", ()))
    return granted and not any(fits(field, pattern) for pattern in security.get("except", ()))
