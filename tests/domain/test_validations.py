"""The registry of validations, and rules that other files of tests do not reach."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ece_domain.certificate_checks import covers
from ece_domain.compatibility import feature_finding, old_stack_finding
from ece_domain.cross_cluster_keys import ending_finding, role_findings
from ece_domain.findings import InvalidValue, Severity
from ece_domain.identifiers import IdKind, kind_of_id, organization_id_finding
from ece_domain.remote_clusters import alias_of_credentials
from ece_domain.traffic_filters import egress_finding, own_address_finding
from ece_domain.validations import VALIDATIONS, validation
from ece_domain.validations.filters import V30
from ece_domain.validations.versions import V4, V5

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_ids_are_v1_to_v48():
    """Ids are contract: messages, acknowledgements and the page refer to them."""
    assert list(VALIDATIONS) == [f"V{number}" for number in range(1, 49)]
    assert all(name == each.id and each.moments and each.text for name, each in VALIDATIONS.items())
    with pytest.raises(InvalidValue, match="V1 to V48"):
        validation("V49")


def test_what_can_be_acknowledged():
    """Warnings can, errors cannot, except where a user may really mean it."""
    assert V5.may_be_acknowledged
    assert V5.may_be_escalated
    assert not V4.may_be_acknowledged
    assert V30.is_silenced_by_acknowledgement(V30.finding(deployment="x"))
    assert not V5.is_silenced_by_acknowledgement(V5.finding(severity=Severity.ERROR))


@pytest.mark.parametrize(
    ("host", "is_covered"),
    [("x.ece.example", True), ("x.es.ece.example", False), ("ece.example", False), ("exact.example.com", True)],
)
def test_names_that_a_certificate_covers(host: str, is_covered: bool):
    """A wildcard stands for one label: aliases need certificates of their own."""
    assert covers(["*.ece.example", "exact.example.com"], host) is is_covered


def test_features_of_ece():
    """A version that cannot be read is not judged: a plan must not fail for it."""
    assert feature_finding("proxy", "3.6.9") is not None
    assert feature_finding("proxy", "3.7.0") is None
    assert feature_finding("proxy", "somewhat") is None
    assert old_stack_finding("7.17.28", "4.0.0") is not None
    assert old_stack_finding("7.17.28", "3.8.0") is None


def test_ids_by_their_form():
    """Only the form can be told; ids of 32 characters look alike whatever they name."""
    kinds = [kind_of_id(text) for text in ("a" * 32, "803289842", "NZfjYZrkRK-OMJGcoU7bSw", "x")]
    assert kinds == [IdKind.HEX_32, IdKind.NUMBER, IdKind.CLUSTER_UUID, IdKind.OTHER]
    assert organization_id_finding("803289842") is None
    swapped, blank = organization_id_finding("a" * 32), organization_id_finding("80 32")
    assert swapped is not None
    assert not swapped.is_error
    assert blank is not None
    assert blank.is_error


def test_roles_and_keys():
    """Patterns of a role are compared with those of the key, aliases with wildcards too."""
    access = {"search": [{"names": ["logs-*"]}], "replication": None}
    reader = {"remote_indices": [{"clusters": ["lo*"], "names": ["logs-2026", "audit"]}]}
    assert [each.code for each in role_findings("logs", {"reader": reader}, access)] == ["V23"]
    assert [each.code for each in role_findings("metrics", {"reader": reader}, access)] == ["V24"]
    assert ending_finding("k", NOW + timedelta(days=31), NOW) is None
    assert ending_finding("k", NOW + timedelta(days=29), NOW) is not None


def test_addresses_that_cannot_be():
    """Loopback never comes from elsewhere, private addresses never from Elastic Cloud Hosted."""
    assert egress_finding("127.0.0.1") is not None
    assert egress_finding("10.0.0.0/8") is None
    private = egress_finding("10.0.0.0/8", is_hosted=True)
    assert private is not None
    assert not private.is_error
    assert own_address_finding("d", "192.0.2.7", ["192.0.2.0/24"]) is None
    assert own_address_finding("d", "192.0.2.7", ["198.51.100.0/24", "2001:db8::/32"]) is not None


def test_the_secret_of_an_alias():
    """Only the entry that Elasticsearch reads for a remote cluster turns its model."""
    assert alias_of_credentials("cluster.remote.logs.credentials") == "logs"
    assert alias_of_credentials("xpack.notification.slack") is None
