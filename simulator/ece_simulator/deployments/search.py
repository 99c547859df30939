"""The search over deployments: the part of the query language that the API document describes.

Documents are what a read with everything shown returns. Field paths run through lists; `.keyword` is the field itself.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ece_simulator.deployments.views import deployment_view, everything
from ece_simulator.problems import Problem

if TYPE_CHECKING:
    from ece_simulator.deployments.model import Deployment
    from ece_simulator.world import World

DEFAULT_SIZE = 100
"""Page size when the request names none; inferred."""

Document = dict[str, Any]


def search(
    world: World, request: dict[str, Any], eligible: Callable[[Deployment], bool] | None = None
) -> dict[str, Any]:
    """Model DeploymentsSearchResponse; `cursor` goes on with an earlier search and makes other fields ignored.

    `eligible` narrows what is searched.
    """
    if request.get("cursor"):
        request = _decode_cursor(request["cursor"])
    shown = (d for d in world.deployments.values() if not d.hidden and (eligible is None or eligible(d)))
    documents = [_document(world, deployment.id) for deployment in shown]
    found = [d for d in documents if matches(request.get("query"), d, "")]
    for order in reversed(request.get("sort") or ["id"]):
        _sort(found, order)
    start, count = request.get("from") or 0, request.get("size")
    count = DEFAULT_SIZE if count is None else count
    page = found[start : start + count]
    reply: dict[str, Any] = {"return_count": len(page), "match_count": len(found), "deployments": page}
    if start + count < len(found) and count > 0:
        reply["cursor"] = _encode_cursor({**request, "from": start + count})
    return reply


def _document(world: World, deployment_id: str) -> Document:
    view = deployment_view(world, world.deployments[deployment_id], everything())
    view.pop("instance_configurations", None)
    view.pop("observability", None)
    return view


def _encode_cursor(request: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(request).encode()).decode()


def _decode_cursor(cursor: str) -> dict[str, Any]:
    try:
        request: dict[str, Any] = json.loads(base64.urlsafe_b64decode(cursor))
    except ValueError as error:
        raise Problem(400, "root.invalid_data", "The cursor is not valid", ["cursor"]) from error
    return request


def _sort(documents: list[Document], order: Any) -> None:
    field, descending = order, False
    if isinstance(order, dict):
        field, how = next(iter(order.items()))
        descending = (how.get("order") if isinstance(how, dict) else how) == "desc"
    documents.sort(key=lambda d: str(next(values_at(d, field), "")), reverse=descending)


def values_at(document: Any, path: str) -> Iterator[Any]:
    """All values a dotted path leads to, through lists."""
    if isinstance(document, list):
        for item in document:
            yield from values_at(item, path)
    elif not path:
        yield document
    elif isinstance(document, dict):
        if path in ("keyword",):
            return
        head, _, rest = path.partition(".")
        if head in document:
            yield from values_at(document[head], "" if rest == "keyword" else rest)


def matches(query: dict[str, Any] | None, document: Any, base: str) -> bool:
    """Whether a document answers a query; inside a nested query `base` is the path the document was found at."""
    if not query:
        return True
    return all(_clause(name)(body, document, base) for name, body in query.items() if body is not None)


def _clause(name: str) -> Callable[[Any, Any, str], bool]:
    clause = _CLAUSES.get(name)
    if clause is None:
        raise Problem(400, "root.invalid_data", f"The query [{name}] is not known", [f"query.{name}"])
    return clause


def _values(field: str, document: Any, base: str) -> Iterator[Any]:
    path = field[len(base) + 1 :] if base and field.startswith(f"{base}.") else field
    return (value for value in values_at(document, path) if value is not None)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _given(condition: Any) -> str:
    value = condition.get("query", condition.get("value")) if isinstance(condition, dict) else condition
    return _text(value)


def _term(body: dict[str, Any], document: Any, base: str) -> bool:
    return all(
        any(_text(value) == _given(wanted) for value in _values(field, document, base))
        for field, wanted in body.items()
    )


def _match(body: dict[str, Any], document: Any, base: str) -> bool:
    for field, condition in body.items():
        every = isinstance(condition, dict) and str(condition.get("operator", "or")).lower() == "and"
        words = _given(condition).lower().split()
        found = [set(_text(value).lower().split()) for value in _values(field, document, base)]
        fits = all if every else any
        if not any(fits(word in have for word in words) for have in found):
            return False
    return True


def _prefix(body: dict[str, Any], document: Any, base: str) -> bool:
    return all(
        any(_text(value).startswith(_given(wanted)) for value in _values(field, document, base))
        for field, wanted in body.items()
    )


def _exists(body: dict[str, Any], document: Any, base: str) -> bool:
    return any(value != [] for value in _values(body["field"], document, base))


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda a, b: bool(a > b),
    "gte": lambda a, b: bool(a >= b),
    "lt": lambda a, b: bool(a < b),
    "lte": lambda a, b: bool(a <= b),
}


def _range(body: dict[str, Any], document: Any, base: str) -> bool:
    for field, limits in body.items():
        wanted = {name: limit for name, limit in limits.items() if name in _COMPARE and limit is not None}
        values = list(_values(field, document, base))
        if not any(all(_in(name, value, limit) for name, limit in wanted.items()) for value in values):
            return False
    return True


def _in(name: str, value: Any, limit: Any) -> bool:
    if isinstance(value, str) or isinstance(limit, str):
        value, limit = str(value), str(limit)
    return _COMPARE[name](value, limit)


def _bool(body: dict[str, Any], document: Any, base: str) -> bool:
    required = [*_listed(body, "must"), *_listed(body, "filter")]
    if not all(matches(query, document, base) for query in required):
        return False
    if any(matches(query, document, base) for query in _listed(body, "must_not")):
        return False
    optional = _listed(body, "should")
    least = body.get("minimum_should_match")
    least = (0 if required else 1) if least is None else least
    return not optional or sum(matches(query, document, base) for query in optional) >= least


def _listed(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = body.get(name) or []
    return value if isinstance(value, list) else [value]


def _nested(body: dict[str, Any], document: Any, base: str) -> bool:
    return any(matches(body["query"], item, body["path"]) for item in _values(body["path"], document, base))


def _query_string(body: dict[str, Any], document: Any, base: str) -> bool:
    """Words and `field:word`, joined by the default operator; a star at the end is a prefix."""
    fields = body.get("fields") or [body.get("default_field") or "name"]
    every = str(body.get("default_operator", "or")).lower() == "and"
    fits = all if every else any
    return fits(_word(word, fields, document, base) for word in body["query"].split())


def _word(word: str, fields: list[str], document: Any, base: str) -> bool:
    field, _, value = word.rpartition(":")
    wanted = value.lower()
    for name in [field] if field else fields:
        for found in _values(name, document, base):
            text = _text(found).lower()
            words = {text, *text.split()}
            if wanted in words or (wanted.endswith("*") and any(w.startswith(wanted[:-1]) for w in words)):
                return True
    return False


_CLAUSES: dict[str, Callable[[Any, Any, str], bool]] = {
    "match_all": lambda body, document, base: True,
    "match_none": lambda body, document, base: False,
    "term": _term,
    "match": _match,
    "prefix": _prefix,
    "exists": _exists,
    "range": _range,
    "bool": _bool,
    "nested": _nested,
    "query_string": _query_string,
    "simple_query_string": _query_string,
}
