"""What tests of a self-managed cluster start with: a deployment and a cluster, both with documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from ece_simulator import SelfManagedCluster, Simulator
from tests.simulator.clusters import Cluster, seed

LOGS = {"logs-1": {"1": {"n": 1}}}


@pytest.fixture
def ece(sim: Simulator) -> Cluster:
    """A deployment with documents."""
    return seed(sim, documents=LOGS)


@pytest.fixture
def onprem(sim: Simulator, tmp_path: Path) -> SelfManagedCluster:
    """A cluster as its tools make it, with documents."""
    return sim.add_self_managed(home=tmp_path / "es", documents=LOGS)
