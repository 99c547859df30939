"""When two values mean the same: keeps the spelling that was there before, and finds what a resource did not keep."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping

from terraform_plugin.diagnostics import Path
from terraform_plugin.schema import Attribute, Nested, Nesting
from terraform_plugin.types import SetOf
from terraform_plugin.values import UNKNOWN, Dynamic, Value, Values, canonical_set, is_wholly_known

logger = logging.getLogger("terraform_plugin")


def same(attribute: Attribute, prior: Value, new: Value) -> bool:
    """True when both are equal or the attribute says that they mean the same."""
    if prior == new or (isinstance(prior, Dynamic) and isinstance(new, Dynamic) and prior.value == new.value):
        return True
    if attribute.equivalent is None or not (is_wholly_known(prior) and is_wholly_known(new)):
        return False
    try:
        return bool(attribute.equivalent(prior, new))
    except Exception:
        logger.exception("a function that compares values failed; they count as different")
        return False


def settle(attributes: Mapping[str, Attribute], prior: Values, new: Values) -> Values:
    """``new`` with the spelling of ``prior`` wherever both mean the same."""
    return {name: settle_value(attribute, prior.get(name), new.get(name)) for name, attribute in attributes.items()}


def settle_value(attribute: Attribute, prior: Value, new: Value) -> Value:
    """One attribute of ``settle``."""
    if new is UNKNOWN or prior is UNKNOWN:
        return new
    if attribute.nested is not None and prior is not None and new is not None:
        new = _settle_nested(attribute.nested, prior, new)
    return prior if same(attribute, prior, new) else new


def _settle_nested(nested: Nested, prior: Value, new: Value) -> Value:
    def each(before: Value, after: Value) -> Value:
        if isinstance(before, dict) and isinstance(after, dict):
            return settle(nested.attributes, before, after)
        return after

    def element_of_set(after: Value) -> Value:
        """An element that means the same as one that was there, as far as that was known, takes its spelling."""
        for before in prior:
            settled = each(before, after)
            if agrees(before, settled):
                return settled
        return after

    if nested.nesting is Nesting.SINGLE:
        return each(prior, new)
    if nested.nesting is Nesting.MAP:
        return {name: each(prior.get(name), element) for name, element in new.items()}
    if nested.nesting is Nesting.LIST:
        return [each(prior[index] if index < len(prior) else None, element) for index, element in enumerate(new)]
    return canonical_set(map(element_of_set, new))


def agrees(expected: Value, actual: Value) -> bool:
    """True when ``actual`` is ``expected`` with every unknown part filled in."""
    if expected is UNKNOWN or expected == actual:
        return True
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(agrees(expected[name], actual[name]) for name in expected)
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(agrees, expected, actual))
    if isinstance(expected, Dynamic) and isinstance(actual, Dynamic):
        return agrees(expected.value, actual.value)
    return False


def set_agrees(expected: list[Value], actual: list[Value]) -> bool:
    """``agrees`` for sets, whatever the order; unknown elements may turn out to be equal, so sizes may differ."""
    return all(any(agrees(element, candidate) for candidate in actual) for element in expected) and all(
        any(agrees(element, candidate) for element in expected) for candidate in actual
    )


def departures(
    attributes: Mapping[str, Attribute], expected: Values, actual: Values, path: Path
) -> Iterator[tuple[Path, Attribute]]:
    """Places where ``actual`` departs from a known value of ``expected``, and the attribute each belongs to."""
    for name, attribute in attributes.items():
        yield from _departures(attribute, expected.get(name), actual.get(name), path.attribute(name))


def _departures(attribute: Attribute, expected: Value, actual: Value, path: Path) -> Iterator[tuple[Path, Attribute]]:
    if expected is UNKNOWN or same(attribute, expected, actual):
        return
    nested = attribute.nested
    if isinstance(expected, list) and isinstance(actual, list) and isinstance(attribute.value_type, SetOf):
        if not set_agrees(expected, actual):
            yield path, attribute
    elif nested is None or type(expected) is not type(actual) or len(expected) != len(actual):
        if not agrees(expected, actual):
            yield path, attribute
    elif nested.nesting is Nesting.SINGLE:
        yield from departures(nested.attributes, expected, actual, path)
    else:
        yield from _departures_inside(attribute, nested, expected, actual, path)


def _departures_inside(
    attribute: Attribute, nested: Nested, expected: Value, actual: Value, path: Path
) -> Iterator[tuple[Path, Attribute]]:
    """Elements of a list or map of objects, each by its own place."""
    if isinstance(expected, dict):
        if expected.keys() != actual.keys():
            yield path, attribute
            return
        pairs = [(path.key(name), element, actual[name]) for name, element in expected.items()]
    else:
        pairs = [(path.index(index), *pair) for index, pair in enumerate(zip(expected, actual, strict=True))]
    for place, before, after in pairs:
        if isinstance(before, dict) and isinstance(after, dict):
            yield from departures(nested.attributes, before, after, place)
        elif not agrees(before, after):
            yield place, attribute
