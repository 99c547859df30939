"""Names in node certificates and patterns for trust files: a wrong one is never matched, and nobody says why."""

from __future__ import annotations

from ece_domain.certificate_names import (
    NodeName,
    cluster_pattern,
    common_name,
    eck_pattern,
    eck_suffix,
    environment_pattern,
    matches,
    trust_file_finding,
)

CLUSTER, SCOPE = "fedcba9876543210fedcba9876543210", "1053523734"
CLOUD = f"node-1.node.{CLUSTER}.cluster.{SCOPE}.account"
ON_ECK = "search-es-default-0.node.search.prod.es.local"


def test_names_are_read_and_written():
    """The two forms tell cluster and scope at different places."""
    assert NodeName.read(CLOUD) == NodeName("node-1", CLUSTER, SCOPE)
    assert NodeName.read(ON_ECK) == NodeName("search-es-default-0", "search", "prod.es.local", is_eck=True)
    assert [str(NodeName.read(each)) for each in (CLOUD, ON_ECK)] == [CLOUD, ON_ECK]
    assert NodeName.read("node1.example.com") is None
    assert f"{common_name('node-1', CLUSTER, SCOPE)}.account" == CLOUD


def test_patterns_match_their_own_and_no_others():
    """The pattern of Elastic Cloud does not match ECK's own names, which locks ECK's nodes out."""
    assert matches(cluster_pattern(CLUSTER, SCOPE), CLOUD)
    assert matches(environment_pattern(SCOPE), CLOUD)
    assert matches(eck_pattern("search", "prod"), ON_ECK)
    assert not matches("*.node.*.cluster.prod.es.local.account", ON_ECK)
    assert not matches(cluster_pattern("0" * 32, SCOPE), CLOUD)
    assert NodeName.read(f"pod-0.{eck_suffix(CLUSTER, SCOPE)}") == NodeName("pod-0", CLUSTER, SCOPE)
    assert not matches("node[1].example.com", "node1.example.com")


def test_a_trust_file_without_the_own_nodes():
    """With such a file the nodes of a cluster refuse each other."""
    finding = trust_file_finding([cluster_pattern(CLUSTER, SCOPE)], ["node1.example.com"])
    assert finding is not None
    assert (finding.code, finding.is_error) == ("V44", True)
    assert trust_file_finding([cluster_pattern(CLUSTER, SCOPE), "node*.example.com"], ["node1.example.com"]) is None
