"""Ports, addresses and filters by platform: what Elastic's pages print, cell by cell."""

from __future__ import annotations

import pytest

from ece_domain.findings import InvalidValue
from ece_domain.platforms import (
    Endpoint,
    FilterKind,
    Platform,
    cloud_endpoint,
    eck_endpoint,
    filter_finding,
    filters_for,
    given_endpoint,
    port_of,
)
from ece_domain.remote_clusters import Address
from ece_domain.security_models import SecurityModel

ECE, ECH, SELF, ECK = Platform.ECE, Platform.ECH, Platform.SELF_MANAGED, Platform.ECK
KEY, CERTIFICATE = SecurityModel.API_KEY, SecurityModel.CERTIFICATE
IP, PEERS, ELASTICSEARCH = FilterKind.IP, FilterKind.REMOTE_CLUSTER, FilterKind.ELASTICSEARCH


@pytest.mark.parametrize(
    ("local", "remote", "is_same", "kinds"),
    [
        (ECE, ECE, True, {PEERS, IP}),
        (ECE, ECE, False, {IP}),
        (ECE, ECH, False, {IP}),
        (ECH, ECE, False, {IP}),
        (SELF, ECE, False, {IP}),
        (ECK, ECE, False, {IP}),
        (ECE, SELF, False, {FilterKind.FIREWALL, ELASTICSEARCH}),
        (ECE, ECK, False, {FilterKind.NETWORK_POLICY, ELASTICSEARCH}),
        (ECH, ECH, False, {PEERS, IP}),
    ],
)
def test_filters_for_a_pair(local: Platform, remote: Platform, is_same: bool, kinds: set[FilterKind]):
    """A filter of the wrong kind lets nobody in, and the failure names no filter."""
    assert filters_for(local, remote, KEY, is_same_environment=is_same) == kinds
    by_certificate = filters_for(local, remote, CERTIFICATE, is_same_environment=is_same)
    assert by_certificate == (kinds if remote in (SELF, ECK) else set())


def test_a_filter_that_does_not_fit_is_told_with_what_does():
    """Error for the wrong kind, warning where no filter is asked at all."""
    wrong = filter_finding(PEERS, ECH, ECE)
    assert wrong is not None
    assert (wrong.code, wrong.is_error) == ("V27", True)
    assert wrong.detail.endswith("needs ip.")
    unasked = filter_finding(IP, ECE, ECE, CERTIFICATE)
    assert unasked is not None
    assert (unasked.code, unasked.is_error) == ("V26", False)
    assert filter_finding(PEERS, ECE, ECE, is_same_environment=True) is None


def test_ports_of_platforms():
    """The port of the other model or platform answers with words that nobody understands."""
    found = {(platform, model): port_of(platform, model) for platform in Platform for model in SecurityModel}
    assert {port for (_, model), port in found.items() if model is KEY} == {9443}
    assert [found[each, CERTIFICATE] for each in (ECE, ECH, SELF, ECK)] == [9400, 9400, 9300, 9300]


def test_addresses_of_platforms():
    """ECE routes by the server name; elsewhere it is given only where the certificate has another one."""
    assert cloud_endpoint(ECE, KEY, "x.ece.example") == Endpoint(Address("x.ece.example", 9443), "x.ece.example")
    assert given_endpoint(SELF, CERTIFICATE, "es.example.com") == Endpoint(Address("es.example.com", 9300), None)
    assert given_endpoint(SELF, KEY, "es.example.com:443", "es.example.com").server_name is None
    assert given_endpoint(SELF, KEY, "192.0.2.7", "es.example.com").server_name == "es.example.com"
    by_key = eck_endpoint(KEY, "lb.example.com", "search", "prod")
    assert (str(by_key.address), by_key.server_name) == ("lb.example.com:9443", "search-es-remote-cluster.prod.svc")
    assert eck_endpoint(CERTIFICATE, "lb.example.com", "search", "prod").server_name is None
    with pytest.raises(InvalidValue, match="give its address"):
        cloud_endpoint(SELF, KEY, "es.example.com")
