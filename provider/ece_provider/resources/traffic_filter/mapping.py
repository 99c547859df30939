"""Between the state of ``ece_traffic_filter`` and ``TrafficFilterRulesetRequest``/``…Info`` of the API. No calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ece_domain.traffic_filters import TYPES, Rule, same_rules
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.values import Values, is_set, is_wholly_known

API_FIELDS: Final = {
    "source": "source",
    "environment_id": "remote_cluster_org_id",
    "cluster_id": "remote_cluster_id",
    "description": "description",
}
"""Fields of a rule: ours, and the API's. On ECE the "organisation" is the environment."""


def to_request(planned: Values, region: str) -> dict[str, Any]:
    """The body that makes or replaces the rule set; blank descriptions are left out."""
    body: dict[str, Any] = {
        "name": planned["name"],
        "type": planned["type"],
        "region": region,
        "include_by_default": planned["include_by_default"],
        "rules": [_rule_request(rule) for rule in planned["rules"]],
    }
    if planned["description"]:
        body["description"] = planned["description"]
    return body


def _rule_request(rule: Values) -> dict[str, str]:
    return {api: rule[ours] for ours, api in API_FIELDS.items() if rule[ours]}


def to_state(ruleset: Mapping[str, Any], prior: Values) -> Values:
    """The state of a rule set as the API holds it; rules that mean what ``prior`` says keep their spelling there.

    Raises:
        DiagnosticError: the rule set has a type, or rules, that this resource does not know.
    """
    _check_known(ruleset)
    return {
        "id": ruleset["id"],
        "name": ruleset["name"],
        "type": ruleset["type"],
        "region": ruleset["region"],
        "description": ruleset.get("description") or None,
        "include_by_default": bool(ruleset["include_by_default"]),
        "rules": rules_to_state(ruleset.get("rules") or (), prior.get("rules") or []),
        "timeouts": prior.get("timeouts"),
    }


def _check_known(ruleset: Mapping[str, Any]) -> None:
    if ruleset["type"] not in TYPES:
        raise DiagnosticError(
            "Rule set of a type that ECE does not filter by",
            f'The rule set {ruleset["id"]} ("{ruleset["name"]}") is of type "{ruleset["type"]}"; '
            f"{' and '.join(TYPES)} can be managed.",
        )


def rules_to_state(api_rules: Any, prior_rules: list[Values]) -> list[Values]:
    """Rules for the state, each in the spelling of the prior rule with the same content, if there is one."""
    left = [(state_rule(rule).content, rule) for rule in prior_rules if is_wholly_known(rule)]
    found: list[Values] = []
    for api_rule in api_rules:
        rule: Values = {ours: api_rule.get(api) or None for ours, api in API_FIELDS.items()}
        content = state_rule(rule).content
        match = next((position for position, (other, _) in enumerate(left) if other == content), None)
        found.append(rule if match is None else left.pop(match)[1])
    return found


def state_rule(rule: Values) -> Rule:
    """A wholly known rule of a configuration or state."""
    return Rule(**{name: rule[name] or "" for name in API_FIELDS})


def same_state_rules(left: Any, right: Any) -> bool:
    """True when both are known sets of rules that mean the same."""
    if not (is_set(left) and is_set(right) and is_wholly_known(left) and is_wholly_known(right)):
        return False
    return same_rules(map(state_rule, left), map(state_rule, right))


def moved_state(source: Mapping[str, Any]) -> Values:
    """The state of Elastic's ``ec_deployment_traffic_filter``, whose rules are blocks named ``rule``."""
    return to_state({**source, "rules": source.get("rule") or ()}, {})


def is_same_ruleset(ruleset: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """True when a rule set of the API holds what was asked for in ``body``; ids do not count."""
    plain = ("name", "type", "region", "include_by_default")
    if any(ruleset.get(name) != body[name] for name in plain):
        return False
    if (ruleset.get("description") or "") != body.get("description", ""):
        return False
    return same_state_rules(rules_to_state(ruleset.get("rules") or (), []), rules_to_state(body["rules"], []))
