"""The verbs of kubectl that a run-book uses, and a home that is there already."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import yaml

from ece_simulator import EckCluster, Simulator
from tests.simulator.clusters import Cluster, proxy_root
from tests.simulator.eck.manifests import LOAD_BALANCER, patch, proxy_ca
from tests.simulator.partners import connect, found, new_key, run
from tests.simulator.support import simulator


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
