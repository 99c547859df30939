"""Every documented symptom of a remote cluster that does not connect, made on purpose."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from cryptography import x509

from ece_simulator import Simulator
from tests.simulator.clusters import (
    Cluster,
    connect_by_key,
    seed,
    trust_proxy_of,
)
from tests.simulator.pems import bundle
from tests.simulator.support import RULESETS, ruleset, simulator

HANDSHAKE = "cluster:internal/remote_cluster/handshake"


@pytest.fixture
def sims() -> Iterator[Simulator]:
    """Two installations with private proxy CAs."""
    sim = simulator(2)
    yield sim
    sim.stop()


def pair(sim: Simulator, installation: int = 0) -> tuple[Cluster, Cluster]:
    """A local cluster in the first installation and a remote one with an index."""
    documents = {"logs-1": {"1": {"n": 1}}, "secret": {"1": {"n": 2}}}
    return seed(sim, name="local"), seed(sim, installation, name="remote", documents=documents)


def look(local: Cluster, remote: Cluster) -> tuple[str, str]:
    """Both logs after one look at the alias `r`, which must not be connected."""
    local.api.simulator.control.clear_connections()
    assert local.connected("r") is False
    return local.log(), remote.log()


def outcomes(cluster: Cluster) -> list[str]:
    """How the handshakes went."""
    return [entry["outcome"] for entry in cluster.api.simulator.control.handshakes()]


@pytest.mark.parametrize("cause", ["port", "host", "firewall"])
def test_nobody_answers(sims: Simulator, cause: str) -> None:
    """Wrong port, wrong host, closed port."""
    local, remote = pair(sims)
    connect_by_key(local, remote)
    if cause == "port":
        local.put_remote("r", remote, 9300)
    elif cause == "host":
        local.put_remote("r", remote, proxy_address="nobody.example.test:9443")
    else:
        sims.control.set_port(9443, open=False, installation="a")

    told, _ = look(local, remote)

    assert "failed to open any proxy connections to cluster" in told
    assert "connect_exception" in told
    assert outcomes(local) == []


@pytest.mark.parametrize("port", [9400, 9443])
def test_closed_by_remote(sims: Simulator, port: int) -> None:
    """A remote whose nodes are down; the same words come when the proxy does not know the name."""
    local, remote = pair(sims)
    if port == 9443:
        connect_by_key(local, remote)
    else:
        local.put_remote("r", remote, port)
    remote.api.post(f"/deployments/{remote.id}/elasticsearch/_main/_shutdown")
    sims.control.advance(100)

    told, _ = look(local, remote)

    assert f"transport connection to [{remote.host}:{port}] closed by remote" in told
    assert outcomes(local) == ["not_running"]


@pytest.mark.parametrize("port", [9400, 9443])
def test_unknown_name(sims: Simulator, port: int) -> None:
    """Without the right server name the proxy cannot route; on 9400 there is no name to fall back to."""
    local, remote = pair(sims)
    if port == 9443:
        connect_by_key(local, remote)
    other = "f" * 32 + ".a.ece.test"
    local.put_remote("r", remote, port, server_name=other if port == 9443 else None)

    told, _ = look(local, remote)

    assert "closed by remote" in told
    assert outcomes(local) == ["unknown_name"]


def test_illegal_server_name(sims: Simulator) -> None:
    """Elasticsearch takes the setting and fails when it connects."""
    local, remote = pair(sims)
    connect_by_key(local, remote)
    local.put_remote("r", remote, server_name=f"{remote.host}:9443")

    assert "invalid DiscoveryNode server_name" in look(local, remote)[0]


def test_authority_unknown(sims: Simulator) -> None:
    """API-key model, private CA of another installation: the line names the client's context."""
    local, remote = pair(sims, 1)
    connect_by_key(local, remote)

    told, _ = look(local, remote)

    assert "failed to establish trust with server" in told
    assert "[xpack.security.remote_cluster_client.ssl]" in told
    assert "not configured to trust that issuer" in told
    assert outcomes(local) == ["tls"]


def test_no_secret(sims: Simulator) -> None:
    """Without a secret the certificate model meets 9443: the line names the transport context."""
    local, remote = pair(sims)
    local.put_remote("r", remote)

    told, _ = look(local, remote)

    assert "failed to establish trust with server" in told
    assert "[xpack.security.transport.ssl]" in told


def test_wrong_name_and_expired(sims: Simulator) -> None:
    """A chain that does not cover the host, and one that is over."""
    local, remote = pair(sims)
    connect_by_key(local, remote)
    here = "/platform/configuration/security/tls/proxy"
    remote.api.call("POST", here, bundle("*.elsewhere.test").text.encode(), expect=202)
    assert "does not fit the name" in look(local, remote)[0]

    remote.api.call("POST", here, bundle("*.a.ece.test", days=-1).text.encode(), expect=202)
    assert "expired" in look(local, remote)[0]


def test_remote_tells_too(sims: Simulator) -> None:
    """Certificate model: a remote whose CA the local side lacks sees the alert, and the other way round."""
    local, remote = pair(sims, 1)
    local.put_remote("r", remote, 9400)

    told, there = look(local, remote)
    assert "[xpack.security.transport.ssl]" in told
    assert "client did not trust this server's certificate" in there

    environment = remote.api.installation.environment_id
    entry = {"name": "r", "type": "ECE", "trust_all": True, "scope_id": environment}
    local.put_trust(direct=[{**entry, "certificates": remote.authorities()}])
    told, there = look(local, remote)
    assert "Received fatal alert: certificate_unknown" in told
    assert "not configured to trust that issuer" in there


def wrong_authority(local: Cluster, remote: Cluster) -> None:
    """The classic: the CA of the nodes where the CA of the proxies belongs, so that 9400 can be trusted by key."""
    entry = {"name": "wrong kind", "type": "proxy", "trust_all": False, "certificates": remote.authorities()}
    local.put_trust(direct=[entry], accounts=[{"account_id": local.api.installation.account_id, "trust_all": True}])
    connect_by_key(local, remote)
    local.put_remote("r", remote, 9400)


def test_key_on_the_transport_port(sims: Simulator) -> None:
    """The remote wants a certificate of somebody it trusts, and gets none."""
    local, remote = pair(sims, 1)
    wrong_authority(local, remote)

    told, there = look(local, remote)

    assert "Received fatal alert: bad_certificate" in told
    assert "Empty client certificate chain" in there


@pytest.mark.parametrize(
    ("anonymous", "words"),
    [
        ([], f"missing authentication credentials for action [{HANDSHAKE}]"),
        (["guest"], f"action [{HANDSHAKE}] is unauthorized for user [_anonymous]"),
        (["superuser"], "requires channel profile to be [_remote_cluster], but got [default]"),
    ],
)
def test_key_with_a_good_certificate(sims: Simulator, anonymous: list[str], words: str) -> None:
    """On 9400 inside one ECE the certificate is fine, but a key is no login there; nothing is told on the remote."""
    local, remote = pair(sims)
    wrong_authority(local, remote)
    sims.control.mark(remote.id, anonymous=anonymous)

    told, there = look(local, remote)

    assert words in told
    assert there == ""
    assert outcomes(local) == ["transport"]


def test_no_key_at_the_key_port(sims: Simulator) -> None:
    """No secret, and a transport trust that accepts the proxy: the remote misses the key."""
    local, remote = pair(sims)
    name = x509.OtherName(x509.ObjectIdentifier("2.5.4.3"), b"\x0c\x05proxy")
    made = bundle("*.a.ece.test", more=(name,))
    remote.api.call("POST", "/platform/configuration/security/tls/proxy", made.text.encode(), expect=202)
    entry = {"name": "x", "trust_all": False, "additional_node_names": ["proxy"], "certificates": [{"pem": made.root}]}
    local.put_trust(direct=[entry])
    key = remote.make_key()
    local.put_secrets(other=key["encoded"])
    local.put_remote("r", remote)

    told, _ = look(local, remote)

    assert "require transport header [_cross_cluster_access_credentials] but none found" in told
    assert "configured remote cluster credentials" in told


def test_ordinary_key(sims: Simulator) -> None:
    """An API key for the REST API is none for remote clusters."""
    local, remote = pair(sims)
    key = remote.call("POST", "_security/api_key", {"name": "rest"})
    local.put_secrets(r=key["encoded"])
    local.put_remote("r", remote)

    told, there = look(local, remote)

    assert "authentication expected API key type of [cross_cluster]" in told
    assert "has type [rest]" in told
    assert there == ""


@pytest.mark.parametrize("cause", ["unknown", "wrong secret", "expired", "invalidated", "not encoded"])
def test_bad_key(sims: Simulator, cause: str) -> None:
    """Wrong, expired or invalidated, or `id:key` instead of the encoded form."""
    local, remote = pair(sims)
    key = remote.make_key(expiration="1d")
    local.put_secrets(r=f"{key['id']}:{key['api_key']}" if cause == "not encoded" else key["encoded"])
    local.put_remote("r", remote)
    if cause == "expired":
        sims.control.advance(86_400)
    elif cause == "invalidated":
        remote.call("DELETE", "_security/api_key", {"ids": [key["id"]]})
    elif cause == "unknown":
        sims.control.take_away("key", f"{remote.id}/{key['id']}")
    elif cause == "wrong secret":
        forged = base64.b64encode(f"{key['id']}:{'x' * 22}".encode()).decode()
        local.put_secrets(r=forged)

    told, there = look(local, remote)

    assert f"unable to authenticate user [{key['id']}]" in told
    assert "Authentication using apikey failed" in there


def test_key_does_not_allow(sims: Simulator) -> None:
    """A search for an index that the key does not open."""
    local, remote = pair(sims)
    key = connect_by_key(local, remote)

    reason = local.error("GET", "r:secret/_search", expect=403)

    assert reason.startswith("action [indices:data/read/search] towards remote cluster is unauthorized for user [")
    assert f"authenticated by API key id [{key['id']}]" in reason
    assert "on indices [secret]" in reason


def test_role_does_not_allow(sims: Simulator) -> None:
    """A user of the local cluster without `remote_indices` for the alias; with them it works as far as they go."""
    local, remote = pair(sims)
    connect_by_key(local, remote)
    password = local.api.post(f"/deployments/{local.id}/elasticsearch/_main/_reset-password")["password"]
    local.direct("PUT", "_security/user/ann", {"password": "secret-word", "roles": ["reader"]}, password=password)

    def search(index: str) -> tuple[int, str]:
        status, body = local.direct("GET", f"r:{index}/_search", user="ann", password="secret-word")
        return status, str(body)

    assert search("logs-1")[0] == 403
    assert "no remote indices privileges apply for the target cluster" in search("logs-1")[1]
    role = {"remote_indices": [{"clusters": ["r*"], "names": ["logs-*"], "privileges": ["read"]}]}
    local.call("PUT", "_security/role/reader", role)
    assert search("logs-1")[0] == 200
    role["remote_indices"][0]["names"] = ["metrics-*"]
    local.call("PUT", "_security/role/reader", role)
    assert "is unauthorized for user [ann] with effective roles [reader]" in search("logs-1")[1]


def test_names_do_not_match(sims: Simulator) -> None:
    """Certificate model inside one ECE: the side whose list misses the other one says so."""
    local, remote = pair(sims)
    local.put_remote("r", remote, 9400)
    account = {"account_id": local.api.installation.account_id, "trust_all": False}
    nobody = [{**account, "trust_allowlist": ["f" * 32]}]

    remote.put_trust(accounts=nobody)
    told, there = look(local, remote)
    assert "does not match the trusted names" in there
    assert "Received fatal alert" in told
    assert outcomes(local) == ["untrusted_name"]

    local.put_trust(accounts=nobody)
    remote.put_trust(accounts=[{**account, "trust_all": True}])
    told, there = look(local, remote)
    assert "does not match the trusted names" in told


def test_filter(sims: Simulator) -> None:
    """A filter that misses the caller: 403 at 9243, a closed connection at 9443, the proxy's word in its log."""
    local, remote = pair(sims)
    connect_by_key(local, remote)
    password = remote.api.post(f"/deployments/{remote.id}/elasticsearch/_main/_reset-password")["password"]
    made = remote.api.post(RULESETS, ruleset(), expect=201)["id"]
    association = {"entity_type": "deployment", "id": remote.id}
    remote.api.post(f"{RULESETS}/{made}/associations", association, expect=201)

    told, _ = look(local, remote)
    assert "closed by remote" in told
    assert outcomes(local) == ["BLOCKED_BY_TRAFFIC_FILTER"]
    status, body = remote.direct("GET", "", password=password, source="203.0.113.1")
    assert (status, body) == (403, {"ok": False, "message": "Forbidden"})
    assert remote.direct("GET", "", password=password, source="192.0.2.77")[0] == 200
    assert outcomes(local) == ["BLOCKED_BY_TRAFFIC_FILTER"] * 2


def test_versions_that_cannot_talk() -> None:
    """8.14 and 9.2 have no common protocol: both sides say so."""
    sim = simulator(1)
    local, remote = seed(sim, name="local", version="8.14.3"), seed(sim, name="remote", version="9.2.0")
    connect_by_key(local, remote)

    told, there = look(local, remote)

    assert "Received message from unsupported version: [8.14.3]" in told
    assert "unsupported version" in there
    sim.stop()


def test_everything_right_leaves_no_line(sims: Simulator) -> None:
    """The counter-check: a good connection writes nothing, so the tests above see what they say."""
    local, remote = pair(sims, 1)
    trust_proxy_of(local, remote)
    connect_by_key(local, remote)
    sims.control.clear_connections()

    assert local.connected("r") is True
    assert (local.log(), remote.log()) == ("", "")
    assert outcomes(local) == ["connected"]
