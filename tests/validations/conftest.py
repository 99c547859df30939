"""Two installations for all tests of validations in plans; each test seeds deployments of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ece_simulator import Simulator
from tests.validations.stage import Stage


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    """Two installations that reach each other; starting them costs more than any of these tests."""
    with Simulator(installations=2) as running:
        yield running


@pytest.fixture
def stage(simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Plans against the first installation, which knows the second as "paris"."""
    monkeypatch.setenv("TF_DATA_DIR", str(tmp_path))
    simulator.control.reset()
    return Stage(simulator)
