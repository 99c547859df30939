"""Rule sets: what is refused before it reaches ECE, and what counts as the same rule."""

import pytest

from ece_domain.findings import InvalidValue, Severity
from ece_domain.traffic_filters import (
    MAX_RULES,
    MAX_RULESETS,
    Rule,
    TrafficFilterType,
    canonical_source,
    count_finding,
    default_finding,
    ipv6_finding,
    parse_source,
    repeated_rules_finding,
    rule_findings,
    rulesets_finding,
    same_rules,
    same_source,
)

IP = TrafficFilterType.IP
REMOTE = TrafficFilterType.REMOTE_CLUSTER
CLUSTER = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("text", ["192.0.2.7", "192.0.2.0/24", "0.0.0.0/0", "2001:db8::/32", "::1", "192.0.2.7/32"])
def test_addresses_and_blocks_are_sources(text):
    """What the console accepts is accepted."""
    parse_source(text)
    assert rule_findings(IP, Rule(source=text)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("example.com", "DNS names are not allowed"),
        ("localhost", "DNS names are not allowed"),
        ("192.0.2.7/24", 'write "192.0.2.0/24" for the block or "192.0.2.7" for the one address'),
        ("2001:db8::1/32", '"2001:db8::/32"'),
        ("192.0.2.0/255.255.255.0", 'write "192.0.2.0/24"'),
        ("192.0.2.300", "is not a source"),
        ("fe80::1%eth0", "is not a source"),
        ("192.0.2.0/24 ", "is not a source"),
        ("192.0.2.0/33", "is not a source"),
        ("", "is not a source"),
    ],
)
def test_bad_sources_say_what_to_write(text, said):
    """One wrong address locks out everybody: it must fail before apply, with the repair in the text."""
    with pytest.raises(InvalidValue) as caught:
        parse_source(text)
    assert said in str(caught.value)
    assert f'"{text}"' in str(caught.value)


def test_one_address_has_one_canonical_spelling():
    """ECE may answer in another spelling than was sent; that is no drift."""
    assert canonical_source("192.0.2.7/32") == "192.0.2.7"
    assert canonical_source("2001:DB8:0:0::/32") == "2001:db8::/32"
    assert same_source("192.0.2.7", "192.0.2.7/32")
    assert not same_source("192.0.2.7", "192.0.2.0/24")
    assert same_source("vpce-1", "vpce-1")


def test_rules_are_the_same_by_content():
    """Order, repetition and spelling do not count; a description does."""
    left = [Rule(source="192.0.2.7/32", description="a"), Rule(source="192.0.2.0/24")]
    right = [Rule(source="192.0.2.0/24"), Rule(source="192.0.2.7", description="a"), Rule(source="192.0.2.0/24")]
    assert same_rules(left, right)
    assert not same_rules(left, [Rule(source="192.0.2.7", description="b"), Rule(source="192.0.2.0/24")])


@pytest.mark.parametrize(
    ("kind", "rule", "field"),
    [
        (IP, Rule(cluster_id=CLUSTER), "cluster_id"),
        (IP, Rule(environment_id="1053523734"), "environment_id"),
        (IP, Rule(source="192.0.2.7", cluster_id=CLUSTER), "cluster_id"),
        (REMOTE, Rule(source="192.0.2.7"), "source"),
        (REMOTE, Rule(source="192.0.2.7", cluster_id=CLUSTER), "source"),
        (IP, Rule(description="nobody"), "source"),
        (REMOTE, Rule(description="nobody"), "environment_id"),
        (REMOTE, Rule(cluster_id="short"), "cluster_id"),
        (REMOTE, Rule(environment_id="a b"), "environment_id"),
    ],
)
def test_each_wrong_rule_is_blamed_by_its_field(kind, rule, field):
    """A rule of the other type, or without anybody to let in, names the field."""
    findings = rule_findings(kind, rule)
    assert [finding.field for finding in findings] == [field]
    assert findings[0].is_error


@pytest.mark.parametrize(
    "rule",
    [
        Rule(environment_id="1053523734"),
        Rule(cluster_id=CLUSTER),
        Rule(environment_id="1053523734", cluster_id=CLUSTER),
    ],
)
def test_remote_cluster_rules_take_either_field_or_both(rule):
    """The console allows one or both."""
    assert rule_findings(REMOTE, rule) == []


def test_limits_count():
    """128 rules and 512 sets fit, one more does not, and none at all lets nobody in."""
    assert count_finding(["rule"] * MAX_RULES) is None
    many = count_finding(["rule"] * (MAX_RULES + 1))
    assert many is not None
    assert "129" in many.detail
    none = count_finding([])
    assert none is not None
    assert "at least one" in none.detail
    assert rulesets_finding(MAX_RULESETS - 1) is None
    assert rulesets_finding(MAX_RULESETS) is not None


def test_one_address_twice_is_told():
    """ECE would hold both, and which of the two a read shows could not be told."""
    finding = repeated_rules_finding([Rule(source="192.0.2.7"), Rule(source="::1"), Rule(source="192.0.2.7/32")])
    assert finding is not None
    assert '"192.0.2.7" and "192.0.2.7/32"' in finding.detail
    assert repeated_rules_finding([Rule(source="192.0.2.7"), Rule(source="192.0.2.7/32", description="b")]) is None


def test_default_rule_sets_warn():
    """include_by_default shuts every later deployment."""
    assert default_finding("office").severity is Severity.WARNING
    assert "office" in default_finding("office").detail


def test_ipv6_warns_on_older_installations_only():
    """Documentation is of two minds before ECE 4.2, so it is a warning that names the rules."""
    finding = ipv6_finding(["192.0.2.7", "2001:db8::1", "no address"], "3.8.0")
    assert finding is not None
    assert finding.severity is Severity.WARNING
    assert "2001:db8::1" in finding.detail
    assert "192.0.2.7" not in finding.detail
    assert ipv6_finding(["2001:db8::1"], "4.2.0") is None
    assert ipv6_finding(["192.0.2.7"], "3.8.0") is None
    assert ipv6_finding(["2001:db8::1"], "trunk") is None
