"""Values and types in Python: one form for each value, and repairs of what a provider returns."""

from __future__ import annotations

import enum
from decimal import Decimal
from typing import Any

import pytest

from terraform_plugin.conform import Fitting
from terraform_plugin.diagnostics import Path
from terraform_plugin.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListOf,
    MapOf,
    ObjectOf,
    SetOf,
    TupleOf,
    Type,
    parse_type,
    type_of,
)
from terraform_plugin.values import UNKNOWN, Dynamic, canonical_set, copy, is_set, is_wholly_known, number


class Word(enum.Enum):
    """An enumeration as client libraries have them."""

    YES = "yes"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (1, 1),
        (1.0, 1),
        (0.1, Decimal("0.1")),
        (Decimal("2.500"), Decimal("2.5")),
        (Decimal("3.0"), 3),
        (Decimal("1E+2"), 100),
        (Decimal("0.30"), Decimal("0.3")),
        (10**30, 10**30),
    ],
)
def test_a_number_has_one_form(given: Any, expected: Any):
    """Equal numbers must be equal in Python and in text, or sets and plans see a change."""
    made = number(given)
    assert (made, type(made), str(made)) == (expected, type(expected), str(expected))


def test_sets_have_one_order_and_no_doubles():
    """Known elements once; unknown ones may still become different, so each stays."""
    assert canonical_set(["b", "a", "b"]) == ["a", "b"]
    assert canonical_set([UNKNOWN, "a", UNKNOWN]).count(UNKNOWN) == 2
    assert canonical_set([{"a": 1, "b": None}, {"b": None, "a": 1}]) == [{"a": 1, "b": None}]
    assert len(canonical_set(["1", 1, True, None])) == 4


def test_unknown_is_neither_true_nor_false():
    """A branch on it is a mistake that must show at once."""
    with pytest.raises(TypeError, match="is_known"):
        bool(UNKNOWN)
    assert copy([UNKNOWN])[0] is UNKNOWN


def test_known_and_set():
    """The questions that a check asks."""
    assert not is_wholly_known({"a": [1, {"b": UNKNOWN}]})
    assert not is_wholly_known(Dynamic(STRING, UNKNOWN))
    assert is_wholly_known({"a": [1, None]})
    assert [is_set(value) for value in (None, UNKNOWN, "", [], 0)] == [False, False, True, True, True]


def test_a_copy_shares_nothing():
    """A resource may change what it was given without changing what is compared later."""
    first = {"a": [{"b": 1}], "d": Dynamic(ListOf(NUMBER), [1])}
    second = copy(first)
    second["a"][0]["b"] = 2
    second["d"].value.append(2)
    assert first == {"a": [{"b": 1}], "d": Dynamic(ListOf(NUMBER), [1])}


TYPES: list[tuple[Type, Any]] = [
    (STRING, "string"),
    (ListOf(SetOf(NUMBER)), ["list", ["set", "number"]]),
    (MapOf(DYNAMIC), ["map", "dynamic"]),
    (ObjectOf({"a": BOOL}), ["object", {"a": "bool"}]),
    (TupleOf((STRING, BOOL)), ["tuple", ["string", "bool"]]),
]


@pytest.mark.parametrize(("type", "text"), TYPES)
def test_types_to_json_and_back(type: Type, text: Any):
    """The form in schemas, functions and dynamic values."""
    assert type.json() == text
    assert parse_type(text) == type


@pytest.mark.parametrize("text", ["text", 5, ["list"], ["bag", "string"], None])
def test_what_is_no_type_is_refused(text: Any):
    """A state file of another tool may hold anything."""
    with pytest.raises(ValueError, match="is not a type"):
        parse_type(text)


def test_the_type_of_a_plain_value():
    """What a provider puts into a dynamic attribute without saying its type."""
    assert type_of({"a": [1, "x"], "b": None}) == ObjectOf({"a": TupleOf((NUMBER, STRING)), "b": DYNAMIC})
    with pytest.raises(ValueError, match="object"):
        type_of(object())


FITS: list[tuple[Any, Type, Any]] = [
    (("a", "b"), ListOf(STRING), ["a", "b"]),
    ({"b", "a"}, SetOf(STRING), ["a", "b"]),
    ((n for n in (2, 1)), SetOf(NUMBER), [1, 2]),
    ({"a": 1}, ObjectOf({"a": NUMBER, "b": STRING}), {"a": 1, "b": None}),
    ({1: "x"}, MapOf(STRING), {"1": "x"}),
    (1.5, NUMBER, Decimal("1.5")),
    (Word.YES, STRING, "yes"),
    (["x", 1], DYNAMIC, Dynamic(TupleOf((STRING, NUMBER)), ["x", 1])),
    (Dynamic(SetOf(NUMBER), [2, 1.0]), DYNAMIC, Dynamic(SetOf(NUMBER), [1, 2])),
    (UNKNOWN, ListOf(STRING), UNKNOWN),
    (None, NUMBER, None),
]


@pytest.mark.parametrize(("given", "type", "expected"), FITS)
def test_what_python_code_returns_fits(given: Any, type: Type, expected: Any):
    """Shapes that mean the same are taken without a word."""
    fitting = Fitting()
    assert fitting.fit(given, type, Path()) == expected
    assert fitting.problems == []


MISFITS: list[tuple[Any, Type, Any, str]] = [
    ("5", NUMBER, None, ""),
    (5, STRING, None, ""),
    (True, NUMBER, None, ""),
    (1, BOOL, None, ""),
    (float("nan"), NUMBER, None, ""),
    ("text", ListOf(STRING), None, ""),
    ({"a": 1}, ListOf(STRING), None, ""),
    ([1], MapOf(STRING), None, ""),
    ("x", ObjectOf({}), None, ""),
    (["a"], TupleOf((STRING, STRING)), None, ""),
    (object(), DYNAMIC, None, ""),
    ({"a": "x", "z": 1}, ObjectOf({"a": STRING}), {"a": "x"}, "z"),
    ({"a": [1, "x"]}, ObjectOf({"a": ListOf(STRING)}), {"a": [None, "x"]}, "a[0]"),
    ({"a": {"k": 1}}, ObjectOf({"a": MapOf(STRING)}), {"a": {"k": None}}, 'a["k"]'),
]


@pytest.mark.parametrize(("given", "type", "expected", "place"), MISFITS)
def test_what_does_not_fit_is_told_and_the_rest_kept(given: Any, type: Type, expected: Any, place: str):
    """One wrong member must not cost the object; its place is named."""
    fitting = Fitting()
    assert fitting.fit(given, type, Path()) == expected
    assert [str(path) for path, _ in fitting.problems] == [place]


@pytest.mark.parametrize(
    ("given", "type", "expected"),
    [
        ("5", NUMBER, 5),
        (5, STRING, "5"),
        (Decimal("0.50"), STRING, "0.50"),
        (True, STRING, "true"),
        ("false", BOOL, False),
        ({"a": "x", "gone": 1}, ObjectOf({"a": STRING, "new": BOOL}), {"a": "x", "new": None}),
        ({"type": ["list", "number"], "value": [1]}, DYNAMIC, Dynamic(ListOf(NUMBER), [1])),
    ],
)
def test_stored_values_are_read_as_terraform_reads_them(given: Any, type: Type, expected: Any):
    """A state of an older schema: converted, trimmed, filled."""
    fitting = Fitting(lenient=True, stored=True)
    assert fitting.fit(given, type, Path()) == expected
    assert fitting.problems == []
