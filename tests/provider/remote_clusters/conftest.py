"""A simulator with two installations, and one pair of deployments that may be connected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ece_simulator import Simulator
from tests.provider.remote_clusters.support import World


@dataclass
class Pair:
    """A local and a remote deployment, and the arguments of what connects them."""

    world: World
    local: dict[str, Any]
    remote: dict[str, Any]

    def key(self, **more: Any) -> dict[str, Any]:
        """Arguments of the key."""
        return {
            "name": "central-to-logs",
            "access": {"search": [{"names": ["logs-*"]}]},
            "remote": {"deployment_id": self.remote["id"]},
            "local": {"deployment_id": self.local["id"], "alias": "logs"},
            **more,
        }

    def connection(self, model: str = "api_key", **more: Any) -> dict[str, Any]:
        """Arguments of the connection."""
        key = f"{self.local['id']}/main-elasticsearch/logs" if model == "api_key" else None
        return {
            "deployment_id": self.local["id"],
            "alias": "logs",
            "security_model": model,
            "remote": {"deployment_id": self.remote["id"]},
            "cross_cluster_api_key_id": key,
            "timeouts": {"create": "5s", "update": "5s"},
            **more,
        }


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """Two installations that reach each other."""
    with Simulator(installations=2) as running:
        yield running


@pytest.fixture
def world(simulator: Simulator) -> World:
    """Runs of Terraform against the first of them."""
    return World(simulator)


@pytest.fixture
def pair(world: World) -> Pair:
    """Two deployments of one installation that trust each other, as new ones do."""
    return Pair(world, world.control.seed(name="central"), world.control.seed(name="logs"))
