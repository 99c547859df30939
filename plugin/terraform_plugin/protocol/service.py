"""What all calls of the protocol share: codecs, configurations, and the rule that no call ends without an answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import Any

from terraform_plugin.conform import Fitting
from terraform_plugin.diagnostics import Diagnostic, DiagnosticError, Path
from terraform_plugin.engine.errors import FAILURES, explain
from terraform_plugin.engine.runtime import Runtime
from terraform_plugin.protocol.codec import Codec
from terraform_plugin.protocol.messages import message
from terraform_plugin.protocol.wire import diagnostic_messages
from terraform_plugin.provider import Provider
from terraform_plugin.schema import IdentitySchema, Schema
from terraform_plugin.types import ObjectOf, Type
from terraform_plugin.values import Values

Call = Callable[["Service", Any], Awaitable[Any]]
"""A call of the protocol: request message in, reply message out."""

Answer = Callable[[bytes], Awaitable[bytes]]
"""The same on the wire."""

FORMER_STATE = {
    "ApplyResourceChange": ("prior_state", "new_state", "planned_private", "private"),
    "ReadResource": ("current_state", "new_state", "private", "private"),
}
"""Calls whose answer must hold a state: where a failed call takes it from, and private state beside it."""


class Service:
    """The provider as Terraform calls it."""

    def __init__(self, provider: Provider[Any]) -> None:
        self.runtime = Runtime(provider)
        self._codecs: dict[int, tuple[Schema | IdentitySchema, Codec]] = {}
        self.schema_reply: bytes | None = None
        """The answer to GetProviderSchema, made once."""

    @property
    def provider(self) -> Provider[Any]:
        """The provider that is served."""
        return self.runtime.provider

    def answers(self, calls: dict[str, Call]) -> dict[str, Answer]:
        """Each call with decoding, encoding and the guard around it."""
        return {name: partial(self._answer, name, call) for name, call in calls.items()}

    async def _answer(self, name: str, call: Call, data: bytes) -> bytes:
        request = message(f"{name}.Request").FromString(data)
        try:
            reply = await call(self, request)
            return reply if isinstance(reply, bytes) else bytes(reply.SerializeToString())
        except FAILURES as error:
            return bytes(self._failed(name, request, error).SerializeToString())

    def _failed(self, name: str, request: Any, error: BaseException) -> Any:
        """The answer to a call that failed outside the engine: messages, and the state that the request held."""
        found = explain(self.provider, error, f"call {name}")
        reply = message(f"{name}.Response")()
        if name == "StopProvider":
            reply.Error = self.runtime.mask.hide(f"{found[0].summary}: {found[0].detail}")
            return reply
        if name == "CallFunction":
            reply.error.text = self.runtime.mask.hide(f"{found[0].summary}: {found[0].detail}")
            return reply
        reply.diagnostics.extend(self.diagnostics(found))
        if name in FORMER_STATE:
            state, new_state, private, new_private = FORMER_STATE[name]
            getattr(reply, new_state).CopyFrom(getattr(request, state))
            setattr(reply, new_private, getattr(request, private))
        return reply

    def diagnostics(self, found: Iterable[Diagnostic]) -> list[Any]:
        """Messages for the wire, without secrets."""
        return diagnostic_messages(found, self.runtime.mask)

    # values

    def _codec(self, schema: Schema | IdentitySchema) -> Codec:
        # The schema is kept beside its codec, so its id cannot be given to another one.
        found = self._codecs.get(id(schema))
        if found is None:
            type: Type
            if isinstance(schema, Schema):
                type = schema.value_type
            else:
                type = ObjectOf({name: attribute.type for name, attribute in schema.attributes.items()})
            found = self._codecs[id(schema)] = (schema, Codec(type))
        return found[1]

    def read(self, dynamic: Any, schema: Schema) -> Values | None:
        """A configuration, plan or state; None for no object."""
        if dynamic.json and not dynamic.msgpack:
            return _from_json(dynamic.json, schema.value_type)
        values: Values | None = self._codec(schema).decode(dynamic.msgpack)
        return values

    def read_config(self, dynamic: Any, schema: Schema) -> Values:
        """A configuration that is there."""
        return self.read(dynamic, schema) or schema.null()

    def write(self, values: Values | None, schema: Schema) -> Any:
        """A configuration, plan or state; None for no object."""
        return message("DynamicValue")(msgpack=self._codec(schema).encode(values))

    def read_identity(self, data: Any, identity: IdentitySchema | None) -> Values | None:
        """An identity; None where there is none."""
        if identity is None or not data.identity_data.msgpack:
            return None
        values: Values | None = self._codec(identity).decode(data.identity_data.msgpack)
        return values

    def write_identity(self, into: Any, values: Values | None, identity: IdentitySchema | None) -> None:
        """Set the identity field ``into`` of a reply, if there is an identity."""
        if identity is not None and values is not None:
            into.identity_data.msgpack = self._codec(identity).encode(values)


def part(parts: Any, name: str, kind: str) -> Any:
    """The part of the provider with this name; DiagnosticError when there is none."""
    try:
        return parts[name]
    except KeyError:
        raise DiagnosticError(f"No such {kind}", f"This provider has no {kind} {name}.") from None


def _from_json(data: bytes, type: Type) -> Values | None:
    values: Values | None = Fitting(lenient=True, stored=True).fit(json.loads(data, parse_float=Decimal), type, Path())
    return values
