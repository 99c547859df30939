"""The table at the end of a run must never claim more than the tests showed."""

from __future__ import annotations

import pytest

from tests.support.matrix_report import table
from tests.support.terraform import binary, has_feature


def cells(lines: list[str], row: str) -> list[str]:
    """The cells of a row, which are set apart by at least two blanks."""
    line = next(line for line in lines if row in line)
    return [cell.strip() for cell in line[52:].split("  ") if cell.strip()]


def test_a_failure_a_pass_and_a_version_without_the_feature_are_told_apart() -> None:
    """A cell comes from results, or from the fixed table, or says that nothing was run."""
    outcomes = [("ece", "identity", "1.12.2", True), ("ece", "identity", "1.12.2", False)]
    assert cells(table(outcomes), "identity") == [
        "not in this version",
        "not in this version",
        "fail (1 of 2)",
        "not run",
    ]


def test_a_row_without_results_is_left_out() -> None:
    """The table speaks of this run only."""
    assert not any("actions" in line for line in table([("ece", "lifecycle", "1.8.4", True)]))


def test_a_feature_can_end() -> None:
    """Refusing write-only values is the right behaviour below 1.11 only."""
    assert has_feature("1.10.5", "write-only refused")
    assert not has_feature("1.11.4", "write-only refused")


def test_a_terraform_that_cannot_be_had_is_an_error() -> None:
    """A missing version must fail the run, never skip."""
    with pytest.raises(RuntimeError, match=r"0\.12\.0"):
        binary("0.12.0")
