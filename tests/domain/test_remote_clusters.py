"""Remote clusters as settings: aliases, addresses, what is written and what is removed."""

from __future__ import annotations

import pytest

from ece_domain.findings import InvalidValue, Severity
from ece_domain.remote_clusters import (
    Address,
    Connection,
    ConnectionId,
    alias_settings,
    aliases_in,
    check_alias,
    check_server_name,
    credentials_setting,
    port_finding,
    removal,
    self_finding,
)
from ece_domain.security_models import SecurityModel

DEPLOYMENT = "0123456789abcdef0123456789abcdef"
HOST = "fedcba9876543210fedcba9876543210.es.example.com"


@pytest.mark.parametrize("text", ["logs", "logs-eu_2", "0x"])
def test_aliases_that_every_place_accepts(text: str):
    """Keystore, settings, index expressions and ECE's own call must all take it."""
    assert check_alias(text) == text


@pytest.mark.parametrize("text", ["Logs", "-logs", "lo.gs", "lo gs", "", "lögs", "node", "initial_connect_timeout"])
def test_aliases_that_are_refused(text: str):
    """One wrong character makes a secret that Elasticsearch never finds."""
    with pytest.raises(InvalidValue):
        check_alias(text)


def test_the_secret_carries_the_alias():
    """Elasticsearch finds it by this name only."""
    assert credentials_setting("logs") == "cluster.remote.logs.credentials"


@pytest.mark.parametrize("text", ["es.example.com:9443", "192.0.2.7:9443", "[2001:db8::1]:9443"])
def test_addresses(text: str):
    """What is read is written back the same."""
    assert str(Address.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["es.example.com", "https://es.example.com:9443", "2001:db8::1:9443", "es:0", "a:1,b:2", "[es]:9443", ":9443"],
)
def test_what_is_no_address(text: str):
    """Exactly one host and port; Elasticsearch would take some of these and never connect."""
    with pytest.raises(InvalidValue):
        Address.parse(text)


@pytest.mark.parametrize("text", ["es.example.com:9443", "https://es.example.com", "192.0.2.7", "-x.example.com", ""])
def test_what_is_no_server_name(text: str):
    """The proxy routes by it: a port or an address in it leads nowhere."""
    with pytest.raises(InvalidValue):
        check_server_name(text)
    assert check_server_name(HOST) == HOST


def test_the_connection_to_a_deployment():
    """Port by model; address and server name from the endpoint."""
    keyed = Connection.to_endpoint(HOST, SecurityModel.API_KEY, skip_unavailable=True)
    assert (keyed.proxy_address, keyed.server_name) == (f"{HOST}:9443", HOST)
    assert Connection.to_endpoint(HOST, SecurityModel.CERTIFICATE, skip_unavailable=True).proxy_address.endswith(
        ":9400"
    )


def test_settings_are_written_whole_and_read_back():
    """The round trip, and the keys of the other mode that would make Elasticsearch refuse."""
    connection = Connection(f"{HOST}:9443", HOST, skip_unavailable=False)
    written = connection.settings("logs", present=["mode", "seeds", "transport.compress"])
    assert written == {
        "cluster.remote.logs.seeds": None,
        "cluster.remote.logs.mode": "proxy",
        "cluster.remote.logs.proxy_address": f"{HOST}:9443",
        "cluster.remote.logs.server_name": HOST,
        "cluster.remote.logs.skip_unavailable": False,
    }
    assert Connection.read(alias_settings({**written, "cluster.remote.logs-eu.mode": "sniff"}, "logs")) == connection


def test_an_address_without_a_name_removes_the_old_name():
    """A name that is left behind would be sent to the new address."""
    bare = Connection("192.0.2.7:9443", None, skip_unavailable=True)
    assert "cluster.remote.logs.server_name" not in bare.settings("logs")
    assert bare.settings("logs", present=["server_name"])["cluster.remote.logs.server_name"] is None


def test_removal_names_every_key():
    """One key that stays keeps the alias alive."""
    settings = {"cluster.remote.logs.mode": "proxy", "cluster.remote.logs.transport.compress": "true", "other": 1}
    assert removal("logs", alias_settings(settings, "logs")) == {
        "cluster.remote.logs.mode": None,
        "cluster.remote.logs.transport.compress": None,
    }


def test_aliases_among_settings():
    """Settings for all remote clusters are no aliases."""
    settings = {"cluster.remote.b.mode": 1, "cluster.remote.a.seeds": 1, "cluster.remote.node.attr": 1, "x.y": 1}
    assert aliases_in(settings) == ["a", "b"]


@pytest.mark.parametrize(
    ("address", "model", "severity"),
    [
        ("es.example.com:9400", SecurityModel.API_KEY, Severity.ERROR),
        ("es.example.com:9300", SecurityModel.API_KEY, Severity.ERROR),
        ("es.example.com:9443", SecurityModel.CERTIFICATE, Severity.ERROR),
        ("es.example.com:443", SecurityModel.API_KEY, Severity.WARNING),
        ("es.example.com:9443", SecurityModel.API_KEY, None),
        ("es.example.com:9300", SecurityModel.CERTIFICATE, None),
    ],
)
def test_ports(address: str, model: SecurityModel, severity: Severity | None):
    """The port of the other model never works; an unusual one may be mapped by a load balancer."""
    finding = port_finding(Address.parse(address), model)
    assert (finding.severity if finding else None) is severity


def test_a_deployment_as_its_own_remote():
    """Legal, rarely meant."""
    finding = self_finding("a", "a")
    assert finding is not None
    assert not finding.is_error
    assert self_finding("a", "b") is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (f"{DEPLOYMENT}/main-elasticsearch/logs", (None, "main-elasticsearch", "logs")),
        (f"{DEPLOYMENT}/logs", (None, None, "logs")),
        (f"dr/{DEPLOYMENT}/logs", ("dr", None, "logs")),
        (f"-/{DEPLOYMENT}/main/logs", (None, "main", "logs")),
    ],
)
def test_ids_of_connections(text: str, parts: tuple[str | None, str | None, str]):
    """Ids are accepted without the ref_id, and with an environment in front for imports."""
    found = ConnectionId.parse(text)
    assert (found.environment, found.ref_id, found.alias) == parts
    assert found.deployment_id == DEPLOYMENT


@pytest.mark.parametrize("text", ["", "logs", f"{DEPLOYMENT}", f"{DEPLOYMENT}/a/b/c", f"{DEPLOYMENT}//logs", "x/y/z"])
def test_what_is_no_id_of_a_connection(text: str):
    """A typing error must not become an import of something else."""
    with pytest.raises(InvalidValue):
        ConnectionId.parse(text)
