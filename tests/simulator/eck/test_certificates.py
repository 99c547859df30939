"""The certificate model with an ECK cluster: secret, config map, nodeSets and the names of pods."""

from __future__ import annotations

import pytest

from ece_simulator import EckCluster
from tests.simulator.clusters import Cluster
from tests.simulator.eck.manifests import LOAD_BALANCER, apply, patch, trust_ece
from tests.simulator.partners import authorities_of, ca_entry, connect, found, is_connected


def trust_eck(deployment: Cluster, cluster: EckCluster) -> None:
    """The deployment's side of the certificate model: the pods by name."""
    deployment.put_trust(direct=[ca_entry(cluster.ca_pem, additional_node_names=cluster.node_names)])


def test_by_certificate_in_both_directions(ece: Cluster, eck: EckCluster) -> None:
    """The same mutual trust serves both ways; the transport service needs an address for the one."""
    patch(eck, nodeSets=[trust_ece(eck, ece)], transport={"service": LOAD_BALANCER})
    assert eck.running, eck.log()
    trust_eck(ece, eck)
    connect(ece, eck.transport_host, 9300)
    connect(eck, ece.host, 9400)

    assert found(ece) == 1
    assert found(eck) == 1

    patch(eck, transport={"service": {"spec": {"type": "ClusterIP"}}})
    assert not is_connected(ece)
    assert is_connected(eck)


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ("own", "own node [search-es-default-0]"),
        ("peer", "does not match the trusted names"),
        ("secret", 'secret "ece-ca" not found'),
    ],
)
def test_what_the_certificate_model_lacks(ece: Cluster, eck: EckCluster, lacking: str, words: str) -> None:
    """Each missing part is told by the pods or keeps them from starting."""
    patch(eck, nodeSets=[trust_ece(eck, ece, lacking=lacking)], transport={"service": LOAD_BALANCER})
    if eck.node_names:
        trust_eck(ece, eck)
    connect(ece, eck.transport_host, 9300)

    assert not is_connected(ece)
    assert words in eck.log()
    assert eck.running is (lacking == "peer")


def test_the_documented_pattern_for_own_nodes_is_wrong(ece: Cluster, eck: EckCluster) -> None:
    """The pattern of ECE's trust file does not fit ECK's names; a suffix in the Elastic pattern makes it fit."""
    elastic = f"node.{eck.cluster_id}.cluster.k8s.account"
    broken = trust_ece(eck, ece, own="*.node.*.cluster.logging.es.local.account")
    patch(eck, nodeSets=[broken], transport={"service": LOAD_BALANCER})
    assert not eck.running

    tls = {"otherNameSuffix": elastic}
    patch(eck, nodeSets=[trust_ece(eck, ece, own=f"*.{elastic}")], transport={"tls": tls})
    assert eck.node_names == [f"search-es-default-0.{elastic}"]
    ece.put_trust(direct=[ca_entry(eck.ca_pem, scope_id="k8s", trust_allowlist=[eck.cluster_id])])
    connect(ece, eck.transport_host, 9300)

    assert found(ece) == 1


def test_trust_in_some_pods_only(ece: Cluster, eck: EckCluster) -> None:
    """Any pod may be asked: a nodeSet without the CA breaks the connection."""
    with_trust = trust_ece(eck, ece)
    patch(eck, nodeSets=[with_trust, {"name": "more", "count": 1}], transport={"service": LOAD_BALANCER})
    trust_eck(ece, eck)
    connect(eck, ece.host, 9400)
    assert not is_connected(eck)

    patch(eck, nodeSets=[with_trust, {**with_trust, "name": "more"}])
    assert is_connected(eck)


def test_authorities_by_the_field_of_the_operator(ece: Cluster, eck: EckCluster) -> None:
    """`transport.tls.certificateAuthorities` needs no change of nodeSets; without a trust file all names fit."""
    apply(eck, "ConfigMap", "remote-ca", data={"ca.crt": authorities_of(ece)})
    patch(eck, transport={"tls": {"certificateAuthorities": {"configMapName": "remote-ca"}}})
    trust_eck(ece, eck)
    connect(eck, ece.host, 9400)

    assert found(eck) == 1
