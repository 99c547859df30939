"""A server that is not there: it answers by script, over httpx's transport seam; and a clock that sleeping moves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx

from ece_client import ApiKey, Basic, Client, ClientConfig, Login

ENDPOINT = "https://ece.example.com:12443"
Answer = httpx.Response | Exception
Rule = Callable[[httpx.Request], Answer]


class FakeClock:
    """Time that passes by sleeping, at once."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now
        self.slept: list[float] = []
        self.on_sleep: Callable[[], None] = lambda: None

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        self.on_sleep()
        await asyncio.sleep(0)


class Wire:
    """Answers requests in the order of `script`; the last entry answers all further ones."""

    def __init__(self, *script: Answer | Rule) -> None:
        self.script = list(script)
        self.requests: list[httpx.Request] = []

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        await asyncio.sleep(0)  # lets other calls in between, as a network does
        entry = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        answer = entry if isinstance(entry, httpx.Response | Exception) else entry(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def request(self) -> httpx.Request:
        return self.requests[-1]

    @property
    def paths(self) -> list[str]:
        return [request.url.raw_path.decode() for request in self.requests]

    @property
    def sent_json(self) -> Any:
        return json.loads(self.request.content)


def client_on(
    wire: Wire,
    *,
    auth: ApiKey | Login | Basic | None = None,
    endpoint: str = ENDPOINT,
    region: str | None = "ece-region",
    max_retries: int = 4,
    clock: FakeClock | None = None,
    chance: float = 1.0,
) -> Client:
    """A client whose network is `wire`."""
    config = ClientConfig(endpoint, auth or ApiKey("key-1"), region=region, max_retries=max_retries)
    transport = httpx.MockTransport(wire.handle)
    return Client(config, transport=transport, clock=clock or FakeClock(), chance=lambda: chance)


def ok(data: Any = None, status: int = 200, **headers: str) -> httpx.Response:
    """A JSON answer; header names with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json={} if data is None else data, headers=named)


def refused(status: int, code: str = "", message: str = "No", fields: list[str] | None = None, **headers: str) -> Any:
    """An error body of the API."""
    entry = {"code": code, "message": message, **({"fields": fields} if fields else {})}
    return ok({"errors": [entry]}, status, **headers)


def page(status: int, title: str = "502 Bad Gateway") -> httpx.Response:
    """An HTML page, as a proxy sends it."""
    return httpx.Response(status, html=f"<html><head><title>{title}</title></head><body>x</body></html>")
