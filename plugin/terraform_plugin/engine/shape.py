"""Brings values into the one shape that the rest of the engine compares: full objects, sets in order, no duplicates."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from terraform_plugin.schema import Attribute, Nesting, Schema
from terraform_plugin.types import NUMBER, ListOf, MapOf, ObjectOf, SetOf, TupleOf, Type
from terraform_plugin.values import UNKNOWN, Value, Values


def canonical(value: Value, kind: Type) -> Value:
    """The value in its one shape: missing members of objects are null, sets are sorted, whole numbers are ``int``."""
    if value is None or value is UNKNOWN:
        return value
    match kind:
        case ObjectOf(members):
            return {name: canonical(value.get(name), member) for name, member in members.items()}
        case MapOf(element):
            return {name: canonical(item, element) for name, item in value.items()}
        case SetOf(element):
            return sorted_set([canonical(item, element) for item in value])
        case ListOf(element):
            return [canonical(item, element) for item in value]
        case TupleOf(elements):
            return [canonical(item, element) for item, element in zip(value, elements, strict=True)]
    return _number(value) if kind == NUMBER else value


def sorted_set(items: list[Value]) -> list[Value]:
    """Elements in canonical order, equal ones once; unknown elements stay apart, as they may become anything."""
    ordered: dict[str, Value] = {}
    unknown: list[Value] = []
    for item in items:
        if item is UNKNOWN:
            unknown.append(item)
        else:
            ordered.setdefault(sort_key(item), item)
    return [ordered[key] for key in sorted(ordered)] + unknown


def sort_key(value: Value) -> str:
    """A text that orders values of one type; equal values have equal texts."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{name}:{sort_key(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(sort_key(item) for item in value) + "]"
    if isinstance(value, Decimal):
        return repr(_number(value))
    return repr(value)


def _number(value: Any) -> Any:
    if isinstance(value, float):
        value = Decimal(value)
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value


def nulls_for_unknown(value: Value) -> Value:
    """The value with every unknown part null: what can be stored after a failure."""
    if value is UNKNOWN:
        return None
    if isinstance(value, dict):
        return {name: nulls_for_unknown(item) for name, item in value.items()}
    if isinstance(value, list):
        return [nulls_for_unknown(item) for item in value]
    return value


def without_write_only(values: Values, attributes: Mapping[str, Attribute]) -> Values:
    """The object with write-only members null, nested ones included."""
    return {name: _kept(values.get(name), attribute) for name, attribute in attributes.items()}


def _kept(value: Value, attribute: Attribute) -> Value:
    if attribute.write_only:
        return None
    nested = attribute.nested
    if nested is None or value is None or value is UNKNOWN:
        return value
    members = nested.attributes
    if nested.nesting is Nesting.SINGLE:
        return without_write_only(value, members)
    if nested.nesting is Nesting.MAP:
        return {
            name: item if item in (None, UNKNOWN) else without_write_only(item, members) for name, item in value.items()
        }
    return [item if item in (None, UNKNOWN) else without_write_only(item, members) for item in value]


def shaped(values: Values, schema: Schema) -> Values:
    """A whole state in its one shape, without write-only members."""
    whole: Values = canonical(without_write_only(values, schema.attributes), schema.value_type)
    return whole
