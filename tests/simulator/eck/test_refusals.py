"""What the API server, the webhook and the pods of an ECK cluster refuse."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ece_simulator import EckCluster, Simulator
from tests.simulator.clusters import Cluster
from tests.simulator.eck.manifests import CLIENT_SSL, CONFIG, LOAD_BALANCER, patch, trust_ece

UNKNOWN_MOUNT = {"name": "elasticsearch", "volumeMounts": [{"name": "nothing", "mountPath": f"{CONFIG}/x"}]}


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"remoteClusterServr": {"enabled": True}}, "unknown field 'spec.remoteClusterServr'"),
        ({"remoteClusterServer": {"enabled": "yes"}}, "must be of type boolean"),
        ({"transport": {"tls": {"otherNameSufix": "x"}}}, "unknown field 'spec.transport.tls.otherNameSufix'"),
        ({"nodeSets": [{"name": "default"}]}, "at least one master node"),
        ({"nodeSets": [{"count": 1}]}, "nodeSets[0].name: Required value"),
        ({"nodeSets": [{"name": "a", "count": 1}, {"name": "a", "count": 1}]}, "must be unique"),
        ({"nodeSets": [{"name": "a", "count": 1, "conf": {}}]}, "nodeSets[0].conf: unknown field"),
        ({"nodeSets": [{"name": "a", "count": 1, "config": {"cluster": {"name": "x"}}}]}, "reserved for internal use"),
        ({"version": "8.0.0"}, "Downgrades are not supported"),
        ({"secureSettings": [{"secret": "x"}]}, "secretName: Required value"),
    ],
)
def test_the_webhook_refuses(eck: EckCluster, spec: dict[str, Any], words: str) -> None:
    """A wrong manifest changes nothing."""
    with pytest.raises(ValueError) as refused:
        patch(eck, **spec)

    assert words in str(refused.value)
    assert eck.running
    assert eck.recreations == 0


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ({"apiVersion": "v1", "kind": "Elasticsearch", "metadata": {"name": "x"}}, "ensure CRDs are installed first"),
        ({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x", "namespace": "y"}}, 'namespaces "y" not'),
        ({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "X"}}, "a lowercase RFC 1123 subdomain"),
        ({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}, "data": {"a": "?"}}, "illegal base64 data"),
        ({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"a": 1}}, "cannot unmarshal"),
        ({"kind": "ConfigMap", "metadata": {"name": "x"}}, "apiVersion not set"),
    ],
)
def test_the_api_server_refuses(eck: EckCluster, manifest: dict[str, Any], words: str) -> None:
    """The words of kubectl."""
    with pytest.raises(ValueError) as refused:
        eck.apply(yaml.safe_dump(manifest))

    assert words in str(refused.value)


def test_older_operators_lack_fields(sim: Simulator) -> None:
    """The remote cluster server came with 3.0, its service with 3.3."""
    older = sim.add_eck("older", operator_version="2.16.0")
    middle = sim.add_eck("middle", operator_version="3.2.0")

    for cluster, spec in ((older, {"enabled": True}), (middle, {"enabled": True, "service": LOAD_BALANCER})):
        with pytest.raises(ValueError, match=r"unknown field .spec\.remoteClusterServer"):
            patch(cluster, remoteClusterServer=spec)
    patch(middle, remoteClusterServer={"enabled": True})


def test_older_versions_have_no_server(sim: Simulator) -> None:
    """The API-key model needs 8.14."""
    older = sim.add_eck("older", version="8.13.4")

    with pytest.raises(ValueError, match="minimum required version"):
        patch(older, remoteClusterServer={"enabled": True})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"config": {f"{CLIENT_SSL}.certificate_authority": "x"}}, "ssl.certificate_authority] please check"),
        ({"config": {f"{CLIENT_SSL}.certificate_authorities": ["/mnt/ca.crt"]}}, "access to read the file is blocked"),
        ({"podTemplate": {"spec": {"containers": [UNKNOWN_MOUNT]}}}, 'volumeMounts: Not found: "nothing"'),
    ],
)
def test_pods_that_do_not_start(eck: EckCluster, change: dict[str, Any], words: str) -> None:
    """What only the pods find out takes the cluster down."""
    patch(eck, nodeSets=[{"name": "default", "count": 1, **change}])

    assert not eck.running
    assert words in eck.log()


def test_a_mount_in_another_container_does_not_count(ece: Cluster, eck: EckCluster) -> None:
    """The container must be named `elasticsearch`."""
    wrong = trust_ece(eck, ece)
    wrong["podTemplate"]["spec"]["containers"][0]["name"] = "search"
    patch(eck, nodeSets=[wrong])

    assert "because the file does not exist" in eck.log()


def test_apply_takes_back_what_it_gave(eck: EckCluster) -> None:
    """Fields that a manifest does not hold any more go; fields of others stay."""
    manifest = eck.get("elasticsearch", "search")
    manifest["spec"]["remoteClusterServer"] = {"enabled": True}
    assert eck.apply(yaml.safe_dump(manifest)) == ["elasticsearch.elasticsearch.k8s.elastic.co/search configured"]
    patch(eck, transport={"service": LOAD_BALANCER})
    assert eck.apply(yaml.safe_dump(manifest))[0].endswith("unchanged")
    del manifest["spec"]["remoteClusterServer"]
    eck.apply(yaml.safe_dump(manifest))

    spec = eck.get("elasticsearch", "search")["spec"]
    assert "remoteClusterServer" not in spec
    assert spec["transport"] == {"service": LOAD_BALANCER}
