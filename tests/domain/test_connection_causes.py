"""Why a connection is down: each piece that can be missing is named, and only what is certain is called certain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ece_domain.connection_causes import causes, trusts
from ece_domain.connection_evidence import Cause, Evidence, Piece, SideSeen
from ece_domain.platforms import Platform
from ece_domain.remote_clusters import Connection
from ece_domain.security_models import SecurityModel

HOST = "b.es.example.com"
ALL = {"accounts": [{"account_id": "a1", "trust_all": True}], "external": [], "direct": []}
NONE: dict[str, Any] = {"accounts": [], "external": [], "direct": []}
L = SideSeen("deployment L", "l" * 32, "9.2.0", "l.es.example.com", "1001", ALL, "started")
R = SideSeen("deployment R", "r" * 32, "9.2.0", HOST, "1001", ALL, "started")
KEYED = Evidence(
    "logs", SecurityModel.API_KEY, L, R, Connection(f"{HOST}:9443", HOST, skip_unavailable=True),
    is_same_environment=True, has_secret=True, is_secret_loaded=True, live_keys=1, filters=[],
)  # fmt: skip
CERTIFIED = replace(
    KEYED, model=SecurityModel.CERTIFICATE, connection=Connection(f"{HOST}:9400", HOST, skip_unavailable=True),
    has_secret=False, is_secret_loaded=False, live_keys=None, filters=None,
)  # fmt: skip


def first(seen: Evidence) -> Cause:
    """The likeliest cause."""
    return causes(seen)[0]


@pytest.mark.parametrize(
    ("change", "piece", "words"),
    [
        ({"connection": None}, Piece.SETTINGS, "no proxy_address"),
        ({"connection": Connection(f"{HOST}:9400", HOST, True)}, Piece.SETTINGS, "port of the certificate model"),
        ({"connection": Connection(f"{HOST}:9443", "x.example.com", True)}, Piece.SETTINGS, "server_name is x.example"),
        ({"has_secret": False}, Piece.SECRET, "no entry cluster.remote.logs.credentials"),
        ({"is_secret_loaded": False}, Piece.SECRET, "has not loaded it"),
        ({"live_keys": 0}, Piece.KEY, "no valid key"),
        ({"remote": replace(R, status="stopped")}, Piece.DEPLOYMENT, "deployment R is stopped"),
        ({"remote": replace(R, version="8.13.0")}, Piece.DEPLOYMENT, "API keys need 8.14"),
        ({"remote": replace(R, version="8.15.0")}, Piece.DEPLOYMENT, "versions do not fit"),
        ({"filters": [{"type": "remote_cluster", "rules": []}]}, Piece.FILTER, "no rule names deployment L"),
    ],
)
def test_each_missing_piece_of_the_key_model(change: dict[str, Any], piece: Piece, words: str):
    """The text is all that somebody at night has."""
    cause = first(replace(KEYED, **change))
    assert cause.is_certain
    assert cause.piece is piece
    assert words in cause.text


@pytest.mark.parametrize(
    ("change", "piece", "words"),
    [
        ({"local": replace(L, trust=NONE)}, Piece.TRUST, "deployment L does not trust deployment R:"),
        ({"remote": replace(R, trust=NONE)}, Piece.TRUST, "deployment R does not trust deployment L back"),
        ({"has_secret": True}, Piece.SECRET, "turns the alias to the API-key model"),
        ({"connection": Connection(f"{HOST}:9443", HOST, True)}, Piece.SETTINGS, "port of the api_key model"),
    ],
)
def test_each_missing_piece_of_the_certificate_model(change: dict[str, Any], piece: Piece, words: str):
    """Trust is named with its direction: it is set on another deployment than the connection."""
    cause = first(replace(CERTIFIED, **change))
    assert cause.is_certain
    assert cause.piece is piece
    assert words in cause.text


@pytest.mark.parametrize(
    ("said", "model", "piece"),
    [
        ("failed to open any proxy connections to cluster: connect_exception: x:9443", "api_key", Piece.NETWORK),
        ("transport connection closed by remote: reset", "api_key", Piece.NETWORK),
        (
            "failed to establish trust with server in ssl context [xpack.security.remote_cluster_client.ssl]",
            "api_key",
            Piece.CERTIFICATE_AUTHORITY,
        ),
        (
            "failed to establish trust with server in ssl context [xpack.security.transport.ssl]",
            "api_key",
            Piece.SECRET,
        ),
        ("Received fatal alert: bad_certificate", "api_key", Piece.SETTINGS),
        ("failed to establish trust with server in ssl context [...]", "certificate", Piece.TRUST),
        ("Received fatal alert: bad_certificate", "certificate", Piece.TRUST),
        (
            "missing authentication credentials for action [cluster:internal/remote_cluster/handshake]",
            "api_key",
            Piece.SETTINGS,
        ),
        ("action [cluster:internal/remote_cluster/handshake] is unauthorized for user [x]", "api_key", Piece.SETTINGS),
        ("requires channel profile to be [_remote_cluster], but got [default]", "api_key", Piece.SETTINGS),
        ("require transport header [_cross_cluster_access_credentials] but none found", "api_key", Piece.SECRET),
        ("authentication expected API key type of [cross_cluster], but has type [rest]", "api_key", Piece.SECRET_VALUE),
        ("unable to authenticate user [abc]", "api_key", Piece.SECRET_VALUE),
        ("does not match the trusted names", "certificate", Piece.TRUST),
    ],
)
def test_what_elasticsearch_says(said: str, model: str, piece: Piece):
    """The documented log lines, each led to the piece it is about, with its words for a search."""
    cause = first(replace(KEYED if model == "api_key" else CERTIFIED, said=said))
    assert cause.piece is piece
    assert said.split(" [")[0] in cause.text


def test_a_dead_key_explains_the_refusal():
    """One cause, not two: its object makes another key."""
    found = causes(replace(KEYED, live_keys=0, said="unable to authenticate user [abc]"))
    assert [cause.piece for cause in found] == [Piece.KEY]


def test_nothing_seen_leads_to_the_network():
    """No cause is invented; the reader is told what is left to look at."""
    cause = first(KEYED)
    assert cause.piece is Piece.NETWORK
    assert not cause.is_certain
    assert f"{HOST}:9443" in cause.text


@pytest.mark.parametrize(
    ("rule", "lets_in"),
    [
        ({"remote_cluster_id": L.cluster_id}, True),
        ({"remote_cluster_org_id": "1001"}, True),
        ({"remote_cluster_org_id": "1001", "remote_cluster_id": L.cluster_id}, True),
        ({"remote_cluster_org_id": "1001", "remote_cluster_id": "x" * 32}, False),
        ({"remote_cluster_id": "x" * 32}, False),
    ],
)
def test_filter_rules_that_name_the_local_side(rule: dict[str, str], lets_in: bool):
    """A rule with both ids asks for both."""
    seen = replace(KEYED, filters=[{"type": "remote_cluster", "rules": [rule]}])
    assert (first(seen).piece is not Piece.FILTER) is lets_in


def test_ip_rules_leave_it_open_until_the_connection_is_closed():
    """From here nobody can know by which address the local side is seen."""
    seen = replace(KEYED, filters=[{"type": "ip", "rules": [{"source": "192.0.2.0/24"}]}])
    assert not first(seen).is_certain
    closed = first(replace(seen, said="transport connection closed by remote"))
    assert closed.piece is Piece.FILTER
    assert closed.is_certain


def test_a_private_proxy_ca_of_another_environment():
    """The CA of the nodes is the usual mistake, so the text names the right one."""
    seen = replace(KEYED, is_same_environment=False, proxy_fingerprints={"aa"}, trusted_fingerprints={"bb"})
    cause = first(seen)
    assert cause.piece is Piece.CERTIFICATE_AUTHORITY
    assert not cause.is_certain  # it may be a public one
    assert "does not help" in cause.text
    assert first(replace(seen, said="failed to establish trust with server")).is_certain
    assert first(replace(seen, trusted_fingerprints={"aa"})).piece is Piece.NETWORK


@pytest.mark.parametrize(
    ("trust", "is_same", "expected"),
    [
        ({"accounts": [{"trust_all": False, "trust_allowlist": [R.cluster_id]}]}, True, True),
        ({"accounts": [{"trust_all": False, "trust_allowlist": ["x"]}]}, True, False),
        ({"accounts": [{"trust_all": True}]}, False, False),
        ({"external": [{"trust_all": True}]}, False, True),
        ({"direct": [{"type": "ECE", "scope_id": "1001", "trust_all": True}]}, False, True),
        ({"direct": [{"type": "ECE", "scope_id": "2002", "trust_all": True}]}, False, False),
        ({"direct": [{"type": "proxy", "trust_all": False}]}, False, False),
        ({"direct": [{"type": "generic", "additional_node_names": ["n1"]}]}, False, True),
    ],
)
def test_whom_trust_settings_let_in(trust: dict[str, Any], is_same: bool, expected: bool):
    """All three lists count, each for its own kind of peer."""
    assert trusts(trust, R, is_same_environment=is_same) is expected


ONPREM = SideSeen('cluster "onprem"', "u" * 22, "9.2.0", platform=Platform.SELF_MANAGED)
CLOUD = replace(L, words="deployment C", platform=Platform.ECH)


@pytest.mark.parametrize(
    ("change", "piece", "words"),
    [
        ({"local": ONPREM, "has_secret": False}, Piece.SECRET, "elasticsearch-keystore add --stdin"),
        ({"local": ONPREM, "has_secret": False}, Piece.SECRET, "spec.secureSettings"),
        (
            {"local": ONPREM, "is_same_environment": False, "proxy_fingerprints": {"f"}},
            Piece.CERTIFICATE_AUTHORITY,
            "remote_cluster_client.ssl.certificate_authorities",
        ),
        (
            {"local": ONPREM, "is_same_environment": False, "filters": [{"type": "ip", "rules": []}]},
            Piece.FILTER,
            "addresses of its nodes",
        ),
        (
            {"local": CLOUD, "is_same_environment": False, "filters": [{"type": "ip", "rules": []}]},
            Piece.FILTER,
            "egress addresses of its region",
        ),
        ({"remote": ONPREM, "said": "connect_exception: x:9443"}, Piece.NETWORK, "remote_cluster_server.enabled: true"),
        (
            {"remote": ONPREM, "said": "failed to establish trust with server [remote_cluster_client.ssl]"},
            Piece.CERTIFICATE_AUTHORITY,
            "remote cluster server",
        ),
        ({"remote": ONPREM}, Piece.NETWORK, "type LoadBalancer"),
        ({"remote": replace(R, platform=Platform.ECH)}, Piece.NETWORK, "network security policy"),
    ],
)
def test_the_same_cause_has_another_remedy_elsewhere(change: dict[str, Any], piece: Piece, words: str):
    """Who has no console and no keystore call needs other words than a user of ECE."""
    found = [cause for cause in causes(replace(KEYED, **change)) if cause.piece is piece]
    assert found
    assert any(words in cause.text for cause in found), [cause.text for cause in found]


def test_a_secret_that_is_in_the_way_outside_of_ece():
    """A key that is still loaded turns the alias away from certificates."""
    cause = first(replace(CERTIFIED, local=ONPREM, has_secret=True))
    assert "elasticsearch-keystore remove" in cause.text


def test_ports_are_those_of_the_remote_platform():
    """9400 is no port of a self-managed cluster."""
    wrong = Connection("es.example.com:9443", None, skip_unavailable=True)
    cause = first(replace(CERTIFIED, remote=ONPREM, connection=wrong))
    assert "whose port is 9300" in cause.text


def test_a_cluster_of_its_own_is_trusted_by_any_entry_for_nodes():
    """Its UUID stands in no certificate, so neither allowlist nor scope can be held against an entry."""
    entry = {"type": "generic", "scope_id": "onprem", "trust_allowlist": ["c" * 32]}
    trusting = replace(L, trust={**NONE, "direct": [entry]})
    elsewhere = {
        "remote": ONPREM,
        "is_same_environment": False,
        "connection": Connection("e.example.com:9300", None, True),
    }
    pieces = [cause.piece for cause in causes(replace(CERTIFIED, local=trusting, **elsewhere))]
    assert Piece.TRUST not in pieces
    proxy = replace(L, trust={**NONE, "direct": [{"type": "proxy"}]})
    assert "type generic" in first(replace(CERTIFIED, local=proxy, **elsewhere)).text


REJECTED = "certificate of the server at [x:9300] with the {} does not match the trusted names"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"local": ONPREM, "said": "failed to establish trust with server"}, "transport.ssl.certificate_authorities"),
        ({"said": "failed to establish trust with server"}, "certificates of the ece_deployment_trust_direct"),
        ({"remote": CLOUD, "said": "failed to establish trust with server"}, "each region of Elastic Cloud Hosted"),
        ({"remote": ONPREM, "said": "failed to establish trust with server"}, "<name>-es-transport-certs-public"),
        ({"remote": ONPREM, "said": REJECTED.format("otherName [none]")}, "carry no otherName"),
        ({"remote": ONPREM, "said": REJECTED.format("common names []")}, "instances.yaml"),
        ({"remote": ONPREM, "said": REJECTED.format("otherName [p.node.n.ns.es.local]")}, "(p.node.n.ns.es.local)"),
        ({"remote": ONPREM, "said": REJECTED.format("otherName [p]")}, "additional_node_names holds that very name"),
        ({"local": ONPREM, "said": REJECTED.format("otherName [p]")}, "trust_restrictions.path"),
        ({"said": REJECTED.format("otherName [p]")}, "cluster_ids of the trust of deployment L"),
        ({"local": ONPREM, "said": "fatal alert: bad_certificate"}, "not that of HTTP"),
        ({"local": CLOUD, "said": "fatal alert: bad_certificate"}, "each region of Elastic Cloud Hosted"),
        ({"remote": ONPREM, "said": "fatal alert: bad_certificate"}, "trust_restrictions.path must let"),
    ],
)
def test_where_a_missing_ca_or_name_belongs(change: dict[str, Any], words: str):
    """The same words of Elasticsearch lead to another argument, or another file, on each kind of place."""
    trusting = {"is_same_environment": False, "connection": Connection("e.example.com:9300", HOST, True)}
    sides = {name: replace(change.get(name, side), trust=None) for name, side in {"local": L, "remote": R}.items()}
    found = [cause for cause in causes(replace(CERTIFIED, **trusting, **{**change, **sides})) if cause.is_certain]
    assert any(words in cause.text for cause in found), [cause.text for cause in found]


def test_a_certificate_for_another_name():
    """Without server_name the host in the address counts, which is no name in the certificates that ECK makes."""
    connection = Connection("lb.example.com:9443", None, skip_unavailable=True)
    said = "failed to establish trust with server; hostname mismatch, certificate is not valid for 'lb.example.com'"
    cause = first(replace(KEYED, remote=ONPREM, connection=connection, said=said))
    assert cause.piece is Piece.SETTINGS
    assert "server_name is not set" in cause.text
    assert "<name>-es-remote-cluster.<namespace>.svc" in cause.text


def test_a_secret_under_another_alias():
    """It is there, and looks right; only the alias in its name is another one."""
    idle = "cluster.remote.log.credentials"
    cause = first(replace(KEYED, has_secret=False, idle_secrets=[idle]))
    assert idle in cause.text
    assert "the alias in the name of the entry" in cause.text


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            {"direct": [{"name": "b", "type": "ECE", "scope_id": "2002", "trust_allowlist": [R.cluster_id]}]},
            'its direct trust "b" would, but for its scope_id 2002: the environment or organization id of the other '
            "side is 1001.",
        ),
        (
            {"direct": [{"name": "b", "type": "ECE", "scope_id": "1001", "trust_allowlist": ["d" * 32]}]},
            f"They name {'d' * 32}, which is the id of the deployment.",
        ),
    ],
)
def test_ids_that_are_another_ones(entry: dict[str, Any], words: str):
    """Nothing verifies an id in trust, so what is there has to be compared for the reader."""
    remote = replace(R, deployment_id="d" * 32)
    seen = replace(CERTIFIED, is_same_environment=False, remote=remote, local=replace(L, trust={**NONE, **entry}))
    assert words in first(seen).text
