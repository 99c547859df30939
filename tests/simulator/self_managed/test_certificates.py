"""The certificate model with a self-managed cluster: authorities, names in certificates and the trust file."""

from __future__ import annotations

import shutil

import pytest

from ece_simulator import SelfManagedCluster, Simulator
from tests.simulator.clusters import Cluster, proxy_root
from tests.simulator.partners import authorities_of, ca_entry, connect, found, is_connected, run
from tests.simulator.self_managed.settings import TRANSPORT_SSL, add_lines, change_line


def reissue(cluster: SelfManagedCluster) -> None:
    """A node certificate with an otherName, by the commands of a run-book."""
    (cluster.home / "instances.yaml").write_text(
        f"instances:\n  - name: node1\n    cn: ['{cluster.wanted_node_name}']\n    dns: ['{cluster.host}']\n"
        "    ip: ['127.0.0.1']\n"
    )
    command = "bin/elasticsearch-certutil cert --in instances.yaml --ca-cert ca/ca.crt --ca-key ca/ca.key --pem"
    made = run(cluster.home, *command.split(), "--out", "nodes.zip")
    assert made.returncode == 0, made.stderr
    shutil.unpack_archive(cluster.home / "nodes.zip", cluster.home / "new")
    for end in ("crt", "key"):
        shutil.copy(cluster.home / "new" / "node1" / f"node1.{end}", cluster.config / "certs")


def trust_ece(cluster: SelfManagedCluster, deployment: Cluster, *patterns: str) -> None:
    """The deployment's CA and a trust file, as files and lines."""
    (cluster.config / "certs" / "ece-ca.crt").write_text(authorities_of(deployment))
    change_line(cluster, f"{TRANSPORT_SSL}.certificate_authorities", "[certs/ca.crt, certs/ece-ca.crt]")
    write_trust_file(cluster, *patterns)
    add_lines(cluster, {f"{TRANSPORT_SSL}.trust_restrictions.path": "trust.yml"})


def write_trust_file(cluster: SelfManagedCluster, *patterns: str) -> None:
    """Only the file."""
    entries = "".join(f"  - '{pattern}'\n" for pattern in patterns)
    (cluster.config / "trust.yml").write_text(f"trust.subject_name:\n{entries}")


def restriction_of(deployment: Cluster) -> str:
    """What the deployment recommends for a trust file."""
    found = deployment.api.get(f"/deployments/{deployment.id}/certificate-authority")
    return str(found["recommended_trust_restriction"])


def mutual_trust(cluster: SelfManagedCluster, deployment: Cluster) -> None:
    """All that the certificate model needs on both sides."""
    reissue(cluster)
    trust_ece(cluster, deployment, cluster.wanted_node_name, restriction_of(deployment))
    assert cluster.restart(), cluster.log()
    entry = ca_entry(cluster.ca_pem, scope_id=cluster.scope_id, trust_allowlist=[cluster.cluster_id])
    deployment.put_trust(direct=[entry])


def test_by_certificate_in_both_directions(ece: Cluster, onprem: SelfManagedCluster) -> None:
    """The same mutual trust serves both ways."""
    mutual_trust(onprem, ece)
    connect(ece, onprem.host, 9300)
    connect(onprem, ece.host, 9400)

    assert found(ece) == 1
    assert found(onprem) == 1


def test_without_an_other_name_nobody_is_trusted(ece: Cluster, onprem: SelfManagedCluster) -> None:
    """Certificates of default tooling fit no trust restriction, not even the cluster's own."""
    trust_ece(onprem, ece, onprem.wanted_node_name, restriction_of(ece))

    assert not onprem.restart()
    assert "otherName [none] does not match the trusted names" in onprem.log()

    change_line(onprem, f"{TRANSPORT_SSL}.trust_restrictions.path", "")
    assert onprem.restart()
    entry = ca_entry(onprem.ca_pem, scope_id=onprem.scope_id, trust_allowlist=[onprem.cluster_id])
    ece.put_trust(direct=[entry])
    connect(ece, onprem.host, 9300)
    assert not is_connected(ece)
    assert "otherName [none] does not match the trusted names" in ece.log()


def test_a_trust_file_without_the_peer(ece: Cluster, onprem: SelfManagedCluster) -> None:
    """The file is watched: an entry that is put in counts without a restart."""
    mutual_trust(onprem, ece)
    connect(ece, onprem.host, 9300)
    write_trust_file(onprem, onprem.wanted_node_name)
    assert not is_connected(ece)
    assert "does not match the trusted names" in onprem.log()

    write_trust_file(onprem, onprem.wanted_node_name, restriction_of(ece))
    assert is_connected(ece)


@pytest.mark.parametrize("running", [True, False])
def test_a_trust_file_without_the_own_nodes(ece: Cluster, onprem: SelfManagedCluster, running: bool) -> None:
    """It takes the cluster down: at the next start, or while it runs."""
    mutual_trust(onprem, ece)
    connect(ece, onprem.host, 9300)
    write_trust_file(onprem, restriction_of(ece))
    if not running:
        assert not onprem.restart()

    assert not onprem.running
    assert not is_connected(ece)
    assert "own node [node1]" in onprem.log()
    with pytest.raises(ConnectionRefusedError):
        onprem.call("GET", "")

    write_trust_file(onprem, restriction_of(ece), onprem.wanted_node_name)
    assert onprem.restart()
    assert is_connected(ece)


def test_the_wrong_authority(sim: Simulator, ece: Cluster, onprem: SelfManagedCluster) -> None:
    """The CA of the proxies does not sign nodes."""
    mutual_trust(onprem, ece)
    connect(onprem, ece.host, 9400)
    assert is_connected(onprem)

    (onprem.config / "certs" / "ece-ca.crt").write_text(proxy_root(ece))
    onprem.restart()
    sim.control.clear_connections()

    assert not is_connected(onprem)
    assert "not configured to trust that issuer" in onprem.log()


def test_forgetting_the_own_authority(ece: Cluster, onprem: SelfManagedCluster) -> None:
    """Who replaces the list instead of adding to it has nodes that reject each other."""
    (onprem.config / "certs" / "ece-ca.crt").write_text(authorities_of(ece))
    change_line(onprem, f"{TRANSPORT_SSL}.certificate_authorities", "certs/ece-ca.crt")

    assert not onprem.restart()
    assert "not configured to trust that issuer" in onprem.log()
