"""A deployment searches in an ECK cluster by key: the server, its service and name, and network policies."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from ece_simulator import EckCluster, Simulator
from tests.simulator.clusters import Cluster
from tests.simulator.eck.manifests import LOAD_BALANCER, apply, patch
from tests.simulator.partners import ca_entry, connect, found, is_connected, new_key, run


def expose_server(cluster: EckCluster) -> None:
    """The remote cluster server and its service."""
    patch(cluster, remoteClusterServer={"enabled": True, "service": LOAD_BALANCER})


def key_to(local: Cluster, remote: EckCluster) -> None:
    """What the local side of the API-key model needs."""
    local.put_trust(direct=[ca_entry(remote.ca_pem, "proxy")])
    local.put_secrets(r=new_key(remote))
    connect(local, remote.remote_cluster_host, 9443, server_name=remote.server_name)


def test_from_ece_by_key(sim: Simulator, ece: Cluster, eck: EckCluster) -> None:
    """The server is switched on and gets an address; the CA is in the secret that the operator makes."""
    data = eck.get("secret", "search-es-transport-certs-public")["data"]
    assert base64.b64decode(data["ca.crt"]).decode() == eck.ca_pem
    expose_server(eck)
    key_to(ece, eck)

    assert found(ece) == 1
    assert sim.control.handshakes()[-1]["outcome"] == "connected"


@pytest.mark.parametrize(
    "server",
    [
        {"enabled": False, "service": LOAD_BALANCER},
        {"enabled": True},
        {"enabled": True, "service": {"spec": {"type": "ClusterIP"}}},
        {"enabled": True, "service": {"spec": {"type": "LoadBalancer", "ports": [{"port": 443, "targetPort": 9443}]}}},
        {"enabled": True, "service": {"spec": {"type": "LoadBalancer", "ports": [{"port": 9443, "targetPort": 9200}]}}},
        {"enabled": True, "service": {"spec": {**LOAD_BALANCER["spec"], "loadBalancerSourceRanges": ["192.0.2.0/24"]}}},
    ],
)
def test_servers_that_cannot_be_reached(ece: Cluster, eck: EckCluster, server: dict[str, Any]) -> None:
    """Switched off, without an address, at another port, or closed to the caller."""
    patch(eck, remoteClusterServer=server)
    key_to(ece, eck)

    assert not is_connected(ece)
    assert "connect_exception" in ece.log()


def test_the_servers_name(ece: Cluster, eck: EckCluster) -> None:
    """The certificate holds the service's name inside of Kubernetes, unless others are asked for."""
    expose_server(eck)
    key_to(ece, eck)
    connect(ece, eck.remote_cluster_host, 9443)
    assert not is_connected(ece)
    assert "does not fit the name" in ece.log()

    shown = run(eck.home, "bin/kubectl", "-n", "logging", "get", "svc", "search-es-remote-cluster")
    assert eck.remote_cluster_host in shown.stdout

    patch(eck, transport={"tls": {"subjectAltNames": [{"dns": eck.remote_cluster_host}]}})
    assert is_connected(ece)


def test_an_own_service(ece: Cluster, eck: EckCluster) -> None:
    """Operators before 3.3 have no service to configure: an own one selects the pods, at any port."""
    patch(eck, remoteClusterServer={"enabled": True})
    selector = {"elasticsearch.k8s.elastic.co/cluster-name": "search"}
    ports = [{"port": 443, "targetPort": 9443}]
    apply(eck, "Service", "remotes", spec={"type": "LoadBalancer", "selector": selector, "ports": ports})
    key_to(ece, eck)
    connect(ece, "remotes.logging.search.eck.test", 443, server_name=eck.server_name)
    assert is_connected(ece)

    selector = {"elasticsearch.k8s.elastic.co/cluster-name": "another"}
    apply(eck, "Service", "remotes", spec={"type": "LoadBalancer", "selector": selector, "ports": ports})
    assert not is_connected(ece)


def test_network_policies(sim: Simulator, ece: Cluster, eck: EckCluster) -> None:
    """Judged by the address of the caller; without any policy everybody gets in."""
    expose_server(eck)
    key_to(ece, eck)
    assert is_connected(ece)
    egress = sim.installations[0].world.egress

    def admit(cidr: str, port: int = 9443, but: str = "") -> None:
        peers = [{"ipBlock": {"cidr": cidr, **({"except": [but]} if but else {})}}]
        rules = [{"from": peers, "ports": [{"port": port, "protocol": "TCP"}]}]
        labels = {"elasticsearch.k8s.elastic.co/cluster-name": "search"}
        spec = {"podSelector": {"matchLabels": labels}, "policyTypes": ["Ingress"], "ingress": rules}
        apply(eck, "NetworkPolicy", "remotes", "networking.k8s.io/v1", spec=spec)

    admit("192.0.2.0/24")
    assert not is_connected(ece)
    assert sim.control.handshakes()[-1]["outcome"] == "BLOCKED_BY_NETWORK_POLICY"
    assert "connect_exception" in ece.log()
    admit(f"{egress}/32")
    assert is_connected(ece)
    admit(f"{egress}/32", port=9300)
    assert not is_connected(ece)
    admit("0.0.0.0/0", but=f"{egress}/32")
    assert not is_connected(ece)
    eck.delete("networkpolicy", "remotes")
    assert is_connected(ece)


def test_a_policy_that_parts_the_pods(eck: EckCluster) -> None:
    """A policy that forgets the cluster's own pods takes a cluster of several pods down."""
    patch(eck, nodeSets=[{"name": "default", "count": 3}])
    rule = {"from": [{"ipBlock": {"cidr": "192.0.2.0/24"}}], "ports": [{"port": 9443}]}
    spec = {"podSelector": {}, "ingress": [rule]}
    apply(eck, "NetworkPolicy", "remotes", "networking.k8s.io/v1", spec=spec)
    assert not eck.running
    assert "pods cannot reach each other" in eck.log()

    own = {"from": [{"podSelector": {"matchLabels": {"elasticsearch.k8s.elastic.co/cluster-name": "search"}}}]}
    apply(eck, "NetworkPolicy", "remotes", "networking.k8s.io/v1", spec={**spec, "ingress": [rule, own]})
    assert eck.running
