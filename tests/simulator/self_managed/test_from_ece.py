"""A deployment searches in a self-managed cluster by key: the server's lines, ports and filters."""

from __future__ import annotations

import pytest

from ece_simulator import SelfManagedCluster, Simulator
from tests.simulator.clusters import Cluster
from tests.simulator.partners import ca_entry, connect, found, is_connected, new_key
from tests.simulator.self_managed.settings import SERVER, add_lines


@pytest.mark.parametrize("kind", ["proxy", "generic"])
def test_from_ece_by_key(ece: Cluster, onprem: SelfManagedCluster, kind: str) -> None:
    """The CA of the remote cluster server as a direct entry; which type the UI writes is open, so both count."""
    add_lines(onprem, SERVER)
    assert onprem.restart(), onprem.log()
    ece.put_secrets(r=new_key(onprem))
    connect(ece, onprem.host, 9443)
    assert not is_connected(ece)
    assert "not configured to trust that issuer" in ece.log()

    more = {} if kind == "proxy" else {"additional_node_names": ["node1"]}
    ece.put_trust(direct=[ca_entry(onprem.ca_pem, kind, **more)])

    assert found(ece) == 1


@pytest.mark.parametrize("lacking", SERVER)
def test_each_line_of_the_server_is_needed(ece: Cluster, onprem: SelfManagedCluster, lacking: str) -> None:
    """Without one of its lines there is no server, or not even a node."""
    add_lines(onprem, {name: value for name, value in SERVER.items() if name != lacking})
    started = onprem.restart()
    ece.put_trust(direct=[ca_entry(onprem.ca_pem, "proxy")])
    ece.put_secrets(r="a2V5OnNlY3JldA==")
    connect(ece, onprem.host, 9443)

    assert started is (lacking == "remote_cluster_server.enabled")
    assert not is_connected(ece)
    assert "connect_exception" in ece.log()


def test_a_restart_is_needed_for_lines(ece: Cluster, onprem: SelfManagedCluster) -> None:
    """elasticsearch.yml is read at the start only."""
    add_lines(onprem, SERVER)
    ece.put_trust(direct=[ca_entry(onprem.ca_pem, "proxy")])
    ece.put_secrets(r=new_key(onprem))
    connect(ece, onprem.host, 9443)
    assert not is_connected(ece)

    onprem.restart()

    assert is_connected(ece)


def test_keys_go_to_their_own_port(ece: Cluster, onprem: SelfManagedCluster) -> None:
    """A key on 9300 meets a node that wants a certificate it trusts."""
    add_lines(onprem, SERVER)
    onprem.restart()
    ece.put_trust(direct=[ca_entry(onprem.ca_pem, "proxy")])
    ece.put_secrets(r=new_key(onprem))
    connect(ece, onprem.host, 9300)

    assert not is_connected(ece)
    assert "bad_certificate" in ece.log()


def test_another_port_and_a_firewall(sim: Simulator, ece: Cluster, onprem: SelfManagedCluster) -> None:
    """`remote_cluster.port` moves the server; a closed port is one that nobody answers at."""
    add_lines(onprem, {**SERVER, "remote_cluster.port": "9543"})
    onprem.restart()
    ece.put_trust(direct=[ca_entry(onprem.ca_pem, "proxy")])
    ece.put_secrets(r=new_key(onprem))
    connect(ece, onprem.host, 9443)
    assert not is_connected(ece)
    connect(ece, onprem.host, 9543)
    assert is_connected(ece)

    sim.control.set_port(9543, open=False, installation="onprem")
    assert not is_connected(ece)
    sim.control.set_port(9543, open=True, installation="onprem")
    assert is_connected(ece)


def test_elasticsearchs_own_ip_filter(sim: Simulator, ece: Cluster, onprem: SelfManagedCluster) -> None:
    """The filter of the file counts, and one by API wins over it."""
    rules = {"allow": "['192.0.2.0/24']", "deny": "_all"}
    add_lines(onprem, {**SERVER, **{f"xpack.security.remote_cluster.filter.{k}": v for k, v in rules.items()}})
    assert onprem.restart(), onprem.log()
    ece.put_trust(direct=[ca_entry(onprem.ca_pem, "proxy")])
    ece.put_secrets(r=new_key(onprem))
    connect(ece, onprem.host, 9443)
    assert not is_connected(ece)
    assert sim.control.handshakes()[-1]["outcome"] == "BLOCKED_BY_IP_FILTER"

    allow = {"xpack.security.remote_cluster.filter.allow": [sim.installations[0].world.egress]}
    onprem.call("PUT", "_cluster/settings", {"persistent": allow})

    assert is_connected(ece)
