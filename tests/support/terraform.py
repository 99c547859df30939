"""Which Terraform a test runs on, and since which Terraform a feature exists.

A version that cannot be had fails the run: nothing is ever skipped because it is missing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from terraform_plugin.testing import TerraformBinary
from terraform_plugin.testing.binary import numbers
from tools.terraform_choice import choose_terraform
from tools.terraform_versions import MATRIX, terraform

MATRIX_VERSIONS: tuple[str, ...] = tuple(MATRIX)
"""The columns of the matrix, oldest first."""

BEFORE_WRITE_ONLY: tuple[str, ...] = ("1.8.4", "1.10.5")
"""Versions that would keep a write-only value in state in clear."""

FEATURES: dict[str, tuple[str, str | None]] = {
    "lifecycle": ("1.8", None),
    "replace": ("1.8", None),
    "invalid input": ("1.8", None),
    "errors of the API": ("1.8", None),
    "failed plan and time-out": ("1.8", None),
    "drift and disappearance": ("1.8", None),
    "import by id": ("1.8", None),
    "state upgrade": ("1.8", None),
    "moved from another type": ("1.8", None),
    "saved plan": ("1.8", None),
    "interruption": ("1.8", None),
    "values": ("1.8", None),
    "functions": ("1.8", None),
    "write-only refused": ("1.8", "1.11"),
    "ephemeral resources": ("1.10", None),
    "write-only": ("1.11", None),
    "identity": ("1.12", None),
    "import by identity": ("1.12", None),
    "generated configuration": ("1.8", None),
    "generated configuration from the provider": ("1.14", None),
    "list resources": ("1.14", None),
    "actions": ("1.14", None),
}
"""Feature to the Terraform that has it first, and the one that has it no more (None: all newer ones have it)."""


def has_feature(version: str, feature: str) -> bool:
    """True when the table says that this Terraform version has the feature; KeyError for a feature not in it."""
    first, end = FEATURES[feature]
    return numbers(first) <= numbers(version)[:2] and (end is None or numbers(version)[:2] < numbers(end))


@functools.cache
def binary(version: str | None = None) -> TerraformBinary:
    """The Terraform of this version, or the one the project uses; raises when it cannot be had."""
    if version is None:
        return TerraformBinary.at(choose_terraform())
    return TerraformBinary(terraform(version), version)


def matrix(*features: str, versions: tuple[str, ...] = MATRIX_VERSIONS) -> Callable[[Any], Any]:
    """Run the test on every Terraform of ``versions`` that has all the features; it gets the fixture ``terraform``.

    The result stands in the matrix that the run prints at its end, once for each feature.
    """
    having = [version for version in versions if all(has_feature(version, feature) for feature in features)]
    assert having, f"no version of {versions} has {features}"

    def decorate(test: Any) -> Any:
        parametrized = pytest.mark.parametrize("terraform", having, indirect=True)(test)
        return pytest.mark.feature(*features)(parametrized)

    return decorate
