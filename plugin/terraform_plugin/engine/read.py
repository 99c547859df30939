"""Reading: the only place where the world enters a state; and what a read needs after an import or a move."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from terraform_plugin.diagnostics import Path
from terraform_plugin.engine.errors import FAILURES, bug, explain
from terraform_plugin.engine.merge import default_of
from terraform_plugin.engine.replies import IMPORTED, StateReply
from terraform_plugin.engine.runtime import (
    Runtime,
    identity_of,
    sendable,
    timeouts_of,
    without_unknown,
    without_write_only,
)
from terraform_plugin.engine.sameness import settle
from terraform_plugin.resource import ReadContext, Resource
from terraform_plugin.schema import Schema
from terraform_plugin.values import Values, copy


@dataclass(kw_only=True)
class ReadRequest:
    """The state that Terraform has of an object."""

    state: Values
    private: dict[str, Any] = field(default_factory=dict)
    identity: Values | None = None


async def read(runtime: Runtime, resource: Resource[Any], request: ReadRequest) -> StateReply:
    """The state as the world shows it: None when the object is gone, unchanged beside an error."""
    schema = resource.schema
    state = without_write_only(schema.attributes, copy(request.state))
    runtime.mask.add_values(schema.attributes, state)
    reply = StateReply(state=state, identity=request.identity, private=copy(request.private))
    try:
        with runtime.call() as stop:
            context = ReadContext(
                provider=runtime.configured,
                diagnostics=reply.diagnostics,
                stop=stop,
                private=reply.private,
                timeouts=timeouts_of(resource.default_timeouts, state),
                state=copy(state),
                identity=request.identity,
                imported=bool(reply.private.pop(IMPORTED, False)),
            )
            seen = await resource.read(context)
        reply.private = sendable(context.private, request.private, reply.diagnostics, resource.type_name)
        if seen is None:
            reply.state = reply.identity = None
            return reply
        reply.state = _seen(runtime, resource, state, seen, reply)
        reply.identity = identity_of(runtime, resource, reply.state, reply.diagnostics) or request.identity
    except FAILURES as error:
        # The marker of an import goes back too: the read is still to be done.
        reply.private = request.private
        reply.diagnostics.extend(explain(runtime.provider, error, f"read of {resource.type_name}"))
    return reply


def _seen(runtime: Runtime, resource: Resource[Any], state: Values, seen: Values, reply: StateReply) -> Values:
    schema = resource.schema
    fitted = runtime.fit(schema, seen, reply.diagnostics, f"Read of {resource.type_name}")
    fitted = without_write_only(schema.attributes, fitted)
    fitted.update(_local(schema, state))
    known: Values = without_unknown(fitted)
    for name, value in fitted.items():
        if value != known[name]:
            what = f"Read of {resource.type_name} left {name} unknown."
            reply.diagnostics.extend([bug(what, Path(name))])
    return settle(schema.attributes, state, known)


def _local(schema: Schema, state: Values) -> Values:
    """Attributes that live in Terraform only keep their value; after an import they have their default."""
    kept: Values = {}
    for name, attribute in schema.attributes.items():
        if attribute.local:
            value = state.get(name)
            kept[name] = default_of(attribute) if value is None and attribute.has_default else value
    return kept
