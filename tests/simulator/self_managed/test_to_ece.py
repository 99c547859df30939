"""A self-managed cluster searches in a deployment: secrets, authorities of the proxies, and every node of it."""

from __future__ import annotations

from pathlib import Path

from ece_simulator import SelfManagedCluster, Simulator
from tests.simulator.clusters import Cluster, proxy_root
from tests.simulator.partners import authorities_of, ca_entry, connect, found, is_connected, new_key, run
from tests.simulator.self_managed.settings import CLIENT_SSL, add_lines


def secret(cluster: SelfManagedCluster, alias: str, value: str) -> None:
    """The keystore command of a run-book."""
    name = f"cluster.remote.{alias}.credentials"
    added = run(cluster.home, "bin/elasticsearch-keystore", "add", "-f", "--stdin", name, given=f"{value}\n")
    assert added.returncode == 0, added.stderr


def test_to_ece_by_key(ece: Cluster, onprem: SelfManagedCluster) -> None:
    """The secret needs a reload, the CA of the proxies needs a restart; each alone is not enough."""
    connect(onprem, ece.host, 9443, "ece")
    (onprem.config / "certs" / "ece-proxy.crt").write_text(proxy_root(ece))
    add_lines(onprem, {f"{CLIENT_SSL}.certificate_authorities": "certs/ece-proxy.crt"})
    assert onprem.restart(), onprem.log()
    assert not is_connected(onprem, "ece")
    assert "is not configured to trust that issuer" in onprem.log()

    secret(onprem, "ece", new_key(ece))
    assert not is_connected(onprem, "ece")
    onprem.call("POST", "_nodes/reload_secure_settings")

    assert found(onprem, "ece") == 1


def test_to_ece_by_key_without_the_authority(ece: Cluster, onprem: SelfManagedCluster) -> None:
    """Without a CA in the settings only the well-known ones count: right for a public proxy only."""
    secret(onprem, "r", new_key(ece))
    assert onprem.restart()
    connect(onprem, ece.host, 9443)
    assert not is_connected(onprem)
    assert f"[{CLIENT_SSL}]" in onprem.log()

    ece.api.simulator.control.set_proxy_ca("public")
    assert is_connected(onprem)


def test_the_secret_of_another_alias(ece: Cluster, onprem: SelfManagedCluster) -> None:
    """A secret serves the alias in its name only."""
    ece.api.simulator.control.set_proxy_ca("public")
    secret(onprem, "other", new_key(ece))
    onprem.restart()
    connect(onprem, ece.host, 9443)

    assert not is_connected(onprem)


def test_settings_of_remotes_may_stand_in_the_file(ece: Cluster, onprem: SelfManagedCluster) -> None:
    """The remote itself can be a line of elasticsearch.yml too."""
    ece.api.simulator.control.set_proxy_ca("public")
    secret(onprem, "r", new_key(ece))
    address = {"mode": "proxy", "proxy_address": f"{ece.host}:9443", "server_name": ece.host}
    add_lines(onprem, {f"cluster.remote.r.{name}": value for name, value in address.items()})
    assert onprem.restart(), onprem.log()

    assert found(onprem) == 1


def test_named_authorities_replace_the_well_known_ones(ece: Cluster, onprem: SelfManagedCluster) -> None:
    """A CA in the settings for a remote whose proxy is public is one too many."""
    ece.api.simulator.control.set_proxy_ca("public")
    secret(onprem, "r", new_key(ece))
    add_lines(onprem, {f"{CLIENT_SSL}.certificate_authorities": "certs/ca.crt"})
    onprem.restart()
    connect(onprem, ece.host, 9443)

    assert not is_connected(onprem)


def test_a_client_without_tls(ece: Cluster, onprem: SelfManagedCluster) -> None:
    """`remote_cluster_client.ssl.enabled: false` gets nowhere at a port with TLS."""
    ece.api.simulator.control.set_proxy_ca("public")
    secret(onprem, "r", new_key(ece))
    add_lines(onprem, {f"{CLIENT_SSL}.enabled": "false"})
    onprem.restart()
    connect(onprem, ece.host, 9443)

    assert not is_connected(onprem)


def test_every_node_needs_it(sim: Simulator, ece: Cluster, tmp_path: Path) -> None:
    """Keys, lines and trust count when all nodes have them."""
    cluster = sim.add_self_managed("three", tmp_path / "three", nodes=3, named_nodes=True)
    assert [home.name for home in cluster.homes] == ["three", "three-node2", "three-node3"]
    assert cluster.node_names == cluster.wanted_node_names
    sim.control.set_proxy_ca("public")
    connect(cluster, ece.host, 9443)
    name, key = "cluster.remote.r.credentials", new_key(ece)
    for home in cluster.homes:
        cluster.call("POST", "_nodes/reload_secure_settings")
        assert not is_connected(cluster)
        run(home, "bin/elasticsearch-keystore", "add", "--stdin", name, given=key)
    cluster.call("POST", "_nodes/reload_secure_settings")
    assert found(cluster) == 1

    ece.put_trust(direct=[ca_entry(cluster.ca_pem, additional_node_names=cluster.node_names[:1])])
    connect(ece, cluster.host, 9300)
    for home in cluster.homes:
        yml = home / "config" / "elasticsearch.yml"
        yml.write_text(yml.read_text().replace("[certs/ca.crt]", "[certs/ca.crt, certs/ece.crt]"))
        (home / "config" / "certs" / "ece.crt").write_text(authorities_of(ece))
        assert not is_connected(ece)
        assert cluster.restart(), cluster.log()
    assert not is_connected(ece)
    ece.put_trust(direct=[ca_entry(cluster.ca_pem, additional_node_names=cluster.node_names)])
    assert is_connected(ece)
