"""A cell of the matrix: two clusters, one alias, one model, and the configuration that connects them.

``configuration`` gives Terraform's JSON, whoever writes it: here the provider's objects by name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from ece_domain.security_models import SecurityModel
from ece_simulator import Simulator
from tests.routes.partners import Eck, SelfManaged
from tests.routes.places import Deployment, Hosted, Json, Partner, Place

FOLDER: Final = "hand-over"
SECRET: Final = "secrets/key"
KEY: Final = SecurityModel.API_KEY
TRUST: Final = "ece_deployment_trust_direct"


class Cell:
    """One route under one model, with its clusters."""

    def __init__(self, simulator: Simulator, route: str, model: SecurityModel, folder: Path) -> None:
        self.simulator, self.route, self.model = simulator, route, model
        here = Deployment(simulator, "central")
        there = self._other(route, folder)
        if isinstance(there, Eck):
            there.model = model.value
        self.local, self.remote = (here, there) if route.startswith("O") else (there, here)
        self.alias = self.remote.name

    def _other(self, route: str, folder: Path) -> Place:
        match route[1]:
            case "1":
                return Deployment(self.simulator, "logs")
            case "2":
                return Deployment(self.simulator, "logs", 1)
            case "3":
                return Hosted(self.simulator, "hosted")
            case "4":
                return SelfManaged(self.simulator, "onprem", folder)
        return Eck(self.simulator, "shop", folder)

    @property
    def partner(self) -> Partner | None:
        """The side that is handed over to."""
        return next((place for place in (self.local, self.remote) if isinstance(place, Partner)), None)

    @property
    def port(self) -> int:
        """The port of the remote side."""
        if self.model is KEY:
            return 9443
        return 9300 if isinstance(self.remote, Partner) else 9400

    # the configuration

    def configuration(self) -> Json:
        """Terraform's JSON."""
        resources: Json = {"ece_hand_over": {"h": self._hand_over()}}
        resources |= self._by_key() if self.model is KEY else self._by_certificate()
        if not isinstance(self.local, Partner):
            resources["ece_remote_cluster"] = {"r": self._connection()}
        return {"provider": {"ece": self._providers()}, "resource": resources, "data": self._data()}

    def variables(self) -> dict[str, str]:
        """Environment variables that its environments need, beside those of the provider's own."""
        entries = (place.environment() for place in (self.local, self.remote))
        return {name: value for entry in entries if entry for name, value in entry[2].items()}

    def _providers(self) -> list[Json]:
        entries = [entry for place in (self.local, self.remote) if (entry := place.environment())]
        environments = {name: entry for name, entry, _ in entries}
        block: Json = {"environments": environments} if environments else {}
        hosted = next((place for place in (self.local, self.remote) if isinstance(place, Hosted)), None)
        if hosted is not None:
            block["elasticsearch_credentials"] = hosted.credentials()
        others = [{"alias": name, **entry} for name, entry in environments.items() if entry["kind"] != "elasticsearch"]
        return [block, *others]

    def _data(self) -> Json:
        found: Json = {}
        for place in (self.local, self.remote):
            for kind, named in place.data().items():
                found.setdefault(kind, {}).update(named)
        return found

    def _hand_over(self) -> Json:
        is_for_file = self.model is KEY and isinstance(self.local, Partner)
        return {
            "folder": FOLDER,
            "alias": self.alias,
            "security_model": self.model.value,
            "local": self.local.side(),
            "remote": {**self.remote.side(), **self._reached()},
            **({"secret_file": SECRET} if is_for_file else {}),
        }

    def _reached(self) -> Json:
        """Terraform makes the key on a partner that is the remote side; a local one is handed everything."""
        return {"environment": self.remote.name} if isinstance(self.remote, Partner) else {}

    def _by_key(self) -> Json:
        local: Json
        if isinstance(self.local, Partner):
            local = {"name": self.local.name, "alias": self.alias, "secret_file": SECRET}
        else:
            local = {**_members(self.local), "alias": self.alias}
        key = {
            "name": f"{self.local.name}-to-{self.remote.name}",
            "access": {"search": [{"names": ["logs-*"]}]},
            "remote": self.remote.remote(),
            "local": local,
        }
        resources: Json = {"ece_cross_cluster_api_key": {"k": key}}
        authority = self.remote.server_authority()
        is_near = self.route in ("O1", "I1")
        if isinstance(self.local, Deployment | Hosted) and authority is not None and not is_near:
            trust = {"name": self.remote.name, "type": "proxy", "certificates": [authority]}
            resources[TRUST] = {"server": {**_written(self.local), **trust}}
        return resources

    def _by_certificate(self) -> Json:
        if self.route in ("O1", "I1"):
            return {}  # account trust between deployments of one ECE is there from the start
        pairs = ((self.local, self.remote), (self.remote, self.local))
        entries = {
            f"of_{place.name}": {**_written(place), "name": peer.name, **peer.trusted()}
            for place, peer in pairs
            if isinstance(place, Deployment | Hosted)
        }
        return {TRUST: entries}

    def _connection(self) -> Json:
        key = {"cross_cluster_api_key_id": "${ece_cross_cluster_api_key.k.id}"} if self.model is KEY else {}
        made = self._by_key() if self.model is KEY else self._by_certificate()
        edges = [f"{kind}.{name}" for kind, named in made.items() if kind == TRUST for name in named]
        return {
            **_members(self.local),
            "alias": self.alias,
            "security_model": self.model.value,
            "remote": self.remote.remote(),
            "wait_for_connected": False,
            "depends_on": edges,
            **key,
        }

    # what it is judged by

    def answers(self) -> bool:
        """A search across the connection finds what the remote holds."""
        try:
            found: Any = self.local.call("GET", f"{self.alias}:logs-*/_search")
        except (AssertionError, ConnectionError, RuntimeError):  # refused, down, answered with an error
            return False
        hits = found.get("hits", {}).get("hits", [])
        return [hit["_index"] for hit in hits] == [f"{self.alias}:logs-1"]

    def is_connected(self) -> bool:
        """What the local cluster says of the alias; false when it knows none."""
        try:
            found = self.local.call("GET", "_remote/info")
        except (AssertionError, ConnectionError, RuntimeError):  # refused, down, answered with an error
            return False
        return bool((found.get(self.alias) or {}).get("connected"))


def _members(place: Place) -> Json:
    assert isinstance(place, Deployment | Hosted)
    return place.members()


def _written(place: Place) -> Json:
    """The arguments of an object that is written in the deployment's own environment."""
    assert isinstance(place, Deployment | Hosted)
    return {"deployment_id": place.id, **place.provider}
