"""Planning: what a configuration and a prior state come to. A pure function but for the resource's own checks.

Order: defaults → write-only dropped → computed values kept, or unknown where they change with something →
earlier spelling kept → the resource's hook → which changes replace the object.
"""

from __future__ import annotations

from collections.abc import Mapping

from terraform_plugin.diagnostics import Path
from terraform_plugin.engine.equivalence import keep_spelling
from terraform_plugin.engine.shape import canonical
from terraform_plugin.schema import Attribute, Nested, Nesting, Schema
from terraform_plugin.values import UNKNOWN, Value, Values, is_set


def propose(config: Values, prior: Values | None, schema: Schema) -> Values:
    """The planned state before the resource's own hook."""
    planned = canonical(_object(config, prior, schema.attributes), schema.value_type)
    planned = keep_spelling(planned, prior, schema.attributes)
    if prior is None:
        return planned
    changed = changed_attributes(planned, prior, schema)
    for name, attribute in schema.attributes.items():
        if attribute.computed and config.get(name) is None and changed & set(attribute.changes_with):
            planned[name] = UNKNOWN
    return planned


def changed_attributes(planned: Values, prior: Values | None, schema: Schema) -> frozenset[str]:
    """Top-level attributes whose planned value differs from the prior one."""
    if prior is None:
        return frozenset(schema.attributes)
    return frozenset(name for name in schema.attributes if planned.get(name) != prior.get(name))


def only_local(changed: frozenset[str], schema: Schema) -> bool:
    """Whether nothing changed that the API knows of."""
    return all(schema.attributes[name].local for name in changed)


def _object(config: Values, prior: Values | None, attributes: Mapping[str, Attribute]) -> Values:
    return {
        name: _attribute(config.get(name), prior.get(name) if prior is not None else None, attribute, prior is not None)
        for name, attribute in attributes.items()
    }


def _attribute(config: Value, prior: Value, attribute: Attribute, exists: bool) -> Value:
    if attribute.write_only:
        return None
    if config is None:
        if attribute.has_default:
            return attribute.default
        if attribute.computed:
            return prior if exists else UNKNOWN
        return None
    if config is UNKNOWN or attribute.nested is None:
        return config
    return _nested(config, prior, attribute.nested)


def _nested(config: Value, prior: Value, nested: Nested) -> Value:
    old = prior if is_set(prior) else None
    match nested.nesting:
        case Nesting.SINGLE:
            return _element(config, old, nested)
        case Nesting.LIST:
            paired = [*(old or []), *([None] * len(config))]
            return [_element(item, was, nested) for item, was in zip(config, paired, strict=False)]
        case Nesting.MAP:
            return {name: _element(item, (old or {}).get(name), nested) for name, item in config.items()}
        case Nesting.SET:
            left = list(old or [])
            return [_element(item, _take_partner(item, left, nested), nested) for item in config]


def _element(config: Value, prior: Value, nested: Nested) -> Value:
    if not is_set(config):
        return config
    return _object(config, prior if is_set(prior) else None, nested.attributes)


def _take_partner(item: Value, left: list[Value], nested: Nested) -> Value:
    """The prior element of a set with the same configured members, taken out of ``left``; None without one."""
    if not is_set(item):
        return None
    for place, old in enumerate(left):
        candidate = canonical(_object(item, old, nested.attributes), nested.object_type)
        if keep_spelling(candidate, old, nested.attributes) == old:
            return left.pop(place)
    return None


def replacements(
    planned: Values, prior: Values, attributes: Mapping[str, Attribute], at: Path | None = None
) -> list[Path]:
    """Attributes whose change replaces the object, nested ones included."""
    found: list[Path] = []
    for name, attribute in attributes.items():
        new, old = planned.get(name), prior.get(name)
        path = at.attribute(name) if at is not None else Path(name)
        if new == old:
            continue
        replace = (
            attribute.replace(old, new) if callable(attribute.replace) and is_set(new) else bool(attribute.replace)
        )
        if replace:
            found.append(path)
        elif attribute.nested is not None and is_set(new) and is_set(old):
            found += _nested_replacements(new, old, attribute.nested, path)
    return found


def _nested_replacements(new: Value, old: Value, nested: Nested, path: Path) -> list[Path]:
    if nested.nesting is Nesting.SINGLE:
        return replacements(new, old, nested.attributes, path)
    if nested.nesting is Nesting.MAP:
        pairs = [(path.key(name), item, old.get(name)) for name, item in new.items()]
    elif nested.nesting is Nesting.LIST:
        pairs = [(path.index(i), *pair) for i, pair in enumerate(zip(new, old, strict=False))]
    else:  # an element of a set has no identity: a changed element is a new one
        forced = any(attribute.replace for attribute in nested.attributes.values())
        return [path] if forced else []
    return [
        place
        for where, item, was in pairs
        if is_set(item) and is_set(was)
        for place in replacements(item, was, nested.attributes, where)
    ]
