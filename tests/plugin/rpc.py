"""The front door of the plugin lane for unit tests: a provider served in this process, called by gRPC over a socket."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from grpclib.client import Channel, UnaryUnaryMethod

from terraform_plugin.protocol.calls import answers
from terraform_plugin.protocol.codec import Codec
from terraform_plugin.protocol.messages import message
from terraform_plugin.protocol.service import Service
from terraform_plugin.protocol.transport import BytesCodec, Transport
from terraform_plugin.provider import ConfigureContext, Provider
from terraform_plugin.resource import DataSource, EphemeralResource, Function, Resource
from terraform_plugin.schema import Schema
from terraform_plugin.types import ObjectOf
from terraform_plugin.values import Values


class SmallProvider(Provider[Any]):
    """A provider made of the parts a test gives it."""

    name = "small"
    version = "1.0.0"
    schema = Schema({})

    def __init__(self, *parts: Any) -> None:
        self.parts = parts
        self.closed: list[Any] = []

    @property
    def resources(self) -> list[Resource[Any]]:
        return [part for part in self.parts if isinstance(part, Resource)]

    @property
    def data_sources(self) -> list[DataSource[Any]]:
        return [part for part in self.parts if isinstance(part, DataSource)]

    @property
    def ephemeral_resources(self) -> list[EphemeralResource[Any]]:
        return [part for part in self.parts if isinstance(part, EphemeralResource)]

    @property
    def functions(self) -> list[Function]:
        return [part for part in self.parts if isinstance(part, Function)]

    async def configure(self, context: ConfigureContext) -> Any:
        return {"configured": context.config}

    async def close(self, configured: Any) -> None:
        self.closed.append(configured)


class Wire:
    """What Terraform does, call by call; values go in and out as Python."""

    def __init__(self, provider: Provider[Any], channel: Channel) -> None:
        self.provider = provider
        self.channel = channel

    async def call(self, name: str, /, **fields: Any) -> Any:
        """One call: fields of the request message in, the reply message out."""
        request = message(f"{name}.Request")(**fields)
        method = UnaryUnaryMethod(self.channel, f"/tfplugin6.Provider/{name}", bytes, bytes)
        return message(f"{name}.Response").FromString(await method(request.SerializeToString()))

    def _schema(self, type_name: str) -> Schema:
        parts = [*self.provider.resources, *self.provider.data_sources, *self.provider.ephemeral_resources]
        return next(part.schema for part in parts if part.type_name == type_name)

    def pack(self, type_name: str, values: Values | None) -> Any:
        """An object as DynamicValue; members that are left out are null."""
        schema = self._schema(type_name)
        whole = None if values is None else {**schema.null(), **values}
        return message("DynamicValue")(msgpack=Codec(schema.value_type).encode(whole))

    def unpack(self, type_name: str, dynamic: Any) -> Values | None:
        """An object out of a DynamicValue."""
        return Codec(self._schema(type_name).value_type).decode(dynamic.msgpack)

    async def configure(self, **config: Any) -> Any:
        """Send the provider block."""
        schema = self.provider.schema
        packed = Codec(schema.value_type).encode({**schema.null(), **config})
        return await self.call("ConfigureProvider", terraform_version="1.11.4", config={"msgpack": packed})

    async def validate(self, type_name: str, config: Values, *, write_only: bool = True) -> list[str]:
        """Messages about a resource's configuration."""
        reply = await self.call(
            "ValidateResourceConfig",
            type_name=type_name,
            config=self.pack(type_name, config),
            client_capabilities={"write_only_attributes_allowed": write_only},
        )
        return texts(reply)

    async def plan(
        self, type_name: str, config: Values | None, prior: Values | None = None, private: dict[str, Any] | None = None
    ) -> Planned:
        """Plan a change; a config of None is a destroy."""
        reply = await self.call(
            "PlanResourceChange",
            type_name=type_name,
            config=self.pack(type_name, config),
            proposed_new_state=self.pack(type_name, config),
            prior_state=self.pack(type_name, prior),
            prior_private=json.dumps(private).encode() if private else b"",
        )
        return Planned(self, type_name, reply)

    async def apply(
        self,
        type_name: str,
        config: Values | None,
        planned: Values | None,
        prior: Values | None = None,
        private: dict[str, Any] | None = None,
    ) -> Stated:
        """Apply a planned change."""
        reply = await self.call(
            "ApplyResourceChange",
            type_name=type_name,
            config=self.pack(type_name, config),
            planned_state=self.pack(type_name, planned),
            prior_state=self.pack(type_name, prior),
            planned_private=json.dumps(private).encode() if private else b"",
        )
        return Stated(self, type_name, reply, reply.new_state, reply.new_identity)

    async def read(self, type_name: str, state: Values, private: dict[str, Any] | None = None) -> Stated:
        """Refresh an object."""
        reply = await self.call(
            "ReadResource",
            type_name=type_name,
            current_state=self.pack(type_name, state),
            private=json.dumps(private).encode() if private else b"",
        )
        return Stated(self, type_name, reply, reply.new_state, reply.new_identity)

    async def upgrade(self, type_name: str, version: int, state: Any) -> Stated:
        """Bring a stored state up to date."""
        reply = await self.call(
            "UpgradeResourceState", type_name=type_name, version=version, raw_state={"json": json.dumps(state).encode()}
        )
        return Stated(self, type_name, reply, reply.upgraded_state, None)


class Planned:
    """A plan that came back."""

    def __init__(self, wire: Wire, type_name: str, reply: Any) -> None:
        self.reply = reply
        self.state = wire.unpack(type_name, reply.planned_state)
        self.replaces = [path_text(path) for path in reply.requires_replace]
        self.private = json.loads(reply.planned_private or b"{}")
        self.messages = texts(reply)

    def __getitem__(self, name: str) -> Any:
        assert self.state is not None
        return self.state[name]


class Stated:
    """A state that came back."""

    def __init__(self, wire: Wire, type_name: str, reply: Any, state: Any, identity: Any) -> None:
        self.reply = reply
        self.state = wire.unpack(type_name, state)
        self.private = json.loads(getattr(reply, "private", b"") or b"{}")
        self.messages = texts(reply)
        self.identity = _identity(wire, type_name, identity)

    def __getitem__(self, name: str) -> Any:
        assert self.state is not None
        return self.state[name]


def _identity(wire: Wire, type_name: str, data: Any) -> Values | None:
    resource = next((part for part in wire.provider.resources if part.type_name == type_name), None)
    if data is None or resource is None or resource.identity is None or not data.identity_data.msgpack:
        return None
    members = {name: attribute.type for name, attribute in resource.identity.attributes.items()}
    return Codec(ObjectOf(members)).decode(data.identity_data.msgpack)


def path_text(path: Any) -> str:
    """An AttributePath as a user would write it."""
    text = ""
    for step in path.steps:
        kind = step.WhichOneof("member")
        if kind == "attribute_name":
            text += f".{step.attribute_name}" if text else step.attribute_name
        else:
            key = step.element_key_int if kind == "element_key_int" else f'"{step.element_key_string}"'
            text += f"[{key}]"
    return text


def texts(reply: Any) -> list[str]:
    """Diagnostics as ``severity path: summary | detail``."""
    found = []
    for one in reply.diagnostics:
        severity = {1: "error", 2: "warning"}[one.severity]
        found.append(f"{severity} {path_text(one.attribute)}: {one.summary} | {one.detail}")
    return found


@contextlib.asynccontextmanager
async def serving(*parts: Any, provider: Provider[Any] | None = None, configured: bool = True) -> AsyncIterator[Wire]:
    """Serve a provider on a Unix socket and connect to it."""
    provider = provider or SmallProvider(*parts)
    service = Service(provider)
    table = answers(service)
    transport = Transport(list(table), table.__getitem__, lambda: None)
    endpoint = await transport.start(None)
    channel = Channel(path=endpoint.address, codec=BytesCodec())
    wire = Wire(provider, channel)
    try:
        if configured:
            await wire.configure()
        yield wire
    finally:
        channel.close()
        await transport.stop()
        await service.runtime.close()
