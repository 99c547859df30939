"""Data sources, ephemeral resources and functions: what is read or computed and never planned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from terraform_plugin.conform import Fitting
from terraform_plugin.diagnostics import Diagnostics, Path
from terraform_plugin.engine.errors import FAILURES, bug, explain
from terraform_plugin.engine.merge import with_defaults
from terraform_plugin.engine.runtime import Runtime, sendable, timeouts_of, without_unknown
from terraform_plugin.resource import Context, DataContext, DataSource, EphemeralResource, Function, FunctionError
from terraform_plugin.schema import Schema
from terraform_plugin.values import Value, Values, copy


@dataclass(kw_only=True)
class DataReply:
    """What a data source or an ephemeral resource gave (None beside errors)."""

    values: Values | None = None
    renew_after: float | None = None
    private: dict[str, Any] = field(default_factory=dict)
    diagnostics: Diagnostics = field(default_factory=Diagnostics)


async def read_data(runtime: Runtime, source: DataSource[Any], config: Values) -> DataReply:
    """Read a data source; its configuration is wholly known by now."""
    reply = DataReply()
    try:
        with runtime.call() as stop:
            context = DataContext(
                provider=runtime.configured,
                diagnostics=reply.diagnostics,
                stop=stop,
                timeouts=timeouts_of({}, config),
                config=_filled(runtime, source.schema, config),
            )
            values = await source.read(context)
        reply.values = _whole(runtime, source.schema, context.config, values, reply, f"Data source {source.type_name}")
    except FAILURES as error:
        reply.diagnostics.extend(explain(runtime.provider, error, f"read of data source {source.type_name}"))
    return reply


async def open_ephemeral(runtime: Runtime, resource: EphemeralResource[Any], config: Values) -> DataReply:
    """Open an ephemeral resource."""
    reply = DataReply()
    try:
        with runtime.call() as stop:
            context = DataContext(
                provider=runtime.configured,
                diagnostics=reply.diagnostics,
                stop=stop,
                timeouts=timeouts_of({}, config),
                config=_filled(runtime, resource.schema, config),
            )
            opened = await resource.open(context)
        who = f"Ephemeral resource {resource.type_name}"
        reply.private = sendable(opened.private, {}, reply.diagnostics, resource.type_name)
        reply.renew_after = opened.renew_after
        reply.values = _whole(runtime, resource.schema, context.config, opened.result, reply, who)
    except FAILURES as error:
        reply.diagnostics.extend(explain(runtime.provider, error, f"opening of {resource.type_name}"))
    return reply


async def renew_ephemeral(runtime: Runtime, resource: EphemeralResource[Any], private: dict[str, Any]) -> DataReply:
    """Keep an ephemeral resource alive."""
    reply = DataReply(private=private)
    try:
        with runtime.call() as stop:
            context = _bare(runtime, reply, stop, private)
            reply.renew_after = await resource.renew(context)
        reply.private = sendable(context.private, private, reply.diagnostics, resource.type_name)
    except FAILURES as error:
        reply.diagnostics.extend(explain(runtime.provider, error, f"renewal of {resource.type_name}"))
    return reply


async def close_ephemeral(runtime: Runtime, resource: EphemeralResource[Any], private: dict[str, Any]) -> Diagnostics:
    """Give an ephemeral resource back."""
    reply = DataReply(private=private)
    try:
        with runtime.call() as stop:
            await resource.close(_bare(runtime, reply, stop, private))
    except FAILURES as error:
        reply.diagnostics.extend(explain(runtime.provider, error, f"closing of {resource.type_name}"))
    return reply.diagnostics


def call_function(runtime: Runtime, function: Function, arguments: list[Value]) -> Value:
    """The function's result; FunctionError for a wrong argument and, with a text of ours, for anything else."""
    try:
        result = function.call(*arguments)
    except FunctionError:
        raise
    except FAILURES as error:
        (first, *_) = explain(runtime.provider, error, f"function {function.name}")
        raise FunctionError(f"{first.summary}: {first.detail}") from error
    fitting = Fitting()
    fitted = fitting.fit(result, function.signature.returns, Path())
    for _, problem in fitting.problems:
        told = bug(f"The result of function {function.name} {problem}.")
        raise FunctionError(f"{told.summary}: {told.detail}")
    return fitted


def _filled(runtime: Runtime, schema: Schema, config: Values) -> Values:
    runtime.mask.add_values(schema.attributes, config)
    return with_defaults(schema.attributes, config)


def _bare(runtime: Runtime, reply: DataReply, stop: Any, private: dict[str, Any]) -> Context[Any]:
    return Context(provider=runtime.configured, diagnostics=reply.diagnostics, stop=stop, private=copy(private))


def _whole(runtime: Runtime, schema: Schema, config: Values, values: Values, reply: DataReply, who: str) -> Values:
    """What was given stays as it was given; the rest is what was read."""
    fitted = runtime.fit(schema, values, reply.diagnostics, who)
    given = {
        name: value
        for name, value in config.items()
        if value is not None and (schema.attributes[name].nested is None or fitted[name] is None)
    }
    whole: Values = without_unknown({**fitted, **given})
    return whole
