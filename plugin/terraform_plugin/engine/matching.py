"""Which element of a list or set of objects continues which element of the prior state."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from terraform_plugin.schema import Attribute, Nested, Nesting
from terraform_plugin.values import UNKNOWN, Value, Values, canonical, is_wholly_known

Merge = Callable[[Mapping[str, Attribute], Values, Values | None], Values]
"""``engine.merge.merge`` with its usual rules."""


def match_elements(
    nested: Nested, config: list[Value], prior: list[Value], merge: Merge
) -> dict[int, tuple[int, Value]]:
    """Index in ``config`` to (index in ``prior``, prior element).

    An element continues the one that has the same configured members. In a list an element that was edited also
    continues the one at its own place, if no other does.
    """
    search = _Search(nested, prior, merge)
    found: dict[int, tuple[int, Value]] = {}
    # Elements that say more choose first: they fit fewer of the prior ones.
    for index in sorted(range(len(config)), key=lambda index: -_said(config[index])):
        element = config[index]
        if isinstance(element, dict) and is_wholly_known(element):
            place = search.take(element, index)
            if place is not None:
                found[index] = (place, prior[place])
    if nested.nesting is Nesting.LIST:
        for index in range(len(config)):
            if index not in found and index in search.free:
                found[index] = (index, search.free.pop(index))
    return found


class _Search:
    """Prior elements that nobody continues yet, found by the members that a configured element knows."""

    def __init__(self, nested: Nested, prior: list[Value], merge: Merge) -> None:
        self.free = {place: element for place, element in enumerate(prior) if isinstance(element, dict)}
        self._attributes = nested.attributes
        self._merge = merge
        self._by_members: dict[tuple[str, ...], dict[str, list[int]]] = {}

    def take(self, element: Values, index: int) -> int | None:
        """The place of the element's predecessor, at ``index`` if there are several; None when there is none."""
        best = min(self._candidates(element), key=lambda place: (place != index, place), default=None)
        if best is not None:
            del self.free[best]
        return best

    def _candidates(self, element: Values) -> Iterator[int]:
        planned = self._merge(self._attributes, element, None)
        known = tuple(name for name, value in planned.items() if value is not UNKNOWN)
        exact = [place for place in self._places(known).get(_key(planned, known), ()) if place in self.free]
        if exact:
            yield from exact
        elif _compares(self._attributes) or not all(is_wholly_known(planned[name]) for name in known):
            for place, before in self.free.items():
                if self._merge(self._attributes, element, before) == before:
                    yield place

    def _places(self, names: tuple[str, ...]) -> dict[str, list[int]]:
        if names not in self._by_members:
            places: dict[str, list[int]] = {}
            for place, element in self.free.items():
                places.setdefault(_key(element, names), []).append(place)
            self._by_members[names] = places
        return self._by_members[names]


def _key(element: Values, names: tuple[str, ...]) -> str:
    return canonical([element.get(name) for name in names])


def _compares(attributes: Mapping[str, Attribute]) -> bool:
    """Some member compares by meaning, so equal texts are not the only match."""
    return any(
        attribute.equivalent is not None or (attribute.nested is not None and _compares(attribute.nested.attributes))
        for attribute in attributes.values()
    )


def _said(value: Any) -> int:
    """How many members a configured value gives."""
    if isinstance(value, dict):
        return sum(_said(member) for member in value.values())
    if isinstance(value, list):
        return sum(_said(member) for member in value)
    return 0 if value is None else 1
