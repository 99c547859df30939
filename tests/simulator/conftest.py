"""A fresh simulator and a caller with all rights for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ece_simulator import Simulator
from tests.simulator.support import Api, simulator


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """One installation on a manual clock; plans take 10 seconds."""
    made = simulator()
    yield made
    made.stop()


@pytest.fixture
def api(sim: Simulator) -> Api:
    """The administrator of that installation."""
    return Api(sim)
