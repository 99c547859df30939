"""Nested objects: which spelling stays, which promise was broken, which change replaces."""

from __future__ import annotations

from typing import Any

import pytest

from terraform_plugin.diagnostics import Path
from terraform_plugin.engine.replacement import replace_paths
from terraform_plugin.engine.sameness import departures, settle
from terraform_plugin.schema import Attribute, Nested, Nesting
from terraform_plugin.types import DYNAMIC, NUMBER, STRING, ListOf, SetOf, TupleOf
from terraform_plugin.values import UNKNOWN, Dynamic


def same_text(first: Any, second: Any) -> bool:
    """Upper and lower case mean the same."""
    return str(first).lower() == str(second).lower()


INNER = {
    "name": Attribute(type=STRING, optional=True, description="", equivalent=same_text),
    "zone": Attribute(type=STRING, optional=True, description="", replace=True),
    "id": Attribute(type=NUMBER, computed=True, description=""),
}
ATTRIBUTES = {
    "plain": Attribute(type=ListOf(STRING), optional=True, description=""),
    "labels": Attribute(type=SetOf(STRING), optional=True, description=""),
    "any": Attribute(type=DYNAMIC, optional=True, description=""),
    "one": Attribute(nested=Nested(Nesting.SINGLE, INNER), optional=True, description=""),
    "many": Attribute(nested=Nested(Nesting.LIST, INNER), optional=True, description=""),
    "unique": Attribute(nested=Nested(Nesting.SET, INNER), optional=True, description=""),
    "named": Attribute(nested=Nested(Nesting.MAP, INNER), optional=True, description=""),
}


def thing(name: Any, zone: Any = None, id: Any = 1) -> dict[str, Any]:
    """A nested object."""
    return {"name": name, "zone": zone, "id": id}


@pytest.mark.parametrize(
    ("name", "prior", "new", "kept"),
    [
        ("one", thing("A"), thing("a"), thing("A")),
        ("one", thing("A"), thing("a", id=2), thing("A", id=2)),
        ("one", None, thing("a"), thing("a")),
        ("one", thing("A"), None, None),
        ("many", [thing("A"), thing("B")], [thing("a")], [thing("A")]),
        ("many", [thing("A")], [thing("a"), thing("b")], [thing("A"), thing("b")]),
        ("many", [thing("A")], [None], [None]),
        ("named", {"x": thing("A")}, {"x": thing("a"), "y": thing("b")}, {"x": thing("A"), "y": thing("b")}),
        ("unique", [thing("A"), thing("B", id=2)], [thing("b", id=2), thing("c")], [thing("c"), thing("B", id=2)]),
        ("unique", [thing("A", id=UNKNOWN)], [thing("a", id=9)], [thing("A", id=9)]),
        ("unique", [thing("A")], [thing("a", id=9)], [thing("a", id=9)]),
        ("any", Dynamic(ListOf(NUMBER), [1]), Dynamic(TupleOf((NUMBER,)), [1]), Dynamic(ListOf(NUMBER), [1])),
    ],
)  # fmt: skip
def test_the_spelling_that_was_there_stays(name: str, prior: Any, new: Any, kept: Any):
    """At every depth, by place in lists and maps and by meaning in sets; real changes come through."""
    assert settle({name: ATTRIBUTES[name]}, {name: prior}, {name: new}) == {name: kept}


@pytest.mark.parametrize(
    ("name", "planned", "actual", "places"),
    [
        ("plain", ["a", UNKNOWN], ["a", "b"], []),
        ("plain", ["a", UNKNOWN], ["b", "b"], ["plain"]),
        ("plain", ["a"], ["a", "b"], ["plain"]),
        ("labels", ["a", UNKNOWN], ["0", "a"], []),
        ("labels", [UNKNOWN, UNKNOWN], ["a"], []),
        ("labels", ["a", UNKNOWN], ["0", "1"], ["labels"]),
        ("labels", ["a"], ["a", "b"], ["labels"]),
        ("any", Dynamic(TupleOf((STRING,)), [UNKNOWN]), Dynamic(TupleOf((STRING,)), ["x"]), []),
        ("any", Dynamic(STRING, "y"), Dynamic(STRING, "x"), ["any"]),
        ("one", UNKNOWN, None, []),
        ("one", thing("A", id=UNKNOWN), thing("a", id=5), []),
        ("one", thing("A"), thing("b", id=2), ["one.name", "one.id"]),
        ("one", thing("A"), None, ["one"]),
        ("many", [thing("a"), UNKNOWN], [thing("a"), thing("b")], []),
        ("many", [thing("a"), thing("b")], [thing("a"), thing("c")], ["many[1].name"]),
        ("many", [thing("a")], [], ["many"]),
        ("many", [thing("a")], [None], ["many[0]"]),
        ("named", {"x": thing("a", id=UNKNOWN)}, {"x": thing("a", id=7)}, []),
        ("named", {"x": thing("a")}, {"x": thing("b")}, ['named["x"].name']),
        ("named", {"x": thing("a")}, {"y": thing("a")}, ["named"]),
        ("unique", [thing("b", id=UNKNOWN), thing("a", id=UNKNOWN)], [thing("a", id=2), thing("b", id=1)], []),
        ("unique", [thing("a", id=UNKNOWN)], [thing("c", id=2)], ["unique"]),
    ],
)
def test_broken_promises_are_found_at_their_place(name: str, planned: Any, actual: Any, places: list[str]):
    """Known planned values must come true; unknown ones may become anything, and sets may change their order."""
    found = departures({name: ATTRIBUTES[name]}, {name: planned}, {name: actual}, Path())
    assert [str(path) for path, _ in found] == places


@pytest.mark.parametrize(
    ("name", "prior", "planned", "paths"),
    [
        ("one", thing("a", "x"), thing("b", "x"), []),
        ("one", thing("a", "x"), thing("a", "y"), ["one.zone"]),
        ("one", thing("a", "x"), thing("a", UNKNOWN), ["one.zone"]),
        ("one", thing("a", "x"), None, ["one.zone"]),
        ("one", None, thing("a", "x"), ["one.zone"]),
        ("one", thing("a", "x"), UNKNOWN, []),
        ("many", [thing("a", "x"), thing("b", "y")], [thing("a", "x"), thing("b", "z")], ["many[1].zone"]),
        ("many", [thing("a")], [thing("a"), thing("b")], []),
        ("named", {"k": thing("a", "x")}, {"k": thing("a", "z")}, ['named["k"].zone']),
        ("unique", [thing("a", "x"), thing("b", "y")], [thing("c", "y"), thing("d", "x")], []),
        ("unique", [thing("a", "x")], [thing("a", "y")], ["unique"]),
    ],
)
def test_members_of_nested_objects_may_replace(name: str, prior: Any, planned: Any, paths: list[str]):
    """The path leads to the member, in a set to the set; an element without the member changes nothing."""
    found = replace_paths({name: ATTRIBUTES[name]}, {name: prior}, {name: planned})
    assert [str(path) for path in found] == paths
