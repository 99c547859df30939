"""What a configuration means for an object: configured values, defaults, computed values kept or yet unknown.

Pure functions of schema, configuration and prior state. Terraform's own proposal is not used: how it matches elements
of sets differs between its releases.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from terraform_plugin.conform import Fitting
from terraform_plugin.diagnostics import Path
from terraform_plugin.engine.matching import match_elements
from terraform_plugin.engine.sameness import same
from terraform_plugin.schema import Attribute, Nested, Nesting
from terraform_plugin.values import UNKNOWN, Value, Values, canonical_set, copy


class _Missing:
    """There is no prior object that the attribute could have a value in."""


_MISSING = _Missing()


@dataclass(frozen=True)
class Rules:
    """How one pass over the schema treats computed values and spellings."""

    changed: Collection[str] = ()
    """Top-level attributes that change: what is computed from them becomes unknown."""
    incomplete: bool = False
    """The object was never finished: computed values that are still null become unknown."""
    spelling: bool = True
    """Whether a configured value takes the spelling of a prior one that means the same."""


def merge(attributes: Mapping[str, Attribute], config: Values, prior: Values | None, rules: Rules = Rules()) -> Values:
    """The planned object for ``config`` where ``prior`` (None: nothing) was before."""
    return {
        name: _value(attribute, config.get(name), _MISSING if prior is None else prior.get(name), rules)
        for name, attribute in attributes.items()
    }


def default_of(attribute: Attribute) -> Value:
    """A fresh copy of an attribute's default, fitted to its type; ValueError when it does not fit."""
    fitting = Fitting()
    value = fitting.fit(copy(attribute.default), attribute.value_type, Path())
    if fitting.problems:
        raise ValueError(f"the default {attribute.default!r} {fitting.problems[0][1]}")
    return value


def with_defaults(attributes: Mapping[str, Attribute], config: Values) -> Values:
    """``config`` with defaults filled in; for provider blocks and data sources, which have no plan."""
    filled = dict(config)
    for name, attribute in attributes.items():
        if filled.get(name) is None and attribute.has_default:
            filled[name] = default_of(attribute)
        nested, value = attribute.nested, filled.get(name)
        if nested is not None and isinstance(value, list | dict):
            filled[name] = value = copy(value)
            for _, element in nested.objects(value):
                element.update(with_defaults(nested.attributes, element))
    return filled


def _value(attribute: Attribute, config: Value, prior: Value | _Missing, rules: Rules) -> Value:
    if attribute.write_only:
        return None
    if config is None and attribute.has_default:
        config = default_of(attribute)
    if config is None:
        return _unconfigured(attribute, prior, rules)
    if config is UNKNOWN:
        return UNKNOWN
    before = None if isinstance(prior, _Missing) else prior
    if attribute.nested is not None:
        config = _nested(attribute.nested, config, before, rules)
    # Terraform accepts the prior spelling only where neither side is null.
    return copy(before) if rules.spelling and before is not None and same(attribute, before, config) else config


def _unconfigured(attribute: Attribute, prior: Value | _Missing, rules: Rules) -> Value:
    if not attribute.computed:
        return None
    if isinstance(prior, _Missing) or (rules.incomplete and prior is None):
        return UNKNOWN
    return UNKNOWN if any(name in rules.changed for name in attribute.changes_with) else copy(prior)


def _nested(nested: Nested, config: Value, prior: Value, rules: Rules) -> Value:
    def each(element: Value, before: Value, rules: Rules = rules) -> Value:
        if not isinstance(element, dict):
            return element
        return merge(nested.attributes, element, before if isinstance(before, dict) else None, rules)

    if nested.nesting is Nesting.SINGLE:
        return each(config, prior)
    if nested.nesting is Nesting.MAP:
        known = prior if isinstance(prior, dict) else {}
        return {name: each(element, known.get(name)) for name, element in config.items()}
    matches = match_elements(nested, config, prior if isinstance(prior, list) else [], merge)
    if nested.nesting is Nesting.SET:
        return canonical_set(each(element, matches.get(index, (0, None))[1]) for index, element in enumerate(config))
    moved = replace(rules, spelling=False)
    planned = []
    for index, element in enumerate(config):
        place, before = matches.get(index, (index, None))
        # Terraform compares spellings by index, so an element that moved is planned as it was written.
        planned.append(each(element, before, rules if place == index else moved))
    return planned
