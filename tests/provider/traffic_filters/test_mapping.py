"""Between state and API: nothing is lost on the way, and what means the same is no drift."""

from __future__ import annotations

import pytest

from ece_provider.resources.traffic_filter.mapping import is_same_ruleset, same_state_rules, to_request, to_state
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.values import UNKNOWN
from tests.provider.traffic_filters.support import filter_values, rule

CLUSTER = "0123456789abcdef0123456789abcdef"
REMOTE = filter_values(
    type="remote_cluster",
    description="peers",
    include_by_default=True,
    rules=[rule(environment_id="1053523734", description="all"), rule(cluster_id=CLUSTER)],
)


def as_ruleset(values, **more):
    """What the API answers after the request for these values: rules have ids."""
    body = to_request(values, "ece-region")
    rules = [{**each, "id": f"rule-{number}"} for number, each in enumerate(body["rules"])]
    return {**body, "rules": rules, "id": "f" * 32, **more}


@pytest.mark.parametrize("values", [filter_values(), REMOTE], ids=["ip", "remote_cluster"])
def test_round_trip(values):
    """What is written is what is read; ids of rules never reach the state."""
    assert to_state(as_ruleset(values), values) == {**values, "id": "f" * 32, "region": "ece-region"}
    assert to_state(as_ruleset(values), {}) == {**values, "id": "f" * 32, "region": "ece-region"}


def test_names_of_the_api():
    """The API calls the environment an organisation; blank descriptions are not sent."""
    assert to_request(REMOTE, "ece-region")["rules"] == [
        {"remote_cluster_org_id": "1053523734", "description": "all"},
        {"remote_cluster_id": CLUSTER},
    ]
    assert "description" not in to_request(filter_values(description=""), "ece-region")


def test_another_spelling_keeps_that_of_the_state():
    """ECE may write an address in another way than the user; the state stays as the user wrote it."""
    values = filter_values(rules=[rule(source="192.0.2.7/32"), rule(source="192.0.2.0/24", description="")])
    ruleset = as_ruleset(values)
    ruleset["rules"][0]["source"] = "192.0.2.7"
    ruleset["rules"].reverse()
    assert same_state_rules(to_state(ruleset, values)["rules"], values["rules"])
    assert to_state(ruleset, values)["rules"] == list(reversed(values["rules"]))


def test_foreign_rules_show():
    """A rule that somebody added or changed in the console is drift."""
    values = filter_values()
    ruleset = as_ruleset(values)
    ruleset["rules"].append({"source": "0.0.0.0/0", "id": "other"})
    assert rule(source="0.0.0.0/0") in to_state(ruleset, values)["rules"]


def test_null_lists_and_descriptions_of_recorded_replies():
    """Recorded payloads leave out the description and send null for empty lists."""
    ruleset = as_ruleset(filter_values(), rules=None, description=None, associations=None)
    assert to_state(ruleset, filter_values())["rules"] == []
    assert to_state(ruleset, filter_values())["description"] is None


def test_types_of_the_hosted_service_are_refused():
    """State must not hold a rule set whose rules this resource would destroy with the next update."""
    with pytest.raises(DiagnosticError, match="egress_firewall"):
        to_state(as_ruleset(filter_values(), type="egress_firewall"), {})


def test_unknown_rules_equal_nothing():
    """A plan with unknown parts is never "the same as before"."""
    assert not same_state_rules([rule(source=UNKNOWN)], [rule(source=UNKNOWN)])
    assert not same_state_rules(UNKNOWN, [rule(source="192.0.2.7")])


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"type": "remote_cluster"},
        {"include_by_default": True},
        {"description": "other"},
        {"region": "other"},
        {"rules": [{"source": "192.0.2.1"}]},
    ],
)
def test_only_the_very_same_content_is_adopted(change):
    """After a lost reply nothing but the own rule set may be taken for the own one."""
    body = to_request(filter_values(), "ece-region")
    assert is_same_ruleset(as_ruleset(filter_values()), body)
    assert not is_same_ruleset(as_ruleset(filter_values(), **change), body)
