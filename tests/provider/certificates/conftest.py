"""One installation, and runs of Terraform against it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ece_simulator import Simulator
from tests.provider.remote_clusters.support import World
from tests.support.certificates import Chain, server_chain


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """One installation."""
    with Simulator() as running:
        yield running


@pytest.fixture
def world(simulator: Simulator) -> World:
    """Runs of Terraform against it."""
    return World(simulator)


@pytest.fixture(scope="session")
def chain() -> Chain:
    """A chain that a company's CA signed."""
    return server_chain()
