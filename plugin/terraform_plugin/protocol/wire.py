"""Small translations between messages and Python: values, paths, diagnostics, private state."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from terraform_plugin.diagnostics import Diagnostic, Path, Severity
from terraform_plugin.protocol.codec import decode, decode_json, encode
from terraform_plugin.protocol.messages import m
from terraform_plugin.schema import IdentitySchema, Schema
from terraform_plugin.types import ObjectOf, Type
from terraform_plugin.values import Value, Values

_STEPS = {"attribute": "attribute_name", "key": "element_key_string", "index": "element_key_int"}


def value_in(message: Any, kind: Type) -> Value:
    """The value of a DynamicValue."""
    return decode_json(message.json, kind) if message.json and not message.msgpack else decode(message.msgpack, kind)


def value_out(value: Value, kind: Type) -> Any:
    """A value as DynamicValue."""
    return m("DynamicValue")(msgpack=encode(value, kind))


def state_in(message: Any, schema: Schema) -> Values | None:
    """A state, plan or configuration; None for no object."""
    values: Values | None = value_in(message, schema.value_type)
    return values


def identity_type(identity: IdentitySchema) -> ObjectOf:
    """The type of an identity."""
    return ObjectOf({name: part.type for name, part in identity.attributes.items()})


def identity_in(message: Any, identity: IdentitySchema | None) -> Values | None:
    """An identity, if there is one."""
    if identity is None or not message.identity_data.msgpack:
        return None
    values: Values | None = value_in(message.identity_data, identity_type(identity))
    return values


def identity_out(values: Values | None, identity: IdentitySchema | None) -> Any:
    """An identity as message; None when there is none."""
    if values is None or identity is None:
        return None
    return m("ResourceIdentityData")(identity_data=value_out(values, identity_type(identity)))


def private_in(data: bytes) -> dict[str, Any]:
    """Private state."""
    loaded: dict[str, Any] = json.loads(data) if data else {}
    return loaded


def private_out(private: dict[str, Any]) -> bytes:
    """Private state as bytes; the same content gives the same bytes."""
    return json.dumps(private, sort_keys=True).encode() if private else b""


def path_out(path: Path) -> Any:
    """A place as AttributePath."""
    steps = [m("AttributePath.Step")(**{_STEPS[kind]: step}) for kind, step in path.steps]
    return m("AttributePath")(steps=steps)


def diagnostics_out(items: Iterable[Diagnostic]) -> list[Any]:
    """Diagnostics as messages."""
    return [_diagnostic(item) for item in items]


def _diagnostic(item: Diagnostic) -> Any:
    message = m("Diagnostic")(
        severity=1 if item.severity is Severity.ERROR else 2, summary=item.summary, detail=item.detail
    )
    if item.path is not None and item.path.steps:
        message.attribute.CopyFrom(path_out(item.path))
    return message
