"""A self-managed cluster takes part with nothing but its files: both directions, both models, and each wrong file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ece_simulator import SelfManagedCluster, Simulator
from ece_simulator.self_managed.certutil import main as certutil
from tests.simulator.clusters import Cluster, proxy_root, seed
from tests.simulator.partners import authorities_of, ca_entry, connect, found, is_connected, new_key, run
from tests.simulator.support import simulator

LOGS = {"logs-1": {"1": {"n": 1}}}
SERVER = {
    "remote_cluster_server.enabled": "true",
    "xpack.security.remote_cluster_server.ssl.key": "certs/server.key",
    "xpack.security.remote_cluster_server.ssl.certificate": "certs/server.crt",
}
SERVER_SSL = "xpack.security.remote_cluster_server.ssl"
CLIENT_SSL = "xpack.security.remote_cluster_client.ssl"
TRANSPORT_SSL = "xpack.security.transport.ssl"


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
def onprem(sim: Simulator, tmp_path: Path) -> SelfManagedCluster:
    """A cluster as its tools make it, with documents."""
    return sim.add_self_managed(home=tmp_path / "es", documents=LOGS)


def add_lines(cluster: SelfManagedCluster, settings: dict[str, str]) -> None:
    """Lines at the end of elasticsearch.yml."""
    yml = cluster.config / "elasticsearch.yml"
    yml.write_text(yml.read_text() + "".join(f"{name}: {value}\n" for name, value in settings.items()))


def change_line(cluster: SelfManagedCluster, name: str, value: str) -> None:
    """Another value for a setting that is there."""
    yml = cluster.config / "elasticsearch.yml"
    lines = [f"{name}: {value}" if line.startswith(f"{name}:") else line for line in yml.read_text().splitlines()]
    yml.write_text("\n".join(lines) + "\n")


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


def secret(cluster: SelfManagedCluster, alias: str, value: str) -> None:
    """The keystore command of a run-book."""
    name = f"cluster.remote.{alias}.credentials"
    added = run(cluster.home, "bin/elasticsearch-keystore", "add", "-f", "--stdin", name, given=f"{value}\n")
    assert added.returncode == 0, added.stderr


# ECE → self-managed


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


# self-managed → ECE


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


# what keeps a node from starting


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


# its tools and its API


def test_keystore_tool(onprem: SelfManagedCluster) -> None:
    """The verbs of a run-book, and the keystore's mode."""
    tool = "bin/elasticsearch-keystore"
    name = "cluster.remote.r.credentials"
    assert run(onprem.home, tool, "add", name, given="one\n").returncode == 0
    assert run(onprem.home, tool, "add", "--stdin", name, given="n\n").stdout.endswith("without modifying keystore.\n")
    assert run(onprem.home, tool, "show", name).stdout == "one\n"
    assert run(onprem.home, tool, "add", "--stdin", "-f", name, given="two").returncode == 0
    assert run(onprem.home, tool, "show", name).stdout == "two\n"
    assert run(onprem.home, tool, "list").stdout == f"{name}\nkeystore.seed\n"
    assert run(onprem.home, tool, "remove", name).returncode == 0
    gone = run(onprem.home, tool, "show", name)
    assert (gone.returncode, gone.stderr) == (64, f"ERROR: Setting [{name}] does not exist in the keystore.\n")
    (onprem.home / "secret").write_text("three")
    assert run(onprem.home, tool, "add-file", name, "secret").returncode == 0
    assert run(onprem.home, tool, "show", name).stdout == "three\n"
    keystore = onprem.config / "elasticsearch.keystore"
    assert keystore.stat().st_mode & 0o777 == 0o600
    keystore.unlink()
    assert "Exiting without creating" in run(onprem.home, tool, "add", "--stdin", name, given="four\n").stdout
    assert not keystore.exists()
    assert run(onprem.home, tool, "add", "-f", "--stdin", name, given="four\n").returncode == 0


def test_certutil_refuses(
    onprem: SelfManagedCluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is there already, an instances file with a wrong name, a CA without its key."""
    monkeypatch.chdir(onprem.home)
    authority = ("--ca-cert", "ca/ca.crt", "--ca-key", "ca/ca.key")

    def refused(*words: str) -> str:
        assert certutil(str(onprem.home), ["cert", "--pem", *words]) != 0
        return capsys.readouterr().err

    assert certutil(str(onprem.home), ["cert", "--pem", "--out", "x.zip", *authority]) == 0
    assert "already exists" in refused("--out", "x.zip", *authority)
    (onprem.home / "bad.yaml").write_text("instances:\n  - name: a\n    commonname: [x]\n")
    assert "unknown field [commonname]" in refused(*authority, "--in", "bad.yaml")
    assert "--ca-cert and --ca-key" in refused("--ca-cert", "ca/ca.crt")
    wrong = refused("--ca-cert", "ca/ca.crt", "--ca-key", "config/certs/node1.key")
    assert "is not the one of the CA" in wrong


def test_an_existing_home_is_read(sim: Simulator, tmp_path: Path) -> None:
    """What somebody prepared is not overwritten; the same certificates come back."""
    first = sim.add_self_managed("one", tmp_path / "es", named_nodes=True, cluster_id="c1", scope_id="site")
    second = sim.add_self_managed("two", tmp_path / "es")

    assert first.node_names == second.node_names == ["node1.node.c1.cluster.site.account"]
    assert first.ca_pem == second.ca_pem


def test_names_are_not_given_twice(sim: Simulator) -> None:
    """Logs and control name a cluster by its name."""
    sim.add_self_managed("one")
    for name in ("one", "a", "Two"):
        with pytest.raises(ValueError, match="name:"):
            sim.add_self_managed(name)


def facts_of(cluster: SelfManagedCluster) -> dict[str, Any]:
    """The facts without what is secret."""
    return {name: value for name, value in cluster.facts().items() if name != "password"}


def test_repr_and_facts_hold_no_key(onprem: SelfManagedCluster) -> None:
    """What lands in a log must not hold the password."""
    assert onprem.password not in repr(onprem)
    assert onprem.password not in str(facts_of(onprem))
