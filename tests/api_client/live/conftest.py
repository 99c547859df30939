"""One installation on loopback for the tests of a file, as new for each of them."""

from __future__ import annotations

import pytest

from ece_simulator import Simulator


@pytest.fixture(scope="module")
def served():
    """One installation on loopback."""
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(served):
    """The installation, as new."""
    yield served
    served.control.reset()
    served.control.clear_faults()
    served.control.set_plan_speed(0)


@pytest.fixture
def ece(simulator):
    """Its addresses and credentials."""
    return simulator.installations[0]
