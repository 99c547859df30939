"""Real Terraform, a simulator with two installations, and one cell of the matrix."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ece_simulator import Simulator
from tests.acceptance.conftest import cold_mirror, mirror, warm_mirror, warm_provider

__all__ = ["cold_mirror", "mirror", "warm_mirror", "warm_provider"]

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is an acceptance test."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.acceptance)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """Two installations that reach each other; partners join."""
    with Simulator(installations=2) as running:
        yield running
