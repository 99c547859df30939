"""Which changes replace the object: finds the paths that Terraform is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from terraform_plugin.diagnostics import Path
from terraform_plugin.schema import Attribute, Nested, Nesting
from terraform_plugin.values import UNKNOWN, Value, Values, canonical, is_wholly_known


def replace_paths(attributes: Mapping[str, Attribute], prior: Values, planned: Values) -> list[Path]:
    """Places whose change from ``prior`` to ``planned`` replaces the object."""
    return list(_paths(attributes, prior, planned, Path()))


def _paths(attributes: Mapping[str, Attribute], prior: Values, planned: Values, path: Path) -> Iterator[Path]:
    for name, attribute in attributes.items():
        before, after = prior.get(name), planned.get(name)
        if before == after:
            continue
        place = path.attribute(name)
        if _replaces(attribute, before, after):
            yield place
        elif attribute.nested is not None and after is not UNKNOWN:
            yield from _nested(attribute.nested, before, after, place)


def _replaces(attribute: Attribute, before: Value, after: Value) -> bool:
    if not callable(attribute.replace):
        return attribute.replace
    return not is_wholly_known(after) or bool(attribute.replace(before, after))


def _nested(nested: Nested, before: Value, after: Value, path: Path) -> Iterator[Path]:
    if nested.nesting is Nesting.SET:
        if _identifying(nested, before) != _identifying(nested, after):
            yield path
        return
    yield from _pairs(nested, before, after, path)


def _pairs(nested: Nested, before: Value, after: Value, path: Path) -> Iterator[Path]:
    """Objects at the same place before and after; one that is missing counts as all null."""
    earlier, later = dict(nested.objects(before)), dict(nested.objects(after))
    for place in dict.fromkeys([*earlier, *later]):
        below = Path(steps=(*path.steps, *place.steps))
        yield from _paths(nested.attributes, earlier.get(place, {}), later.get(place, {}), below)


def _identifying(nested: Nested, value: Value) -> list[str]:
    """The elements of a set as far as their members replace; elements have no place of their own."""
    names = [name for name, attribute in nested.attributes.items() if attribute.replace]
    elements = [element for _, element in nested.objects(value)] if names else []
    return sorted(canonical([element.get(name) for name in names]) for element in elements)
