"""Requests and replies without a transport: what the core takes and gives. Nothing of HTTP servers in here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """One API call: method, path (from `/` on, without host), query pairs, lower-case headers, raw body."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def make(cls, method: str, target: str, *, headers: Mapping[str, str] | None = None, body: Any = None) -> Request:
        """Builds a request from `path?query`; a body that is not bytes is sent as JSON."""
        parts = urlsplit(target)
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        lowered = {name.lower(): value for name, value in (headers or {}).items()}
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        return cls(method.upper(), parts.path, query, lowered, raw)


@dataclass(frozen=True)
class Disturbance:
    """What goes wrong on the way: seconds of delay, a dropped connection, an event to wait for."""

    delay: float = 0.0
    drop: bool = False
    hold: Event | None = None
    after_effect: bool = False


@dataclass
class Reply:
    """One answer: status, headers, raw body."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """The decoded body."""
        return json.loads(self.body)


def json_reply(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Reply:
    """An `application/json` reply."""
    return Reply(status, {"content-type": "application/json", **(headers or {})}, json.dumps(body).encode())
