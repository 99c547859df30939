"""Validation of rule sets: what is wrong is told before anything is written, also when parts are unknown."""

from __future__ import annotations

import pytest

from terraform_plugin.diagnostics import Path
from terraform_plugin.values import UNKNOWN
from tests.provider.traffic_filters.support import FILTER, filter_values, rule, validated

CLUSTER = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    "values",
    [
        filter_values(),
        filter_values(rules=[rule(source="2001:db8::/32"), rule(source="192.0.2.7", description="x")]),
        filter_values(type="remote_cluster", rules=[rule(environment_id="1053523734"), rule(cluster_id=CLUSTER)]),
        filter_values(type="remote_cluster", rules=[rule(environment_id="1053523734", cluster_id=CLUSTER)]),
        filter_values(rules=UNKNOWN),
        filter_values(rules=[UNKNOWN, rule(source=UNKNOWN)]),
        filter_values(type=UNKNOWN, rules=[rule(source="192.0.2.7"), rule(cluster_id=CLUSTER)]),
        filter_values(type="remote_cluster", rules=[rule(environment_id=UNKNOWN, cluster_id=UNKNOWN)]),
        filter_values(type="remote_cluster", rules=[rule(source=UNKNOWN, cluster_id=CLUSTER)]),
    ],
)
def test_what_is_right_or_may_become_right_is_silent(values):
    """An unknown value may still become null, so neither its presence nor its absence is an error."""
    assert validated(FILTER, values) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (filter_values(rules=[]), "at least one"),
        (filter_values(rules=[rule(source=f"10.0.{n}.1") for n in range(129)]), "129"),
        (filter_values(rules=[UNKNOWN, rule(source="example.com")]), "DNS names are not allowed"),
        (filter_values(rules=[rule(source="192.0.2.7/24")]), '"192.0.2.0/24"'),
        (filter_values(rules=[rule(source="")]), "is not a source"),
        (filter_values(rules=[rule(cluster_id=CLUSTER)]), '"remote_cluster"'),
        (filter_values(rules=[rule(description="nobody")]), "needs source"),
        (filter_values(rules=[rule(source="192.0.2.7"), rule(source="192.0.2.7/32")]), "same addresses"),
        (filter_values(type="remote_cluster", rules=[rule(source="192.0.2.7")]), "environment_id and/or cluster_id"),
        (filter_values(type="remote_cluster", rules=[rule()]), "environment_id and/or cluster_id"),
        (filter_values(type="remote_cluster", rules=[rule(cluster_id="logs")]), "32 characters"),
        (filter_values(type=UNKNOWN, rules=[rule(source="example.com")]), "DNS names are not allowed"),
    ],
)
def test_what_is_wrong_names_the_value_at_rules(values, said):
    """Elements of a set have no address, so the text must carry the value."""
    found = validated(FILTER, values)
    assert len(found) == 1
    assert said in found[0].detail
    assert found[0].path == Path("rules")
