"""The data plane is not only for ECE: a self-managed cluster, made here by hand, joins it in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from ece_simulator import Reply, Request, Simulator
from ece_simulator.data_plane.certificates import node_certificate
from ece_simulator.data_plane.dial import Caller
from ece_simulator.data_plane.listener import Ports
from ece_simulator.data_plane.party import TransportTrust
from ece_simulator.data_plane.tls_files import Shown
from ece_simulator.elasticsearch.api import API
from ece_simulator.elasticsearch.cluster import Cluster as State
from ece_simulator.elasticsearch.remote_server import ServedCluster
from ece_simulator.elasticsearch.site import Site, Who
from ece_simulator.ids import Ids
from ece_simulator.tls import Pair, issue, new_authority
from tests.simulator.clusters import SEARCH_LOGS, Cluster, proxy_root, seed
from tests.simulator.support import simulator

HOST = "search.example.test"
NODE = "node1.example.test"


@dataclass
class SelfManaged:
    """One node with an own CA for both ports; without a trust file it accepts every certificate of its CAs."""

    sim: Simulator
    authority: Pair = field(default_factory=lambda: new_authority("self-managed CA"))
    state: State = field(default_factory=lambda: State("uuid", indices={"logs-1": {"1": {"n": 1}}}))
    trusted: list[str] = field(default_factory=list)
    patterns: tuple[str, ...] | None = None
    servers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Joins the network under its host name."""
        self.node_certificate = node_certificate(self.authority, NODE, (HOST,))
        server = issue(self.authority, HOST, (HOST,))
        self._server = Shown(server.pem, server.key_pem)
        plane = self.sim.plane
        plane.network.add(HOST, Ports("self", self, plane.handshakes, plane.wire, transport_port=9300))

    def site(self) -> Site:
        """The cluster where it stands."""
        return Site(
            self.state, "self", "elsewhere", "self", "9.2.0", self.sim.clock.now(), Ids("self"), self.sim.plane,
            self._caller, self.site, lambda: None,
        )  # fmt: skip

    def _trust(self) -> TransportTrust:
        return TransportTrust((self.authority.pem, *self.trusted), self.patterns)

    def _caller(self, alias: str | None) -> Caller:
        secret = self.state.credentials.get(alias or "")
        return Caller(
            "203.0.113.5", self.node_certificate, self.authority.pem, self._trust(), tuple(self.servers), secret
        )

    def find(self, server_name: str | None) -> ServedCluster:
        """Whatever the name: there is only one."""
        return ServedCluster(self.site(), True, self.node_certificate, self._trust(), None)

    def shown(self) -> Shown:
        """The certificate of the remote cluster server."""
        return self._server

    def known_authorities(self) -> tuple[str, ...]:
        """Nobody is asked for a certificate."""
        return ()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """A call of its own REST API."""
        request = Request.make(method, f"/{path}", body=body)
        found = API.answer(self.site(), Who("elastic", ("superuser",)), request, request.path)
        return (found if isinstance(found, Reply) else found()).json()


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """One installation."""
    made = simulator()
    yield made
    made.stop()


def ca_of(other: SelfManaged, **changes: Any) -> dict[str, Any]:
    """A direct entry for the self-managed cluster."""
    return {"name": "self", "trust_all": False, "certificates": [{"pem": other.authority.pem}], **changes}


def put_remote(local: Cluster, port: int) -> None:
    """Settings of the alias `r` for the self-managed cluster."""
    remote = {"mode": "proxy", "proxy_address": f"{HOST}:{port}", "server_name": HOST}
    local.call("PUT", "_cluster/settings", {"persistent": {"cluster": {"remote": {"r": remote}}}})


@pytest.mark.parametrize("kind", ["proxy", "generic"])
def test_from_ece_by_key(sim: Simulator, kind: str) -> None:
    """The CA of the remote cluster server as a direct entry; which type the UI writes is open, so both count."""
    local, other = seed(sim), SelfManaged(sim)
    key = other.call("POST", "_security/cross_cluster/api_key", {"name": "k", "access": SEARCH_LOGS})
    local.put_secrets(r=key["encoded"])
    put_remote(local, 9443)
    assert local.connected("r") is False
    more = {} if kind == "proxy" else {"additional_node_names": [NODE]}

    local.put_trust(direct=[ca_of(other, type=kind, **more)])

    assert local.call("GET", "r:logs-1/_search")["hits"]["total"]["value"] == 1


def test_from_ece_by_certificate(sim: Simulator) -> None:
    """Names of nodes on one side, the CA and a trust file on the other."""
    local, other = seed(sim), SelfManaged(sim)
    local.put_trust(direct=[ca_of(other, additional_node_names=[NODE])])
    put_remote(local, 9300)
    assert local.connected("r") is False
    other.trusted += [certificate["pem"] for certificate in local.authorities()]
    assert local.connected("r") is True

    other.patterns = (NODE, "*.node.somebody.cluster.else.account")
    assert local.connected("r") is False
    assert "does not match the trusted names" in "".join(
        line["message"] for line in sim.control.elasticsearch_log("self")
    )
    restriction = local.api.get(f"/deployments/{local.id}/certificate-authority")["recommended_trust_restriction"]
    other.patterns = (NODE, restriction)
    assert local.connected("r") is True


def test_to_ece_by_key(sim: Simulator) -> None:
    """The self-managed side needs the proxies' root; without a secret the remote misses the key."""
    remote, other = seed(sim, documents={"logs-1": {"1": {}}}), SelfManaged(sim)
    settings = {"mode": "proxy", "proxy_address": f"{remote.host}:9443", "server_name": remote.host}
    other.call("PUT", "_cluster/settings", {"persistent": {"cluster": {"remote": {"ece": settings}}}})
    other.trusted.append(proxy_root(remote))
    assert other.call("GET", "_remote/info")["ece"]["connected"] is False
    log = sim.control.elasticsearch_log("self")
    assert "[_cross_cluster_access_credentials] but none found" in log[-1]["message"]

    other.servers.append(proxy_root(remote))
    other.state.credentials["ece"] = remote.make_key()["encoded"]

    assert other.call("GET", "ece:logs-*/_search")["hits"]["total"]["value"] == 1
