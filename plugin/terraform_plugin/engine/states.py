"""States that come from elsewhere: imports, older schema versions, other types; and configuration made from a state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from terraform_plugin.conform import Fitting
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.engine.errors import FAILURES, explain
from terraform_plugin.engine.merge import default_of
from terraform_plugin.engine.replies import IMPORTED, StateReply
from terraform_plugin.engine.runtime import Runtime, identity_of, sendable, without_unknown, without_write_only
from terraform_plugin.resource import ImportContext, Resource
from terraform_plugin.schema import Attribute, IdentitySchema, Schema
from terraform_plugin.values import Value, Values, copy


async def import_state(
    runtime: Runtime, resource: Resource[Any], id: str | None, identity: Values | None
) -> StateReply:
    """The first members of an adopted object's state; Terraform reads it right afterwards."""
    reply = StateReply()
    try:
        with runtime.call() as stop:
            context = ImportContext(
                provider=runtime.configured,
                diagnostics=reply.diagnostics,
                stop=stop,
                private=reply.private,
                id=None if identity is not None else id,
                identity=identity,
            )
            adopted = await resource.import_state(context)
        reply.state = _taken(runtime, resource, adopted, reply, "Import")
        private = sendable(context.private, {}, reply.diagnostics, resource.type_name)
        reply.private = {**private, IMPORTED: True}
        reply.identity = identity or identity_of(runtime, resource, reply.state, reply.diagnostics)
    except FAILURES as error:
        reply.diagnostics.extend(explain(runtime.provider, error, f"import of {resource.type_name}"))
    return reply


def move_state(
    runtime: Runtime, resource: Resource[Any], source_type: str, source_provider: str, raw: Mapping[str, Any]
) -> StateReply:
    """State for an object that another type held before; Terraform reads it like an import."""
    reply = StateReply()
    try:
        moved = resource.move_state(source_type, source_provider, dict(raw))
        if moved is None:
            raise DiagnosticError(
                f"{source_type} cannot become {resource.type_name}",
                f"{resource.type_name} takes over no object of type {source_type} from {source_provider}. "
                "Take it out of the state (a removed block) and import it under its new type.",
            )
        reply.state = _taken(runtime, resource, moved, reply, "Move")
        reply.private = {IMPORTED: True}
        reply.identity = identity_of(runtime, resource, reply.state, reply.diagnostics)
    except FAILURES as error:
        reply.diagnostics.extend(explain(runtime.provider, error, f"move to {resource.type_name}"))
    return reply


def _taken(runtime: Runtime, resource: Resource[Any], values: Values, reply: StateReply, verb: str) -> Values:
    fitted = runtime.fit(resource.schema, values, reply.diagnostics, f"{verb} of {resource.type_name}")
    taken: Values = without_unknown(without_write_only(resource.schema.attributes, fitted))
    return taken


def upgrade_state(runtime: Runtime, resource: Resource[Any], version: int, raw: Mapping[str, Any]) -> StateReply:
    """A stored state, as JSON of schema ``version``, by today's schema; also called when nothing changed."""
    reply, schema = StateReply(), resource.schema
    try:
        if version > schema.version:
            raise _newer(resource.type_name, "state", version, schema.version)
        values = dict(raw) if version == schema.version else resource.upgrade_state(version, dict(raw))
        fitting = Fitting(lenient=True, stored=True)
        fitted = fitting.fit(values, schema.value_type, Path())
        if fitting.problems:
            path, problem = fitting.problems[0]
            raise DiagnosticError(
                "The stored state does not fit",
                f"{resource.type_name}: {path or 'the state'} {problem} (schema version {version}). "
                "Nothing was changed. Use the release of the provider that wrote the state, or report this.",
            )
        runtime.mask.add_values(schema.attributes, fitted)
        reply.state = without_unknown(without_write_only(schema.attributes, fitted))
    except FAILURES as error:
        reply.diagnostics.extend(explain(runtime.provider, error, f"state upgrade of {resource.type_name}"))
    return reply


def upgrade_identity(resource: Resource[Any], version: int, raw: Mapping[str, Any]) -> Values:
    """A stored identity by today's identity schema; DiagnosticError when it cannot be one."""
    identity = resource.identity
    if identity is None:
        raise DiagnosticError("No identity", f"{resource.type_name} has no identity in this release of the provider.")
    if version > identity.version:
        raise _newer(resource.type_name, "identity", version, identity.version)
    return fit_identity(identity, raw)


def fit_identity(identity: IdentitySchema, raw: Mapping[str, Any]) -> Values:
    """``raw`` as an identity: unknown members dropped, missing ones null."""
    fitting = Fitting(lenient=True)
    return {
        name: fitting.fit(raw.get(name), attribute.type, Path(name)) for name, attribute in identity.attributes.items()
    }


def _newer(type_name: str, what: str, found: int, known: int) -> DiagnosticError:
    return DiagnosticError(
        f"The {what} is newer than the provider",
        f"{type_name}: the {what} has schema version {found}, this provider knows up to {known}. "
        "Use at least the release that wrote it.",
    )


def generate_config(schema: Schema, state: Values) -> Values:
    """A configuration for an object with this state: what may be set and differs from its default."""
    return _settable(schema.attributes, state)


def _settable(attributes: Mapping[str, Attribute], state: Values) -> Values:
    return {name: _given(attribute, state.get(name)) for name, attribute in attributes.items()}


def _given(attribute: Attribute, value: Value) -> Value:
    if value is None or attribute.write_only or not (attribute.required or attribute.optional):
        return None
    if attribute.optional and (attribute.deprecated is not None or attribute.local):
        return None
    if attribute.has_default and value == default_of(attribute):
        return None
    if attribute.nested is None:
        return copy(value)
    given = copy(value)
    for _, element in attribute.nested.objects(given):
        element.update(_settable(attribute.nested.attributes, element))
    return given
