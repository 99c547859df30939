"""The table of handlers: which path is answered by which call, and the plugin's small other services."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from terraform_plugin.protocol.calls import Calls
from terraform_plugin.protocol.messages import m, service_message
from terraform_plugin.protocol.table import CALLS
from terraform_plugin.protocol.transport import Answer, silent_stream, unary

_SERVING = 1


def handlers(calls: Calls, done: asyncio.Event) -> Mapping[str, Any]:
    """All handlers by path; `done` is set when Terraform asks the process to end."""
    table = {
        f"/tfplugin6.Provider/{name}": unary(_guarded(calls, name), m(f"{name}.Request"), m(f"{name}.Response"))
        for name in CALLS
    }
    empty = service_message("Empty")

    async def shutdown(request: Any) -> Any:
        # set after the reply is on its way: Terraform waits for it
        asyncio.get_running_loop().call_later(0.05, done.set)
        return empty()

    async def health(request: Any) -> Any:
        return service_message("HealthCheckResponse")(status=_SERVING)

    table["/plugin.GRPCController/Shutdown"] = unary(shutdown, empty, empty)
    table["/plugin.GRPCStdio/StreamStdio"] = silent_stream(done.wait, empty, service_message("StdioData"))
    table["/grpc.health.v1.Health/Check"] = unary(
        health, service_message("HealthCheckRequest"), service_message("HealthCheckResponse")
    )
    return table


def _guarded(calls: Calls, name: str) -> Answer:
    answer: Answer = getattr(calls, re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower())

    async def serve(request: Any) -> Any:
        try:
            return await answer(request)
        except Exception as error:
            return calls.failed(name, request, error)

    return serve
