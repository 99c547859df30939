"""An ECK cluster takes part with nothing but its manifests: both directions, both models, and each wrong object."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ece_simulator import EckCluster, Simulator
from tests.simulator.clusters import Cluster, proxy_root, seed
from tests.simulator.partners import authorities_of, ca_entry, connect, found, is_connected, new_key, run
from tests.simulator.support import simulator

LOGS = {"logs-1": {"1": {"n": 1}}}
CONFIG = "/usr/share/elasticsearch/config"
UNKNOWN_MOUNT = {"name": "elasticsearch", "volumeMounts": [{"name": "nothing", "mountPath": f"{CONFIG}/x"}]}
LOAD_BALANCER = {"spec": {"type": "LoadBalancer"}}
TRANSPORT_SSL, CLIENT_SSL = "xpack.security.transport.ssl", "xpack.security.remote_cluster_client.ssl"


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """One installation."""
    made = simulator()
    yield made
    made.stop()


@pytest.fixture
def ece(sim: Simulator) -> Cluster:
    """A deployment with documents."""
    return seed(sim, documents=LOGS)


@pytest.fixture
def eck(sim: Simulator, tmp_path: Path) -> EckCluster:
    """A cluster as a first manifest makes it, with documents."""
    return sim.add_eck(home=tmp_path / "k8s", namespace="logging", documents=LOGS)


def patch(cluster: EckCluster, **spec: Any) -> None:
    """A merge patch of the Elasticsearch resource."""
    cluster.patch(yaml.safe_dump({"spec": spec}))


def apply(cluster: EckCluster, kind: str, name: str, version: str = "v1", **parts: Any) -> None:
    """One manifest in the cluster's namespace."""
    metadata = {"name": name, "namespace": cluster.namespace}
    cluster.apply(yaml.safe_dump({"apiVersion": version, "kind": kind, "metadata": metadata, **parts}))


def node_set(config: dict[str, Any], *volumes: dict[str, Any], name: str = "default", count: int = 1) -> dict[str, Any]:
    """A nodeSet with settings, and with volumes below `config/<name>`."""
    mounts = [{"name": one["name"], "mountPath": f"{CONFIG}/{one['name']}"} for one in volumes]
    pod = {"spec": {"containers": [{"name": "elasticsearch", "volumeMounts": mounts}], "volumes": list(volumes)}}
    return {"name": name, "count": count, "config": config, "podTemplate": pod}


def expose_server(cluster: EckCluster) -> None:
    """The remote cluster server and its service."""
    patch(cluster, remoteClusterServer={"enabled": True, "service": LOAD_BALANCER})


def key_to(local: Cluster, remote: EckCluster) -> None:
    """What the local side of the API-key model needs."""
    local.put_trust(direct=[ca_entry(remote.ca_pem, "proxy")])
    local.put_secrets(r=new_key(remote))
    connect(local, remote.remote_cluster_host, 9443, server_name=remote.server_name)


def trust_ece(
    cluster: EckCluster, deployment: Cluster, own: str | None = None, lacking: str = "", **more: Any
) -> dict[str, Any]:
    """Secret, config map and the nodeSet of the certificate model; leaves out what is named."""
    restriction = deployment.api.get(f"/deployments/{deployment.id}/certificate-authority")
    names = [own or "*.node.search.logging.es.local", restriction["recommended_trust_restriction"]]
    trusted = {"own": names[1:], "peer": names[:1]}.get(lacking, names)
    if lacking != "secret":
        apply(cluster, "Secret", "ece-ca", stringData={"ca.crt": authorities_of(deployment)})
    apply(cluster, "ConfigMap", "ece-trust", data={"trust.yml": yaml.safe_dump({"trust.subject_name": trusted})})
    config = {
        f"{TRANSPORT_SSL}.certificate_authorities": [f"{CONFIG}/ca/ca.crt"],
        f"{TRANSPORT_SSL}.trust_restrictions.path": f"{CONFIG}/trust/trust.yml",
    }
    volumes = (
        {"name": "ca", "secret": {"secretName": "ece-ca"}},
        {"name": "trust", "configMap": {"name": "ece-trust"}},
    )
    return node_set(config, *volumes, **more)


def trust_eck(deployment: Cluster, cluster: EckCluster) -> None:
    """The deployment's side of the certificate model: the pods by name."""
    deployment.put_trust(direct=[ca_entry(cluster.ca_pem, additional_node_names=cluster.node_names)])


# ECE → ECK


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


# ECK → ECE


def proxy_ca(cluster: EckCluster, deployment: Cluster) -> dict[str, Any]:
    """Config map and nodeSet with the CA of the proxies."""
    apply(cluster, "ConfigMap", "ece-proxy", data={"ca.crt": proxy_root(deployment)})
    path = f"{CONFIG}/proxy/ca.crt"
    config = {f"{CLIENT_SSL}.enabled": True, f"{CLIENT_SSL}.certificate_authorities": [path]}
    return node_set(config, {"name": "proxy", "configMap": {"name": "ece-proxy"}})


def test_to_ece_by_key(ece: Cluster, eck: EckCluster) -> None:
    """The secret through secureSettings, the CA through a config map: without one of them nothing stands."""
    connect(eck, ece.host, 9443, "ece")
    patch(eck, nodeSets=[proxy_ca(eck, ece)])
    assert eck.recreations == 1
    assert not is_connected(eck, "ece")
    apply(eck, "Secret", "ece-key", stringData={"cluster.remote.ece.credentials": new_key(ece)})
    assert not is_connected(eck, "ece")

    patch(eck, secureSettings=[{"secretName": "ece-key"}])

    assert found(eck, "ece") == 1
    assert eck.recreations == 2
    patch(eck, nodeSets=[{"name": "default", "count": 1}])
    assert not is_connected(eck, "ece")
    assert "not configured to trust that issuer" in eck.log()


def test_a_secret_that_is_not_there(ece: Cluster, eck: EckCluster) -> None:
    """Secure settings that name no secret keep the pods from starting."""
    patch(eck, secureSettings=[{"secretName": "ece-key"}])
    assert not eck.running
    assert 'Secure settings secret "ece-key" not found' in eck.log()

    entries = [{"key": "key", "path": "cluster.remote.r.credentials"}]
    apply(eck, "Secret", "ece-key", stringData={"key": new_key(ece)})
    assert not eck.running
    assert "unknown secure setting [key]" in eck.log()
    patch(eck, secureSettings=[{"secretName": "ece-key", "entries": entries}])
    ece.api.simulator.control.set_proxy_ca("public")
    connect(eck, ece.host, 9443)
    assert found(eck) == 1


# what the API server, the webhook and the pods refuse


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


# kubectl


def test_kubectl(ece: Cluster, eck: EckCluster, tmp_path: Path) -> None:
    """The verbs of a run-book, from anywhere, by the name that is in PATH."""

    def kubectl(*words: str, given: str = "", code: int = 0) -> str:
        done = run(tmp_path, "kubectl", "-n", "logging", *words, given=given, path=[eck.bin])
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    ca = kubectl("get", "secret", "search-es-transport-certs-public", "-o", r"jsonpath={.data.ca\.crt}")
    assert base64.b64decode(ca).decode() == eck.ca_pem
    template = 'go-template={{index .data "ca.crt" | base64decode}}'
    assert kubectl("get", "secret", "search-es-transport-certs-public", "-o", template) == eck.ca_pem
    (tmp_path / "key").write_text(new_key(ece))
    (tmp_path / "ca.crt").write_text(proxy_root(ece))
    source = "--from-file=cluster.remote.ece.credentials=key"
    assert kubectl("create", "secret", "generic", "ece-key", source) == "secret/ece-key created\n"
    assert "(AlreadyExists)" in kubectl("create", "secret", "generic", "ece-key", source, code=1)
    manifest = kubectl("create", "configmap", "ece-proxy", "--from-file=ca.crt", "--dry-run=client", "-o", "yaml")
    assert kubectl("apply", "-f", "-", given=manifest) == "configmap/ece-proxy created\n"
    spec = {"nodeSets": [proxy_ca(eck, ece)], "secureSettings": [{"secretName": "ece-key"}]}
    (tmp_path / "patch.yaml").write_text(yaml.safe_dump({"spec": spec}))
    named = ("patch", "elasticsearch", "search")
    assert "strategic" in kubectl(*named, "--patch-file", "patch.yaml", code=1)
    assert kubectl(*named, "--type", "merge", "--patch-file", "patch.yaml").endswith("/search patched\n")
    connect(eck, ece.host, 9443, "ece")
    assert found(eck, "ece") == 1

    add = [{"op": "add", "path": "/spec/nodeSets/0/config/node.attr.rack", "value": "r1"}]
    assert kubectl(*named, "--type", "json", "-p", json.dumps(add)).endswith("patched\n")
    assert eck.get("elasticsearch", "search")["spec"]["nodeSets"][0]["config"]["node.attr.rack"] == "r1"
    add[0]["path"] = "/spec/nodeSets/0/nothing/there"
    assert "missing path" in kubectl(*named, "--type", "json", "-p", json.dumps(add), code=1)
    assert "ece-key" in kubectl("get", "secrets", "-o", "name")
    assert [line.split() for line in kubectl("get", "elasticsearch", "search").splitlines()] == [
        ["NAME", "HEALTH", "VERSION", "PHASE"], ["search", "green", "9.2.0", "Ready"],
    ]  # fmt: skip
    assert kubectl("delete", "-f", "-", given=manifest) == 'configmap "ece-proxy" deleted\n'
    assert "Pending" in kubectl("get", "pods")
    kubectl("apply", "-f", "-", given=manifest)
    kubectl("delete", "secret", "ece-key")
    assert not eck.running
    assert "NotFound" in kubectl("get", "secret", "ece-key", code=1)
    assert kubectl("delete", "secret", "ece-key", "--ignore-not-found") == ""


def test_an_existing_home_is_read(sim: Simulator, tmp_path: Path) -> None:
    """The objects and the CA are files: a second start finds them."""
    first = sim.add_eck("one", tmp_path / "k8s")
    patch(first, remoteClusterServer={"enabled": True, "service": LOAD_BALANCER})
    other = simulator()
    second = other.add_eck("one", tmp_path / "k8s")

    assert second.ca_pem == first.ca_pem
    assert second.get("elasticsearch", "one")["spec"]["remoteClusterServer"]["enabled"] is True
    other.stop()
