"""The control API over HTTP: `POST /_sim/<method>` with a JSON object of arguments, or `GET` with query arguments."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from ece_simulator.control import METHODS, Control

PREFIX = "/_sim"


def control_handler(control: Control) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
    """Serves the methods of a Control. 400 wrong arguments, 404 unknown method, 504 waited in vain."""

    async def serve(raw: web.BaseRequest) -> web.StreamResponse:
        method = raw.path.removeprefix(PREFIX).strip("/")
        if not raw.path.startswith(PREFIX) or (method and method not in METHODS):
            return _reply(404, {"error": f"{PREFIX} has {', '.join(METHODS)}"})
        if not method:
            return _reply(200, {"methods": list(METHODS)})
        try:
            arguments = await _arguments(raw)
            # in a thread: waiting must not stop the installations
            result = await asyncio.to_thread(getattr(control, method), **arguments)
        except TimeoutError as error:
            return _reply(504, {"error": str(error)})
        except (ValueError, TypeError) as error:
            return _reply(400, {"error": f"{method}: {error}"})
        return _reply(200, result)

    return serve


async def _arguments(raw: web.BaseRequest) -> dict[str, Any]:
    if raw.method == "GET":
        return {name: _value(text) for name, text in raw.query.items()}
    body = await raw.read()
    arguments = json.loads(body) if body.strip() else {}
    if not isinstance(arguments, dict):
        raise ValueError(f"the body must be a JSON object of arguments, got {type(arguments).__name__}")
    return arguments


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _reply(status: int, body: Any) -> web.Response:
    return web.Response(status=status, text=json.dumps(body), content_type="application/json")
