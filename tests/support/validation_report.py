"""Counts the validations whose tests passed in a run, and prints them at its end: "48 of 48"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from ece_domain.validations import VALIDATIONS
from tests.validations.cases import NOT_IN_CONSTRUCTS

_PROPERTY = "validation"


def record(item: pytest.Item) -> None:
    """Let the report of a test carry the validations that it triggers, also from another process."""
    for mark in item.iter_markers("validation"):
        item.user_properties.append((_PROPERTY, "/".join(mark.args)))


def printed(reports: Iterable[Any]) -> Iterator[str]:
    """The lines for the end of a run; none when no such test ran."""
    passed: set[str] = set()
    failed: set[str] = set()
    for report in reports:
        for name, value in getattr(report, "user_properties", ()):
            if name == _PROPERTY and report.when == "call":
                (passed if report.outcome == "passed" else failed).add(value)
    if not passed | failed:
        return
    good = {value.partition("/")[0] for value in passed} - {value.partition("/")[0] for value in failed}
    yield f"{len(good)} of {len(VALIDATIONS)} validations were triggered, and their good neighbours passed"
    for moment in ("synth", "plan", "apply"):
        count = len({value for value in passed - failed if value.endswith(f"/{moment}")})
        yield f"  at {moment}: {count}"
    for name, reason in NOT_IN_CONSTRUCTS.items():
        yield f"  {name} in Terraform only: {reason}"
    if missing := [name for name in VALIDATIONS if name not in good]:
        yield f"  missing: {', '.join(missing)}"
