"""A simulator with two installations, a folder that Terraform runs in, and the arguments of a hand-over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ece_simulator import Simulator
from tests.domain.hand_over.cases import CA
from tests.provider.remote_clusters.support import World


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """Two installations that reach each other."""
    with Simulator(installations=2) as running:
        yield running


@pytest.fixture
def world(simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Runs of Terraform in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    return World(simulator)


@pytest.fixture
def central(world: World) -> dict[str, Any]:
    """A deployment."""
    found: dict[str, Any] = world.control.seed(name="central")
    return found


@pytest.fixture
def arguments(central: dict[str, Any]) -> dict[str, Any]:
    """Certificate model, from the deployment to a self-managed cluster."""
    return {
        "folder": "hand-over/onprem",
        "alias": "onprem",
        "security_model": "certificate",
        "local": {"kind": "ece", "name": "central", "deployment_id": central["id"]},
        "remote": {
            "kind": "self_managed",
            "name": "onprem",
            "address": "onprem.example.com",
            "ca_pem": [CA["onprem"]],
            "node_names": ["es01", "es02"],
        },
    }
