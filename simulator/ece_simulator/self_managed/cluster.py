"""A self-managed cluster of one node that reads its home folder when it starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ece_simulator.data_plane.names import node_name
from ece_simulator.partners.failure import StartFailure
from ece_simulator.partners.node_setup import Ingredients, NodeSetup, check_formation, start
from ece_simulator.partners.partner import Partner, Surroundings
from ece_simulator.partners.yaml_text import settings_of
from ece_simulator.self_managed.home import NODE, SETTINGS, ConfigFiles, Home


class SelfManagedCluster(Partner):
    """A cluster that somebody runs on own hosts; `host` is the name by which others reach it.

    Its settings, certificates, trust file and keystore are real files below `home`; `restart` reads them all, the
    trust file is watched, and `_nodes/reload_secure_settings` reads the keystore.
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
        documents: dict[str, dict[str, dict[str, Any]]] | None = None,
    ) -> None:
        super().__init__(name, around, version=version, egress=egress, cluster_id=cluster_id, documents=documents)
        self.host, self.scope_id = host, scope_id
        self._home = Home(home.resolve())
        self._home.fill(name, host, self.wanted_node_name if named_nodes else None)
        self.ca_file = str(self._home.certificate_authority)
        self.plane.network.add(host, self.ports)
        self.restart()

    @property
    def home(self) -> Path:
        """The folder that stands for ES_HOME."""
        return self._home.path

    @property
    def config(self) -> Path:
        """The folder of settings, certificates and keystore."""
        return self._home.config

    @property
    def wanted_node_name(self) -> str:
        """The otherName that a node certificate of the Elastic pattern would carry."""
        return node_name(NODE, self.cluster_id, self.scope_id)

    @property
    def ca_pem(self) -> str:
        """The CA that signs the cluster's certificates."""
        return self._home.certificate_authority.read_text(encoding="ascii")

    def restart(self) -> bool:
        """Reads every file anew; False, and words in the log, when the node does not start or the cluster not form."""
        with self.plane.lock:
            try:
                secrets = self.secrets()
                nodes = [self._node(secrets)]
                check_formation(nodes)
            except (StartFailure, ValueError) as failure:
                self.restarted([], {})
                self.site().note(str(failure))
                return False
            self.restarted(nodes, secrets)
            return True

    def _node(self, secrets: dict[str, str]) -> NodeSetup:
        path = self.config / SETTINGS
        if not path.is_file():
            raise StartFailure(f"no settings: [{path}] does not exist")
        settings = settings_of(path.read_text(encoding="utf-8"), SETTINGS)
        public = (self.around.well_known.root.pem,)
        return start(Ingredients(NODE, settings, secrets, ConfigFiles(self.config), public, self.version))

    def secrets(self) -> dict[str, str]:
        """The keystore as it is on disk."""
        return self._home.keystore.read()

    def refresh(self) -> None:
        """The trust file is read at each look anyway."""

    def facts(self) -> dict[str, Any]:
        """What a program needs to know that sees this cluster from outside."""
        return {
            "name": self.name,
            "home": str(self.home),
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
            "egress": self.egress,
            "running": self.running,
        }
