"""The least a provider can be on our transport: one resource, one HTTP call for each read and apply, no checks.

What it costs is the floor; `make bench` prints ours as a multiple of it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from typing import Any

from terraform_plugin.protocol.transport import Answer, Transport

ADDRESS = "terraform.local/bench/bare"
_NAMES = (
    "GetProviderSchema", "ValidateProviderConfig", "ConfigureProvider", "ValidateResourceConfig",
    "UpgradeResourceState", "ReadResource", "PlanResourceChange", "ApplyResourceChange", "StopProvider",
)  # fmt: skip
_PATHS = [f"/tfplugin6.Provider/{name}" for name in _NAMES]


class Bare:
    """The provider: a thing has a name, and an id that is its name."""

    def __init__(self) -> None:
        self._client: Any = None

    async def _call(self) -> None:
        if self._client is None:
            import httpx

            self._client = httpx.AsyncClient(
                base_url=os.environ["ECE_ENDPOINT"],
                headers={"Authorization": f"ApiKey {os.environ['ECE_API_KEY']}"},
                verify=httpx.create_ssl_context(verify=os.environ["ECE_CA_FILE"]),
            )
        (await self._client.get("/api/v1/user")).raise_for_status()

    def answer(self, path: str) -> Answer:
        """The function for a path."""
        name = path.rpartition("/")[2]

        async def serve(data: bytes) -> bytes:
            from terraform_plugin.protocol.messages import message

            request = message(f"{name}.Request").FromString(data)
            reply = message(f"{name}.Response")()
            handler = getattr(self, f"_{name}", None)
            if handler is not None:
                await handler(request, reply)
            return bytes(reply.SerializeToString())

        return serve

    async def _GetProviderSchema(self, request: Any, reply: Any) -> None:
        reply.provider.block.description = "Bare."
        block = reply.resource_schemas["bare_thing"].block
        block.attributes.add(name="id", type=json.dumps("string").encode(), computed=True)
        block.attributes.add(name="name", type=json.dumps("string").encode(), required=True)
        reply.server_capabilities.get_provider_schema_optional = True

    async def _UpgradeResourceState(self, request: Any, reply: Any) -> None:
        reply.upgraded_state.json = request.raw_state.json

    async def _ReadResource(self, request: Any, reply: Any) -> None:
        await self._call()
        reply.new_state.CopyFrom(request.current_state)

    async def _PlanResourceChange(self, request: Any, reply: Any) -> None:
        import msgpack

        reply.planned_state.CopyFrom(request.proposed_new_state)
        planned = msgpack.unpackb(request.proposed_new_state.msgpack)
        if planned is not None and planned["id"] is None:
            planned["id"] = msgpack.ExtType(0, b"\x00")
            reply.planned_state.msgpack = msgpack.packb(planned)

    async def _ApplyResourceChange(self, request: Any, reply: Any) -> None:
        import msgpack

        await self._call()
        planned = msgpack.unpackb(request.planned_state.msgpack, ext_hook=lambda code, data: None)
        if planned is not None:
            planned["id"] = planned["name"]
        reply.new_state.msgpack = msgpack.packb(planned)


async def _run() -> None:
    done = asyncio.Event()
    transport = Transport(_PATHS, Bare().answer, done.set)
    endpoint = await transport.start(os.environ.get("PLUGIN_CLIENT_CERT"))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, done.set)
    print(endpoint.handshake(), flush=True)
    await done.wait()
    await transport.stop()


def main() -> int:
    """Serve until Terraform ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(_run())
    return 0


if __name__ == "__main__":
    sys.exit(main())
