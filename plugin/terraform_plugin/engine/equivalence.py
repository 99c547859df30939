"""Two spellings that mean the same: the earlier one is kept, or every plan would show a change."""

from __future__ import annotations

from collections.abc import Mapping

from terraform_plugin.schema import Attribute, Nesting
from terraform_plugin.values import Value, Values, is_set


def keep_spelling(new: Values, prior: Values | None, attributes: Mapping[str, Attribute]) -> Values:
    """``new`` with each value spelled as in ``prior`` where both mean the same."""
    if prior is None:
        return new
    return {name: _kept(new.get(name), prior.get(name), attribute) for name, attribute in attributes.items()}


def _kept(new: Value, prior: Value, attribute: Attribute) -> Value:
    if not is_set(new) or not is_set(prior) or new == prior:
        return new
    if attribute.equivalent is not None and attribute.equivalent(prior, new):
        return prior
    nested = attribute.nested
    if nested is None:
        return new
    if nested.nesting is Nesting.SINGLE:
        return keep_spelling(new, prior, nested.attributes)
    if nested.nesting is Nesting.MAP:
        return {name: _element(item, prior.get(name), nested.attributes) for name, item in new.items()}
    if nested.nesting is Nesting.LIST:
        paired = [*prior, *([None] * len(new))]
        return [_element(item, old, nested.attributes) for item, old in zip(new, paired, strict=False)]
    return [_from_set(item, prior, nested.attributes) for item in new]


def _element(new: Value, prior: Value, attributes: Mapping[str, Attribute]) -> Value:
    return keep_spelling(new, prior, attributes) if is_set(new) and is_set(prior) else new


def _from_set(item: Value, prior: list[Value], attributes: Mapping[str, Attribute]) -> Value:
    for old in prior:
        if _element(item, old, attributes) == old:
            return old
    return item
