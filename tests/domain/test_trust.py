"""Trust entries: ECE verifies no id, so what can be seen to be wrong is said before it is sent."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from ece_domain.findings import Finding, Severity
from ece_domain.trust import (
    DirectTrust,
    KnownDeployment,
    account_id_finding,
    cluster_id_findings,
    direct_findings,
    installation_id_finding,
    mixed_up_findings,
    own_scope_finding,
    scope_findings,
    unknown_findings,
)

CLUSTER = "0123456789abcdef0123456789abcdef"
LOGS = KnownDeployment("a" * 32, "logs", "b" * 32)


def errors(found: Iterable[Finding]) -> list[str | None]:
    """The fields that errors are about."""
    return [each.field for each in found if each.is_error]


@pytest.mark.parametrize(
    "given", [{"trust_all": True}, {"cluster_ids": [CLUSTER]}, {"unknown": frozenset({"cluster_ids"})}]
)
def test_scope_is_needed_beside_all_and_list(given):
    """Without it ECE cannot tell which names to trust."""
    assert errors(direct_findings(DirectTrust(**given))) == ["scope_id"]
    assert errors(direct_findings(DirectTrust(**given, scope_id="1053523734"))) == []
    unknown = given.get("unknown", frozenset()) | {"scope_id"}
    assert errors(direct_findings(DirectTrust(**{**given, "unknown": unknown}))) == []


def test_an_entry_that_trusts_nothing_is_refused():
    """Node names are the way without a scope."""
    assert errors(direct_findings(DirectTrust())) == ["scope_id"]
    assert errors(direct_findings(DirectTrust(node_names=["node1.example.com"]))) == []


def test_wildcards_in_node_names_are_refused():
    """ECE takes whole names only."""
    assert errors(direct_findings(DirectTrust(node_names=["node*.example.com"]))) == ["additional_node_names"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"trust_all": True}, "trust_all"),
        ({"cluster_ids": [CLUSTER]}, "cluster_ids"),
        ({"scope_id": "abc"}, "scope_id"),
        ({"node_names": ["n"]}, "additional_node_names"),
    ],
)
def test_a_proxy_entry_is_a_ca_and_nothing_else(given, field):
    """What does not go with it is named."""
    assert errors(direct_findings(DirectTrust(type="proxy", **given))) == [field]
    assert errors(direct_findings(DirectTrust(type="proxy"))) == []


@pytest.mark.parametrize("text", ["Abc", "a b", "a" * 33, "", "a..b", "ä"])
def test_scope_ids_are_lower_case_letters_and_digits(text):
    """The API's rule."""
    assert errors(scope_findings(text)) == ["scope_id"]


def test_the_dots_of_kubernetes_are_a_warning():
    """A page of the vendor uses them although the API describes none."""
    (found,) = scope_findings("default.es.local")
    assert found.severity is Severity.WARNING
    assert list(scope_findings("1053523734")) == []


def test_form_of_cluster_ids_depends_on_who_chose_them():
    """Own certificates may name clusters in any way; blanks are never right."""
    assert errors(cluster_id_findings(CLUSTER)) == []
    assert errors(cluster_id_findings("kQ7_9-a")) == ["cluster_ids"]
    assert errors(cluster_id_findings("kQ7_9-a", is_exact=False)) == []
    assert errors(cluster_id_findings("a b", is_exact=False)) == ["cluster_ids"]
    (found,) = cluster_id_findings("1053523734")
    assert "scope_id" in found.detail


def test_a_deployment_id_is_named_with_the_cluster_id_that_is_meant():
    """Both have the same form, and ECE says nothing."""
    (found,) = mixed_up_findings([LOGS.id, CLUSTER], [LOGS])
    assert found.is_error
    assert "b" * 32 in found.detail
    assert "logs" in found.detail


def test_an_id_of_no_cluster_is_an_error():
    """A rebuilt deployment has another id; the old one would fail without a word."""
    assert errors(unknown_findings([CLUSTER], [LOGS])) == ["cluster_ids"]
    assert errors(unknown_findings(["b" * 32], [LOGS])) == []


def test_ids_of_another_installation():
    """Blanks are errors, an unusual form is a warning: nobody verifies them."""
    assert account_id_finding(CLUSTER) is None
    unusual, blank = account_id_finding("1053523734"), account_id_finding(" x")
    assert unusual is not None
    assert unusual.severity is Severity.WARNING
    assert blank is not None
    assert blank.is_error
    assert installation_id_finding("abc") is None
    assert installation_id_finding("a c") is not None


def test_the_scope_of_another_environment_is_not_the_own_id():
    """The own id is the one at hand; whoever trusts it trusts nobody there, and nobody verifies it."""
    found = own_scope_finding("1053523734", "1053523734")
    assert found is not None
    assert (found.field, found.severity) == ("scope_id", Severity.WARNING)
    assert own_scope_finding("803289842", "1053523734") is None
