"""The clusters of a route as tests see them: what a configuration says of each, and a call of its Elasticsearch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ece_simulator import Request, Simulator
from tests.simulator.support import basic

DOCUMENTS: dict[str, dict[str, dict[str, Any]]] = {"logs-1": {"1": {"message": "hello"}}}

Json = dict[str, Any]


class Place(ABC):
    """One cluster; ``name`` is what run-books, environments and Terraform addresses call it."""

    kind = ""

    def __init__(self, simulator: Simulator, name: str) -> None:
        self.simulator = simulator
        self.name = name

    @abstractmethod
    def call(self, method: str, path: str, body: Any = None) -> Any:
        """A call of its Elasticsearch as a superuser."""

    @abstractmethod
    def open_port(self, port: int, *, is_open: bool) -> None:
        """What its network lets through."""

    def environment(self) -> tuple[str, Json, dict[str, str]] | None:
        """An entry of ``environments`` that leads to it, with the variables it needs; None for the provider's own."""
        return None


class Deployment(Place):
    """A deployment on ECE."""

    kind = "ece"

    def __init__(self, simulator: Simulator, name: str, installation: int = 0) -> None:
        super().__init__(simulator, name)
        self.number = installation
        self.installation = simulator.installations[installation]
        made = simulator.control.seed(installation, name=name, documents=DOCUMENTS)
        self.id, self.cluster_id = str(made["id"]), str(made["cluster_id"])

    @property
    def _is_own(self) -> bool:
        return self.number == 0

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"authorization": f"ApiKey {self.installation.api_key}", "x-management-request": "true"}
        target = f"/api/v1/deployments/{self.id}/elasticsearch/_main/proxy/{path}"
        return _answer(self.installation.handle(Request.make(method, target, headers=headers, body=body)))

    def open_port(self, port: int, *, is_open: bool) -> None:
        self.simulator.control.set_port(port, open=is_open, installation=self.installation.name)

    def put_trust(self, **lists: Any) -> None:
        """Its trust as an administrator of ECE writes it, by list; ids are not verified."""
        target = f"/api/v1/deployments/{self.id}"
        headers = {"authorization": f"ApiKey {self.installation.api_key}"}
        found = self.installation.handle(Request.make("GET", f"{target}?show_settings=true", headers=headers)).json()
        resource = found["resources"]["elasticsearch"][0]
        payload = {
            "ref_id": resource["ref_id"],
            "region": resource["region"],
            "plan": resource["info"]["plan_info"]["current"]["plan"],
            "settings": {"trust": {"accounts": [], "external": [], "direct": [], **lists}},
        }
        body = {"prune_orphans": False, "resources": {"elasticsearch": [payload]}}
        _answer(self.installation.handle(Request.make("PUT", target, headers=headers, body=body)))

    def environment(self) -> tuple[str, Json, dict[str, str]] | None:
        if self._is_own:
            return None
        place = self.installation
        variables = {"PARIS_ENDPOINT": place.endpoint, "PARIS_API_KEY": place.api_key, "PARIS_CA_FILE": place.ca_file}
        return "paris", {"kind": "ece", "env_prefix": "PARIS"}, variables


class Hosted(Place):
    """A deployment on Elastic Cloud Hosted."""

    kind = "ech"

    def __init__(self, simulator: Simulator, name: str) -> None:
        super().__init__(simulator, name)
        self.organization = simulator.add_hosted(name="cloud")
        made = simulator.control.seed(installation="cloud", name=name, documents=DOCUMENTS)
        self.id, self.cluster_id = str(made["id"]), str(made["cluster_id"])

    @property
    def endpoint(self) -> str:
        """The host name by which its proxies know it."""
        headers = {"authorization": f"ApiKey {self.organization.api_key}"}
        reply = self.organization.handle(Request.make("GET", f"/api/v1/deployments/{self.id}", headers=headers))
        return str(_answer(reply)["resources"]["elasticsearch"][0]["info"]["metadata"]["endpoint"])

    @property
    def password(self) -> str:
        """Of the user ``elastic``."""
        with self.simulator.lock:
            return str(self.organization.world.deployments[self.id].elasticsearch.password)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": basic("elastic", self.password), "X-Found-Cluster": self.cluster_id}
        reply = self.organization.handle_direct(Request.make(method, f"/{path}", headers=headers, body=body))
        return _answer(reply)

    def open_port(self, port: int, *, is_open: bool) -> None:
        self.simulator.control.set_port(port, open=is_open, installation=self.organization.name)

    def environment(self) -> tuple[str, Json, dict[str, str]]:
        place = self.organization
        variables = {
            "ELASTIC_ENDPOINT": place.endpoint,
            "ELASTIC_API_KEY": place.api_key,
            "ELASTIC_CA_FILE": place.ca_file,
            "HOSTED_PASSWORD": self.password,
        }
        return "elastic", {"kind": "ech", "env_prefix": "ELASTIC"}, variables


class Partner(Place):
    """A cluster that no orchestrator of ours configures."""

    cluster: Any

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return self.cluster.call(method, path, body)

    def environment(self) -> tuple[str, Json, dict[str, str]]:
        prefix = self.name.upper()
        place = self.cluster
        variables = {
            f"{prefix}_ENDPOINT": place.endpoint,
            f"{prefix}_USERNAME": place.username,
            f"{prefix}_PASSWORD": place.password,
            f"{prefix}_CA_FILE": str(place.ca_file),
        }
        return self.name, {"kind": "elasticsearch", "env_prefix": prefix}, variables

    def open_port(self, port: int, *, is_open: bool) -> None:
        self.simulator.control.set_port(port, open=is_open, installation=self.name)

    @abstractmethod
    def snapshot(self) -> Callable[[], None]:
        """Keep what it is made of; what is returned brings it back."""

    @abstractmethod
    def settle(self) -> None:
        """Do what its commands asked for, such as a restart."""

    def repeats(self, command: str) -> Path | None:
        """The folder that a command works on alone, so that its repetition is known; None for any other command."""

    @property
    def tools(self) -> Path | None:
        """A folder of programs that its administrators have."""
        return None


def _answer(reply: Any) -> Any:
    assert reply.status < 300, f"{reply.status} {reply.body!r}"
    return reply.json()
