"""Durations, validators and checks of which arguments go together."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from terraform_plugin import durations
from terraform_plugin.diagnostics import Path
from terraform_plugin.resource import ValidateContext
from terraform_plugin.validators import (
    Between,
    Duration,
    EachItem,
    EachKey,
    ItemsBetween,
    LengthBetween,
    Matches,
    NotEmpty,
    OneOf,
    Satisfies,
    Whole,
    at_most_one_of,
    exactly_one_of,
    required_together,
)
from terraform_plugin.values import UNKNOWN


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("30m", 1800), ("1h30m", 5400), ("1.5h", 5400), ("300ms", 0.3), ("0", 0), ("1h0m5s", 3605)],
)
def test_durations(text: str, seconds: float):
    """The spellings that Terraform users know from other providers."""
    assert durations.parse(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "5", "soon", "1d", "-1s", "1h 30m", "s", "1s!", "1,5h", "٣s"])
def test_what_is_no_duration(text: str):
    """Refused with an example of how to write it; nothing is guessed."""
    with pytest.raises(ValueError, match="is no duration; write it as"):
        durations.parse(text)


CASES: list[tuple[Any, Any, Any]] = [
    (OneOf("ip", "remote_cluster"), "ip", "vpce"),
    (OneOf(1, 2), 2, 3),
    (Matches("[a-z]+", "lower case letters"), "abc", "abc1"),
    (Matches("[a-z]+"), "abc", "Abc"),
    (LengthBetween(2, 3), "ab", "a"),
    (LengthBetween(2, 3), "abc", "abcd"),
    (ItemsBetween(1), [1], []),
    (ItemsBetween(0, 1), {"a": 1}, {"a": 1, "b": 2}),
    (Between(1, 5), 1, 0),
    (Between(1, 5), 5, Decimal("5.1")),
    (Between(None, 5), -9, 6),
    (Between(1), 9, 0),
    (Whole(), 3, Decimal("3.5")),
    (Duration(), "5m", "soon"),
    (NotEmpty(), "x", ""),
    (NotEmpty(), [1], []),
    (NotEmpty(), "x", "  "),
    (EachItem(NotEmpty()), ["x", UNKNOWN, None], ["x", ""]),
    (EachItem(Between(1, 2)), {"a": 1}, {"a": 3}),
    (EachKey(Matches("[a-z]+")), {"a": 1}, {"A": 1}),
    (Satisfies(lambda value: value % 2 == 0, "an even number"), 2, 3),
]


@pytest.mark.parametrize(("validator", "good", "bad"), CASES)
def test_validators(validator: Any, good: Any, bad: Any):
    """Each lets the good through, refuses the bad once, at its place, and can describe what it allows."""
    assert list(validator.check(good, Path("x"))) == []
    (told,) = validator.check(bad, Path("x"))
    assert told.path.steps[0] == ("attribute", "x")
    assert "x" in told.detail
    assert validator.description


def test_a_message_names_place_value_and_what_is_allowed():
    """Everything that is needed to repair the line."""
    (told,) = EachItem(OneOf("a", "b")).check(["a", "c"], Path("rules").index(0).attribute("kinds"))
    assert told.detail == 'rules[0].kinds[1] is "c". Allowed: one of "a", "b".'


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"a": 1}, 0),
        ({}, 1),
        ({"a": 1, "b": 2}, 1),
        ({"a": UNKNOWN}, 0),
        ({"a": UNKNOWN, "b": 1}, 0),
    ],
)
def test_exactly_one_of(given: dict[str, Any], errors: int):
    """What is unknown may turn out null, so it proves nothing."""
    context = ValidateContext(config={"a": None, "b": None, "c": None, **given})
    exactly_one_of(context, "a", "b", "c")
    assert len(context.diagnostics.items) == errors


def test_excluding_and_belonging_arguments_are_named():
    """The text lists who excludes whom, and who is missing."""
    context = ValidateContext(config={"a": 1, "b": 2, "c": None})
    assert not at_most_one_of(context, "a", "b", "c")
    required_together(context, "a", "c")
    first, second = context.diagnostics
    assert first.detail == "a and b are given together. Give only one of a, b or c."
    assert second.detail == "a and c go together; c is missing."
