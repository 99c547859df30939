"""Schemas as messages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from terraform_plugin.protocol.messages import message
from terraform_plugin.schema import Attribute, FunctionSignature, IdentitySchema, Nesting, Parameter, Schema
from terraform_plugin.types import Type

_MARKDOWN = 1
_NESTING = {Nesting.SINGLE: 1, Nesting.LIST: 2, Nesting.SET: 3, Nesting.MAP: 4}


def type_bytes(kind: Type) -> bytes:
    """A type as Terraform writes it."""
    return json.dumps(kind.json(), separators=(",", ":")).encode()


def schema_message(schema: Schema, *, is_provider: bool = False) -> Any:
    """A whole schema. Nothing of a provider's own block is ever computed: its values are never sent back."""
    block = message("Block")(
        version=schema.version,
        attributes=_attributes(schema.attributes, fills=not is_provider),
        description=schema.description,
        description_kind=_MARKDOWN,
        deprecated=schema.deprecated is not None,
        deprecation_message=schema.deprecated or "",
    )
    return message("Schema")(version=schema.version, block=block)


def _attributes(attributes: Mapping[str, Attribute], *, fills: bool) -> list[Any]:
    return [_attribute(name, attributes[name], fills=fills) for name in sorted(attributes)]


def _attribute(name: str, attribute: Attribute, *, fills: bool) -> Any:
    """``fills``: a default comes back as the attribute's value, which Terraform allows for computed ones only."""
    made = message("Attribute")(
        name=name,
        description=attribute.description,
        description_kind=_MARKDOWN,
        required=attribute.required,
        optional=attribute.optional,
        computed=fills and (attribute.computed or attribute.has_default),
        sensitive=attribute.sensitive,
        write_only=attribute.write_only,
        deprecated=attribute.deprecated is not None,
        deprecation_message=attribute.deprecated or "",
    )
    if attribute.nested is not None:
        nested = attribute.nested
        made.nested_type.nesting = _NESTING[nested.nesting]
        made.nested_type.attributes.extend(_attributes(nested.attributes, fills=fills))
    else:
        made.type = type_bytes(attribute.value_type)
    return made


def identity_message(identity: IdentitySchema) -> Any:
    """A resource's identity schema."""
    parts = [
        message("IdentityAttribute")(
            name=name,
            type=type_bytes(part.type),
            required_for_import=part.required_for_import,
            optional_for_import=not part.required_for_import,
            description=part.description,
        )
        for name, part in identity.attributes.items()
    ]
    return message("ResourceIdentitySchema")(version=identity.version, identity_attributes=parts)


def function_message(signature: FunctionSignature) -> Any:
    """What a function takes and gives."""
    made = message("Function")(
        parameters=[_parameter(parameter) for parameter in signature.parameters],
        summary=signature.summary,
        description=signature.description or signature.summary,
        description_kind=_MARKDOWN,
        deprecation_message=signature.deprecated or "",
    )
    getattr(made, "return").type = type_bytes(signature.returns)
    if signature.variadic is not None:
        made.variadic_parameter.CopyFrom(_parameter(signature.variadic))
    return made


def _parameter(parameter: Parameter) -> Any:
    return message("Parameter")(
        name=parameter.name,
        type=type_bytes(parameter.type),
        allow_null_value=parameter.allow_null,
        allow_unknown_values=parameter.allow_unknown,
        description=parameter.description,
        description_kind=_MARKDOWN,
    )
