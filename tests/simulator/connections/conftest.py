"""What tests of connections between deployments start with: two installations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ece_simulator import Simulator
from tests.simulator.support import simulator


@pytest.fixture
def two() -> Iterator[Simulator]:
    """Two installations with private proxy CAs."""
    sim = simulator(2)
    yield sim
    sim.stop()
