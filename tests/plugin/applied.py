"""A resource whose verbs do what a test says, and what Terraform is handed by an apply of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from terraform_plugin.diagnostics import Diagnostic, Path
from terraform_plugin.resource import CreateContext, DeleteContext, Resource, UpdateContext
from terraform_plugin.schema import Attribute, IdentityAttribute, IdentitySchema, Nested, Nesting, Schema, timeouts
from terraform_plugin.types import BOOL, NUMBER, STRING, ListOf, SetOf
from terraform_plugin.values import UNKNOWN, Values
from tests.plugin.rpc import SmallProvider, Stated, serving


def same_text(first: Any, second: Any) -> bool:
    """Upper and lower case mean the same."""
    return str(first).lower() == str(second).lower()


SCHEMA = Schema({
    "id": Attribute(type=STRING, computed=True, description=""),
    "name": Attribute(type=STRING, required=True, description="", equivalent=same_text),
    "size": Attribute(type=NUMBER, optional=True, description=""),
    "revision": Attribute(type=NUMBER, computed=True, description=""),
    "labels": Attribute(type=SetOf(STRING), optional=True, description=""),
    "steps": Attribute(type=ListOf(STRING), optional=True, description=""),
    "secret_wo": Attribute(type=STRING, optional=True, write_only=True, sensitive=True, description=""),
    "note": Attribute(type=STRING, optional=True, local=True, description=""),
    "keep": Attribute(type=BOOL, optional=True, local=True, default=False, description=""),
    "timeouts": timeouts({"create": "10m", "update": "20m", "delete": "5m"}),
    "ports": Attribute(optional=True, description="", nested=Nested(Nesting.SET, {
        "port": Attribute(type=NUMBER, required=True, description=""),
        "handle": Attribute(type=STRING, computed=True, description=""),
    })),
})  # fmt: skip

PLANNED: Values = {**SCHEMA.null(), "id": UNKNOWN, "name": "N", "size": 1, "revision": UNKNOWN, "keep": False}
STATE: Values = {**PLANNED, "id": "i", "revision": 1}


class Trouble(Exception):
    """An error that the provider explains."""


class Explaining(SmallProvider):
    """Explains ``Trouble``; for a ``KeyError`` its own explanation breaks."""

    def explain(self, error: Exception) -> Sequence[Diagnostic] | None:
        if isinstance(error, KeyError):
            raise RuntimeError("broken explanation")
        return [Diagnostic("In trouble", str(error), Path("size"))] if isinstance(error, Trouble) else None


class Box(Resource[Any]):
    """Every verb does what the test says."""

    type_name = "small_box"
    schema = SCHEMA
    identity = IdentitySchema({"id": IdentityAttribute(STRING, "")})
    default_timeouts = {"create": "10m", "delete": "5m"}

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self.work = work

    async def create(self, context: CreateContext[Any]) -> Values:
        return await self._run(context)

    async def update(self, context: UpdateContext[Any]) -> Values:
        return await self._run(context)

    async def delete(self, context: DeleteContext[Any]) -> None:
        await self._run(context)

    async def _run(self, context: Any) -> Any:
        done = self.work(context)
        return await done if asyncio.iscoroutine(done) else done


async def applied(
    work: Callable[[Any], Any], planned: Values | None = PLANNED, prior: Values | None = None, **more: Any
) -> Stated:
    """The answer to an apply."""
    box = Box(work)
    config = None if planned is None else {**planned, "id": None, "revision": None, **more.pop("config", {})}
    async with serving(provider=Explaining(box)) as wire:
        return await wire.apply("small_box", config, planned, prior, **more)


def returns(**members: Any) -> Callable[[Any], Values]:
    """A verb that returns the planned state with these members."""
    return lambda context: {**context.planned, "id": "i", "revision": 1, **members}
