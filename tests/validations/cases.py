"""What a test of a validation is: which one it triggers, when, and the neighbouring good case beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ece_domain.validations import VALIDATIONS, Moment

NOT_IN_CONSTRUCTS = {
    "V8": "key and connection take the alias from one place",
    "V9": "the port follows from platform and model",
    "V10": "address and server name come from the remote side",
    "V41": "the key is always made and referred to",
}
"""Validations of pure configuration that no program can run into, and why; they are triggered in HCL."""

PROPERTY = "validation"
"""Name of the property of a report that says which validation a test is about."""


class Covered:
    """Which validations have a test that triggers them, by moment; filled while tests are collected."""

    by_moment: dict[Moment, set[str]] = {moment: set() for moment in Moment}


def triggers(validation: str, moment: Moment) -> Callable[[Any], Any]:
    """Mark a test as one that triggers a validation at a moment, and shows that the neighbouring good case passes."""
    assert validation in VALIDATIONS, validation
    Covered.by_moment[moment].add(validation)
    return pytest.mark.validation(validation, moment.value)


def parameters(cases: dict[str, Any], moment: Moment) -> list[Any]:
    """Cases of a table as parameters of one test, each marked as ``triggers`` does."""
    return [
        pytest.param(*case, id=name, marks=triggers(name.partition("-")[0], moment)) for name, case in cases.items()
    ]


def assert_told(messages: list[str], validation: str) -> None:
    """One of the messages ends with the id: that is how users find the page about it."""
    assert any(message.rstrip().endswith(f"({validation})") for message in messages), messages


def assert_silent(messages: list[str], validation: str) -> None:
    """None of the messages is of this validation."""
    assert not any(f"({validation})" in message for message in messages), messages
