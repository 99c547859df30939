"""What tests of an ECK cluster start with: a deployment and a cluster, both with documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from ece_simulator import EckCluster, Simulator
from tests.simulator.clusters import Cluster, seed

LOGS = {"logs-1": {"1": {"n": 1}}}


@pytest.fixture
def ece(sim: Simulator) -> Cluster:
    """A deployment with documents."""
    return seed(sim, documents=LOGS)


@pytest.fixture
def eck(sim: Simulator, tmp_path: Path) -> EckCluster:
    """A cluster as a first manifest makes it, with documents."""
    return sim.add_eck(home=tmp_path / "k8s", namespace="logging", documents=LOGS)
