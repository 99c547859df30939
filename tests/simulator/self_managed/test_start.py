"""What keeps a node of a self-managed cluster from starting, in Elasticsearch's words."""

from __future__ import annotations

import shutil

import pytest

from ece_simulator import SelfManagedCluster, Simulator
from tests.simulator.clusters import Cluster
from tests.simulator.partners import ca_entry, connect, is_connected, new_key, run
from tests.simulator.self_managed.settings import CLIENT_SSL, SERVER, SERVER_SSL, TRANSPORT_SSL, add_lines


def test_older_versions_know_no_server(sim: Simulator) -> None:
    """Its settings came with 8.10."""
    older = sim.add_self_managed("older", version="8.9.2")
    add_lines(older, SERVER)

    assert not older.restart()
    assert "unknown setting [remote_cluster_server.enabled]" in older.log()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({f"{TRANSPORT_SSL}.certificate_authority": "x"}, f"unknown setting [{TRANSPORT_SSL}.certificate_authority]"),
        ({"remote_cluster_server.enable": "true"}, "unknown setting [remote_cluster_server.enable]"),
        ({"remote_cluster_sever.enabled": "true"}, "unknown setting [remote_cluster_sever.enabled]"),
        ({"remote_cluster.prot": "1"}, "unknown setting [remote_cluster.prot]"),
        ({f"{CLIENT_SSL}.certificate_authorities": "certs/none.crt"}, "because the file does not exist"),
        ({f"{CLIENT_SSL}.certificate_authorities": "/etc/hostname"}, "should be placed in the"),
        ({f"{CLIENT_SSL}.certificate_authorities": "elasticsearch.yml"}, "cannot load PEM certificate_authorities"),
        ({f"{SERVER_SSL}.key": "certs/server.key", **{"remote_cluster_server.enabled": "true"}}, "without its key"),
        ({**SERVER, f"{SERVER_SSL}.key": "certs/http.key"}, "does not belong to the certificate"),
        ({f"{TRANSPORT_SSL}.enabled": "true"}, "Duplicate field"),
        ({"cluster.remote.r.credentials": "x"}, "is a secure setting and must be stored inside"),
        ({"cluster.remote.r.proxy_adress": "x:1"}, "not recognized"),
        ({f"{TRANSPORT_SSL}.trust_restrictions.path": "none.yml"}, "because the file does not exist"),
        ({"remote_cluster_server.enabled": "yes please"}, "only [true] or [false] are allowed"),
        ({"xpack.security.transport": "{ssl: {enabled: true}}"}, "duplicate settings key"),
        ({"a": "[b"}, "Failed to load settings"),
    ],
)
def test_what_keeps_a_node_from_starting(onprem: SelfManagedCluster, settings: dict[str, str], words: str) -> None:
    """A wrong line is found at the restart, in Elasticsearch's words."""
    add_lines(onprem, settings)

    assert not onprem.restart()
    assert words in onprem.log()


def test_unknown_secrets_keep_a_node_from_starting(onprem: SelfManagedCluster) -> None:
    """A keystore name that nothing asks for."""
    added = run(onprem.home, "bin/elasticsearch-keystore", "add", "-x", "cluster.remote.credentials", given="x\n")
    assert added.returncode == 0

    assert not onprem.restart()
    assert "unknown secure setting [cluster.remote.credentials]" in onprem.log()


def test_an_encrypted_key_needs_its_passphrase(onprem: SelfManagedCluster) -> None:
    """The passphrase comes from the keystore."""
    command = "bin/elasticsearch-certutil cert --ca-cert ca/ca.crt --ca-key ca/ca.key --pem --name server --pass hush"
    made = run(onprem.home, *command.split(), "--dns", onprem.host, "--out", "server.zip")
    assert made.returncode == 0, made.stderr
    shutil.unpack_archive(onprem.home / "server.zip", onprem.config / "certs")
    ssl = {f"{SERVER_SSL}.key": "certs/server/server.key", f"{SERVER_SSL}.certificate": "certs/server/server.crt"}
    add_lines(onprem, {"remote_cluster_server.enabled": "true", **ssl})
    assert not onprem.restart()

    name = f"{SERVER_SSL}.secure_key_passphrase"
    run(onprem.home, "bin/elasticsearch-keystore", "add", "--stdin", name, given="hush\n")

    assert onprem.restart(), onprem.log()


def test_a_pkcs12_store_as_documented(ece: Cluster, onprem: SelfManagedCluster) -> None:
    """The documented way to make the server's certificate: one p12 with a password."""
    command = "bin/elasticsearch-certutil cert --ca-cert ca/ca.crt --ca-key ca/ca.key --pass hush --out cross.p12"
    assert run(onprem.home, *command.split(), "--dns", onprem.host).returncode == 0
    shutil.copy(onprem.home / "cross.p12", onprem.config)
    add_lines(onprem, {"remote_cluster_server.enabled": "true", f"{SERVER_SSL}.keystore.path": "cross.p12"})
    name = f"{SERVER_SSL}.keystore.secure_password"
    run(onprem.home, "bin/elasticsearch-keystore", "add", "--stdin", name, given="hush\n")
    assert onprem.restart(), onprem.log()
    ece.put_trust(direct=[ca_entry(onprem.ca_pem, "proxy")])
    ece.put_secrets(r=new_key(onprem))
    connect(ece, onprem.host, 9443)

    assert is_connected(ece)
