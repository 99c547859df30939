"""A self-managed cluster that reads the home folders of its nodes when it starts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ece_simulator.data_plane.names import node_name
from ece_simulator.partners.failure import StartFailure
from ece_simulator.partners.node_setup import Ingredients, NodeSetup, check_formation, start
from ece_simulator.partners.partner import Partner, Surroundings
from ece_simulator.partners.yaml_text import settings_of
from ece_simulator.self_managed.home import SETTINGS, ConfigFiles, Home


class SelfManagedCluster(Partner):
    """A cluster that somebody runs on own hosts; `host` is the name by which others reach it.

    Its settings, certificates, trust file and keystore are real files below `home`; `restart` reads them all, the
    trust file is watched, and `_nodes/reload_secure_settings` reads the keystore. Further nodes have homes of their own
    beside it (`home-node2`, …): what is done on one node only does not count.
    """

    kind = "self_managed"

    def __init__(
        self,
        name: str,
        home: Path,
        around: Surroundings,
        *,
        version: str,
        host: str,
        egress: str,
        cluster_id: str | None = None,
        scope_id: str,
        named_nodes: bool = False,
        nodes: int = 1,
        documents: dict[str, dict[str, dict[str, Any]]] | None = None,
    ) -> None:
        super().__init__(name, around, version=version, egress=egress, cluster_id=cluster_id, documents=documents)
        self.host, self.scope_id = host, scope_id
        if nodes < 1:
            raise ValueError(f"nodes: at least 1, got {nodes}")
        self._homes = list(_homes(home.resolve(), nodes))
        self._home = self._homes[0]
        for one, wanted in zip(self._homes, self.wanted_node_names, strict=True):
            one.fill(name, host, wanted if named_nodes else None)
        self.ca_file = str(self._home.certificate_authority)
        self.plane.network.add(host, self.ports)
        self.restart()

    @property
    def home(self) -> Path:
        """The folder that stands for ES_HOME (of the first node)."""
        return self._home.path

    @property
    def homes(self) -> list[Path]:
        """The folders of all nodes."""
        return [one.path for one in self._homes]

    @property
    def config(self) -> Path:
        """The folder of settings, certificates and keystore (of the first node)."""
        return self._home.config

    @property
    def wanted_node_name(self) -> str:
        """The otherName that the first node's certificate would carry by the Elastic pattern."""
        return self.wanted_node_names[0]

    @property
    def wanted_node_names(self) -> list[str]:
        """The same of all nodes."""
        return [node_name(one.node, self.cluster_id, self.scope_id) for one in self._homes]

    @property
    def ca_pem(self) -> str:
        """The CA that signs the cluster's certificates."""
        return self._home.certificate_authority.read_text(encoding="ascii")

    def restart(self) -> bool:
        """Reads every file anew; False, and words in the log, when the node does not start or the cluster not form."""
        with self.plane.lock:
            try:
                nodes = [self._node(one) for one in self._homes]
                check_formation(nodes)
                secrets = self.secrets()
            except (StartFailure, ValueError) as failure:
                self.restarted([], {})
                self.site().note(str(failure))
                return False
            self.restarted(nodes, secrets)
            return True

    def _node(self, home: Home) -> NodeSetup:
        path = home.config / SETTINGS
        if not path.is_file():
            raise StartFailure(f"no settings: [{path}] does not exist")
        settings = settings_of(path.read_text(encoding="utf-8"), SETTINGS)
        public = (self.around.well_known.root.pem,)
        return start(
            Ingredients(home.node, settings, home.keystore.read(), ConfigFiles(home.config), public, self.version)
        )

    def secrets(self) -> dict[str, str]:
        """What the keystores of all nodes have in common on disk."""
        first, *others = [one.keystore.read() for one in self._homes]
        return {name: value for name, value in first.items() if all(other.get(name) == value for other in others)}

    def refresh(self) -> None:
        """The trust file is read at each look anyway."""

    def facts(self) -> dict[str, Any]:
        """What a program needs to know that sees this cluster from outside."""
        return {
            "name": self.name,
            "home": str(self.home),
            "homes": [str(path) for path in self.homes],
            "endpoint": self.endpoint,
            "username": self.username,
            "password": self.password,
            "ca_file": self.ca_file,
            "host": self.host,
            "version": self.version,
            "cluster_id": self.cluster_id,
            "scope_id": self.scope_id,
            "node_names": self.node_names,
            "wanted_node_name": self.wanted_node_name,
            "wanted_node_names": self.wanted_node_names,
            "egress": self.egress,
            "running": self.running,
        }


def _homes(first: Path, count: int) -> Iterator[Home]:
    for number in range(1, count + 1):
        node = f"node{number}"
        yield Home(first if number == 1 else first.with_name(f"{first.name}-{node}"), node, first / "ca")
