"""A small provider as a process of its own, for the tests of handshake, TLS, signals and the parent's death."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from terraform_plugin import serve
from terraform_plugin.provider import ConfigureContext
from terraform_plugin.resource import CreateContext, Resource
from terraform_plugin.schema import Attribute, Schema
from terraform_plugin.types import STRING
from terraform_plugin.values import Values
from tests.plugin.rpc import SmallProvider


class Slow(Resource[Any]):
    """A create that waits until it is stopped, and notes how it ended."""

    type_name = "small_slow"
    schema = Schema({"file": Attribute(type=STRING, required=True, description="")})

    async def create(self, context: CreateContext[Any]) -> Values:
        file = Path(context.planned["file"])
        await asyncio.to_thread(file.write_text, "begun")
        await context.stop.wait()
        await asyncio.to_thread(file.write_text, "stopped")
        return context.planned


class Served(SmallProvider):
    """Prints where nothing may be printed."""

    async def configure(self, context: ConfigureContext) -> Any:
        print("a stray print")
        os.write(1, b"a stray write\n")
        return None

    async def close(self, configured: Any) -> None:
        if "CLOSED_FILE" in os.environ:
            await asyncio.to_thread(Path(os.environ["CLOSED_FILE"]).write_text, "closed")


def make() -> Served:
    """Loaded after the handshake."""
    print("loading")
    if "BROKEN" in os.environ:
        raise ImportError("no module named snapshots")
    return Served(Slow())


if __name__ == "__main__":
    sys.exit(serve(make, "registry.example/test/small"))
