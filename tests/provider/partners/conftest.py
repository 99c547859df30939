"""An installation with one deployment, and a self-managed cluster beside it that Terraform reaches by its endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ece_simulator import SelfManagedCluster, Simulator
from tests.provider.remote_clusters.support import World
from tests.simulator.partners import run

SERVER = {
    "remote_cluster_server.enabled": "true",
    "xpack.security.remote_cluster_server.ssl.key": "certs/server.key",
    "xpack.security.remote_cluster_server.ssl.certificate": "certs/server.crt",
}


@dataclass
class Partner:
    """A deployment, a self-managed cluster, and the arguments of what connects them, either way."""

    world: World
    deployment: dict[str, Any]
    onprem: SelfManagedCluster
    folder: Path

    @property
    def deployment_id(self) -> str:
        """Id of the deployment."""
        return str(self.deployment["id"])

    @property
    def uuid(self) -> str:
        """What the cluster is known by."""
        return str(self.onprem.call("GET", "")["cluster_uuid"])

    @property
    def file(self) -> Path:
        """Where the key for the cluster goes."""
        return self.folder / "secrets" / "logs"

    def entry(self, **more: Any) -> dict[str, Any]:
        """An entry of ``environments`` that leads to the cluster."""
        place = self.onprem
        given = {"endpoint": place.endpoint, "username": place.username, "password": place.password}
        return {"kind": "elasticsearch", "ca_file": str(place.ca_file), **given, **more}

    def outbound_key(self, **more: Any) -> dict[str, Any]:
        """The deployment searches in the cluster."""
        return {
            "name": "ece-to-onprem",
            "access": {"search": [{"names": ["logs-*"]}]},
            "remote": {"environment": "onprem", "address": self.onprem.host},
            "local": {"deployment_id": self.deployment_id, "alias": "logs"},
            **more,
        }

    def outbound(self, model: str = "api_key", **more: Any) -> dict[str, Any]:
        """The connection of the deployment to the cluster."""
        return {
            "deployment_id": self.deployment_id,
            "alias": "logs",
            "security_model": model,
            "remote": {"environment": "onprem", "address": self.onprem.host},
            "cross_cluster_api_key_id": f"{self.deployment_id}/main-elasticsearch/logs" if model == "api_key" else None,
            "timeouts": {"create": "3s", "update": "3s"},
            **more,
        }

    def inbound_key(self, local: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """The cluster searches in the deployment."""
        side = {"environment": "onprem"} if local is None else local
        return {
            "name": "onprem-to-ece",
            "access": {"search": [{"names": ["logs-*"]}]},
            "remote": {"deployment_id": self.deployment_id},
            "local": {"alias": "logs", "secret_file": str(self.file), **side},
            **more,
        }

    def inbound(self, model: str = "api_key", **more: Any) -> dict[str, Any]:
        """The connection of the cluster to the deployment."""
        return {
            "environment": "onprem",
            "alias": "logs",
            "security_model": model,
            "remote": {"deployment_id": self.deployment_id},
            "cross_cluster_api_key_id": f"{self.uuid}/-/logs" if model == "api_key" else None,
            "timeouts": {"create": "3s", "update": "3s"},
            **more,
        }

    def trust_of_server(self) -> None:
        """The deployment trusts the CA of the cluster's server, by direct trust of type proxy."""
        entry = {"name": "onprem", "type": "proxy", "trust_all": False, "certificates": [{"pem": self.onprem.ca_pem}]}
        self.world.set_trust(self.deployment_id, direct=[entry])

    def start_server(self) -> None:
        """The cluster's administrator switches its remote cluster server on."""
        yml = self.onprem.config / "elasticsearch.yml"
        yml.write_text(yml.read_text() + "".join(f"{name}: {value}\n" for name, value in SERVER.items()))
        assert self.onprem.restart(), self.onprem.log()

    def trust_proxy(self) -> None:
        """The cluster's administrator lets it trust the CA of ECE's proxies."""
        place = self.world.simulator.installations[0]
        (self.onprem.config / "certs" / "ece.crt").write_bytes(Path(place.proxy_ca_file).read_bytes())
        yml = self.onprem.config / "elasticsearch.yml"
        line = "xpack.security.remote_cluster_client.ssl.certificate_authorities: [certs/ece.crt]\n"
        yml.write_text(yml.read_text() + line)
        assert self.onprem.restart(), self.onprem.log()

    def deliver(self) -> None:
        """The cluster's administrator puts the key into the keystore, and no more."""
        command = ("bin/elasticsearch-keystore", "add", "--force", "--stdin", "cluster.remote.logs.credentials")
        done = run(self.onprem.home, *command, given=self.file.read_text())
        assert done.returncode == 0, done.stderr

    def live_keys(self) -> list[str]:
        """Ids of the live keys on the deployment."""
        return [key["id"] for key in self.world.live_keys(self.deployment_id)]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """One installation; partners join it."""
    with Simulator() as running:
        yield running


@pytest.fixture
def partner(simulator: Simulator, tmp_path: Path) -> Partner:
    """A deployment and a cluster, both with documents, that know nothing of each other."""
    onprem = simulator.add_self_managed(home=tmp_path / "es", documents={"logs-1": {"1": {"n": 1}}})
    world = World(simulator)
    made = Partner(world, world.control.seed(name="logs"), onprem, tmp_path)
    world.config = {"environments": {"onprem": made.entry()}}
    return made
