"""Partners that are made of files: a self-managed cluster and one on Kubernetes, brought back for each omission."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ece_simulator import Simulator
from tests.routes.places import DOCUMENTS, Json, Partner

RESTART = "restart-wanted"


class SelfManaged(Partner):
    """A self-managed cluster as its own tools make it."""

    kind = "self_managed"

    def __init__(self, simulator: Simulator, name: str, folder: Path) -> None:
        super().__init__(simulator, name)
        self.cluster: Any = simulator.add_self_managed(name=name, home=folder / name, documents=DOCUMENTS)

    def address(self) -> Json:
        return {"address": self.cluster.host}

    def side(self) -> Json:
        place = self.cluster
        return {
            "kind": "self_managed",
            "name": self.name,
            "version": place.version,
            "ca_pem": [place.ca_pem],
            "scope_id": place.scope_id,
            "cluster_id": place.cluster_id,
            "node_names": ["node1"],
            "egress": [place.egress],
            "home": str(place.home),
            "config_folder": str(place.config),
            "ca_file": "ca/ca.crt",
            "ca_key_file": "ca/ca.key",
            "restart_command": f"touch {place.home / RESTART}",
            **self.address(),
        }

    def trusted(self) -> Json:
        place = self.cluster
        return {
            "type": "generic",
            "certificates": [place.ca_pem],
            "scope_id": place.scope_id,
            "cluster_ids": [place.cluster_id],
        }

    def snapshot(self) -> Callable[[], None]:
        kept = self.cluster.home.with_name(f"{self.name}-kept")
        shutil.copytree(self.cluster.home, kept, symlinks=True)

        def bring_back() -> None:
            shutil.rmtree(self.cluster.home)
            shutil.copytree(kept, self.cluster.home, symlinks=True)
            assert self.cluster.restart(), self.cluster.log()

        return bring_back

    def repeats(self, command: str) -> Path | None:
        """Certificates are made of a script and its instances alone."""
        return Path(self.cluster.config) / "remote-clusters" if command.endswith("certutil.sh") else None

    def settle(self) -> None:
        wanted = self.cluster.home / RESTART
        if wanted.exists():
            wanted.unlink()
            self.cluster.restart()


class Eck(Partner):
    """A cluster on Kubernetes as its operator makes it."""

    kind = "eck"

    def __init__(self, simulator: Simulator, name: str, folder: Path) -> None:
        super().__init__(simulator, name)
        self.cluster: Any = simulator.add_eck(name=name, namespace="elastic", home=folder / name, documents=DOCUMENTS)
        self._manifest = json.dumps(self.cluster.get("elasticsearch", name))
        self.model = ""

    def address(self) -> Json:
        host = self.cluster.remote_cluster_host if self.model == "api_key" else self.cluster.transport_host
        own = {"server_name": self.cluster.server_name} if self.model == "api_key" else {}
        return {"address": host, **own}

    def side(self) -> Json:
        return {
            "kind": "eck",
            "name": self.name,
            "version": self.cluster.version,
            "cluster_name": self.cluster.cluster_name,
            "namespace": self.cluster.namespace,
            "manifest": self._manifest,
            "ca_pem": [self.cluster.ca_pem],
            "egress": [self.cluster.egress],
            **self.address(),
        }

    def trusted(self) -> Json:
        return {
            "type": "generic",
            "certificates": [self.cluster.ca_pem],
            "additional_node_names": list(self.cluster.node_names),
        }

    def snapshot(self) -> Callable[[], None]:
        objects = Path(self.cluster.home) / "objects"
        kept = objects.with_name("objects-kept")
        shutil.copytree(objects, kept)

        def bring_back() -> None:
            shutil.rmtree(objects)
            shutil.copytree(kept, objects)
            assert self.cluster.running, self.cluster.log()

        return bring_back

    def repeats(self, command: str) -> Path | None:
        """All that kubectl does is in its objects."""
        return Path(self.cluster.home) / "objects"

    def settle(self) -> None:
        """The operator acts by itself."""

    @property
    def tools(self) -> Path | None:
        return Path(self.cluster.bin)
