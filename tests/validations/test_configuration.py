"""Validations in plain Terraform configuration that need no API: bad and good arguments beside each other."""

from __future__ import annotations

from typing import Any

import pytest

from ece_domain.validations import Moment
from tests.support.certificates import certificate
from tests.validations.cases import assert_silent, assert_told, parameters
from tests.validations.stage import KEY, REMOTE, connection, key, validated

LOCAL, REMOTE_ONE = {"id": "0" * 31 + "1"}, {"id": "0" * 31 + "2"}
CA = certificate("an authority")
OLD = certificate("an old one", days=-1)
DIRECT, FILTER, RELATIONSHIP = "ece_deployment_trust_direct", "ece_traffic_filter", "ece_trust_relationship"
IP = {"name": "office", "type": "ip"}
PEERS = {"name": "peers", "type": "remote_cluster"}
ENTRY = {"deployment_id": LOCAL["id"], "name": "paris", "certificates": [CA.pem]}
ELSEWHERE = {"deployment_id": LOCAL["id"], "alias": "logs", "security_model": "api_key", "external_secret": True}
ADDRESS = {**ELSEWHERE, "proxy_address": "es.example.com:9443", "server_name": "es.example.com"}
RESTRICTED = {"search": [{"names": ["a"], "query": "{}"}], "replication": [{"names": ["b"]}]}
OTHER_ALIAS = f"{LOCAL['id']}/main-elasticsearch/audit"
PLATFORM = {"managed_through": "platform"}

CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "V7": (REMOTE, connection(LOCAL, REMOTE_ONE, alias="Logs EU"), connection(LOCAL, REMOTE_ONE)),
    "V8": (
        REMOTE,
        connection(LOCAL, REMOTE_ONE, cross_cluster_api_key_id=OTHER_ALIAS),
        connection(LOCAL, REMOTE_ONE),
    ),
    "V9": (REMOTE, {**ADDRESS, "proxy_address": "es.example.com:9400"}, ADDRESS),
    "V10": (REMOTE, {**ADDRESS, "server_name": "https://es.example.com"}, ADDRESS),
    "V10-address": (REMOTE, {**ADDRESS, "proxy_address": "a.example.com:9443,b.example.com:9443"}, ADDRESS),
    "V15": (
        FILTER,
        {**PEERS, "rules": [{"cluster_id": "1053523734"}]},
        {**PEERS, "rules": [{"cluster_id": "f" * 32}]},
    ),
    "V17": (
        DIRECT,
        {**ENTRY, "type": "proxy", "certificates": [CA.pem + CA.key_pem]},
        {**ENTRY, "type": "proxy"},
    ),
    "V18": (DIRECT, {**ENTRY, "trust_all": True}, {**ENTRY, "trust_all": True, "scope_id": "1053523734"}),
    "V21": (
        REMOTE,
        connection(LOCAL, REMOTE_ONE, "certificate", **PLATFORM, environment="paris"),
        connection(LOCAL, REMOTE_ONE, "certificate", **PLATFORM),
    ),
    "V22": (KEY, key(LOCAL, REMOTE_ONE, access=RESTRICTED), key(LOCAL, REMOTE_ONE)),
    "V25": (
        KEY,
        key(LOCAL, REMOTE_ONE, expiration="90d"),
        key(LOCAL, REMOTE_ONE, expiration="90d", rotate_after="60d"),
    ),
    "V29": (FILTER, {**IP, "rules": [{"source": "office.example"}]}, {**IP, "rules": [{"source": "192.0.2.0/24"}]}),
    "V34": (
        FILTER,
        {**IP, "rules": [{"source": f"192.0.2.{last}"} for last in range(129)]},
        {**IP, "rules": [{"source": f"192.0.2.{last}"} for last in range(128)]},
    ),
    "V39": (
        DIRECT,
        {**ENTRY, "type": "ESS", "trust_all": True, "scope_id": "f" * 32},
        {**ENTRY, "type": "ESS", "trust_all": True, "scope_id": "803289842"},
    ),
    "V41": (
        REMOTE,
        connection(LOCAL, REMOTE_ONE, cross_cluster_api_key_id=None),
        connection(LOCAL, REMOTE_ONE, cross_cluster_api_key_id=None, external_secret=True),
    ),
}


@pytest.mark.parametrize(("kind", "bad", "good"), parameters(CASES, Moment.PLAN))
def test_a_configuration_is_told(
    kind: str, bad: dict[str, Any], good: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    """Without any API, by terraform validate already; and the neighbour may pass."""
    name = request.node.callspec.id.partition("-")[0]
    assert_told(validated(kind, bad), name)
    assert_silent(validated(kind, good), name)


@pytest.mark.parametrize(
    ("decisions", "text"),
    [
        ({"acknowledge": {"V8": "why"}}, "is an error always"),
        ({"acknowledge": {"V5": " "}}, "needs a reason"),
        ({"acknowledge": {"V77": "why"}}, "is no validation"),
        ({"escalate": ["V8"]}, "cannot be escalated"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(decisions: dict[str, Any], text: str) -> None:
    """A decision that does nothing would be believed in."""
    assert any(text in each for each in validated(REMOTE, connection(LOCAL, REMOTE_ONE, **decisions)))


def test_decisions_change_what_is_told() -> None:
    """Acknowledged: gone. Escalated: an error, which the text does not change."""
    warned = key(LOCAL, REMOTE_ONE, expiration="90d")
    assert_told(validated(KEY, warned), "V25")
    assert_silent(validated(KEY, {**warned, "acknowledge": {"V25": "a trial"}}), "V25")
    assert_told(validated(KEY, {**warned, "escalate": ["V25"]}), "V25")
