"""Elasticsearch's REST API as far as remote clusters need it: finding the handler, rights, errors, JSON.

A handler runs under the plane's lock. What needs the network is done afterwards, by the function it returns.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

from ece_simulator.elasticsearch.errors import SECURITY, ElasticsearchError, parsing
from ece_simulator.elasticsearch.site import Site, Who
from ece_simulator.message import Reply, Request, json_reply
from ece_simulator.stack.versions import parse

COMMON = {"pretty", "human", "error_trace", "filter_path", "format"}
_INCLUDES = {"manage": {"manage", "monitor"}, "all": {"all", "manage", "monitor", "manage_security", "manage_ccr"}}


@dataclass(frozen=True)
class RestCall:
    """A call that may be carried out: where, by whom, with what."""

    site: Site
    who: Who
    method: str
    path: dict[str, str]
    query: dict[str, str]
    body: Any

    def flag(self, name: str) -> bool:
        """A query parameter that is true when it is there without a value."""
        return self.query.get(name, "false") in ("", "true")


@dataclass(frozen=True)
class RestReply:
    """Elasticsearch's answer."""

    body: Any
    status: int = 200


Later = Callable[[], RestReply]
Handler = Callable[[RestCall], RestReply | Later]


@dataclass(frozen=True)
class Endpoint:
    """One call of Elasticsearch's API; `privilege` is what the user's roles must grant in the cluster."""

    methods: tuple[str, ...]
    pattern: str
    handler: Handler
    privilege: str | None = None
    writes: bool = False
    parameters: frozenset[str] = frozenset()
    since: tuple[int, int] = (0, 0)

    def match(self, segments: list[str]) -> dict[str, str] | None:
        """Path parameters if the path is this one. A parameter never starts with an underscore."""
        wanted = self.pattern.split("/")
        if len(wanted) != len(segments):
            return None
        found = {}
        for pattern, segment in zip(wanted, segments, strict=True):
            if pattern.startswith("{"):
                if segment.startswith("_") and pattern == "{index}" and segment != "_all":
                    return None
                found[pattern.strip("{}")] = segment
            elif pattern != segment:
                return None
        return found


class RestApi:
    """A table of endpoints."""

    def __init__(self, endpoints: tuple[Endpoint, ...]) -> None:
        self._endpoints = endpoints

    def find(self, method: str, path: str, version: str) -> tuple[Endpoint, dict[str, str]]:
        """The endpoint of a call; 400 or 405 as Elasticsearch answers."""
        segments = path.strip("/").split("/")
        fitting = [(e, found) for e in self._endpoints if (found := e.match(segments)) is not None]
        fitting = [(e, found) for e, found in fitting if parse(version)[:2] >= e.since]
        if not fitting:
            text = f"no handler found for uri [/{path.strip('/')}] and method [{method}]"
            raise ElasticsearchError(400, "illegal_argument_exception", text)
        for endpoint, found in fitting:
            if method in endpoint.methods:
                return endpoint, found
        allowed = ", ".join(sorted({name for endpoint, _ in fitting for name in endpoint.methods}))
        text = f"Incorrect HTTP method for uri [/{path.strip('/')}] and method [{method}], allowed: [{allowed}]"
        raise ElasticsearchError(405, "illegal_argument_exception", text)

    def is_write(self, method: str, path: str) -> bool:
        """Whether such a call changes anything; unknown ones do not."""
        try:
            return self.find(method, path, "99.0.0")[0].writes
        except ElasticsearchError:
            return False

    def answer(self, site: Site, who: Who, request: Request, path: str) -> Reply | Callable[[], Reply]:
        """Carries out a call; what comes back may have to be called without the lock."""
        try:
            endpoint, found = self.find(request.method, path, site.version)
            query = dict(request.query)
            _check_query(endpoint, query, path)
            _check_right(endpoint, who)
            result = endpoint.handler(RestCall(site, who, request.method, found, query, _body(request)))
        except ElasticsearchError as error:
            return _reply(site, RestReply(error.body(), error.status), {})
        if isinstance(result, RestReply):
            return _reply(site, result, query)
        return lambda: _later(site, result, query)


def _later(site: Site, result: Later, query: dict[str, str]) -> Reply:
    try:
        return _reply(site, result(), query)
    except ElasticsearchError as error:
        return _reply(site, RestReply(error.body(), error.status), {})


def _reply(site: Site, reply: RestReply, query: dict[str, str]) -> Reply:
    body = reply.body
    if query.get("filter_path"):
        body = _filtered(body, [path.split(".") for path in query["filter_path"].split(",")])
    return json_reply(
        reply.status, body, {"x-elastic-product": "Elasticsearch", "date": formatdate(site.now, usegmt=True)}
    )


def _filtered(value: Any, paths: list[list[str]]) -> Any:
    """The parts of a body that `filter_path` names; a star means any one name."""
    if any(not path for path in paths) or not isinstance(value, dict):
        return value
    kept = {}
    for name, item in value.items():
        inner = [path[1:] for path in paths if path[0] in (name, "*", "**")]
        if inner:
            kept[name] = _filtered(item, inner)
    return kept


def _check_query(endpoint: Endpoint, query: dict[str, str], path: str) -> None:
    unknown = sorted(query.keys() - endpoint.parameters - COMMON)
    if unknown:
        text = f"request [/{path.strip('/')}] contains unrecognized parameter: [{unknown[0]}]"
        raise ElasticsearchError(400, "illegal_argument_exception", text)


def _check_right(endpoint: Endpoint, who: Who) -> None:
    if endpoint.privilege is None or who.is_superuser:
        return
    held = {name for role in who.definitions.values() for name in role.get("cluster", ())}
    granted = held.union(*(_INCLUDES.get(name, set()) for name in held))
    if endpoint.privilege not in granted:
        text = (
            f"action [{endpoint.pattern}] is unauthorized for {who.told()}, this action is granted by the cluster "
            f"privileges [{endpoint.privilege},all]"
        )
        raise ElasticsearchError(403, SECURITY, text)


def _body(request: Request) -> Any:
    if not request.body.strip():
        return None
    try:
        return json.loads(request.body)
    except ValueError as error:
        raise parsing(f"the body is not valid JSON: {error}") from error
