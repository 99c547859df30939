"""What is judged about a rule set before anything is written: rules on their own, then against the environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ece_domain.findings import Finding
from ece_domain.identifiers import environment_id_finding
from ece_domain.traffic_filters import (
    HOSTED_MAX_RULESETS,
    MAX_RULESETS,
    RULE_FIELDS,
    TYPES,
    TrafficFilterType,
    cluster_id_finding,
    count_finding,
    default_finding,
    foreign_field_finding,
    ipv6_finding,
    missing_field_finding,
    repeated_rules_finding,
    rulesets_finding,
    source_finding,
)
from ece_domain.validations.trust import V15
from ece_provider.configured import ConfiguredProvider
from ece_provider.filter_checks import check_filter
from ece_provider.findings import report
from ece_provider.kinds import ECE, ECH
from ece_provider.list_reads import Items
from ece_provider.resources.traffic_filter.mapping import state_rule
from terraform_plugin.diagnostics import Diagnostics, Path
from terraform_plugin.resource import PlanContext
from terraform_plugin.values import Values, is_known, is_set, is_wholly_known

_VALUE_CHECKS = {
    "source": source_finding,
    "environment_id": environment_id_finding,
    "cluster_id": cluster_id_finding,
}
_RULES = Path("rules")


def check_rules(config: Values, diagnostics: Diagnostics) -> None:
    """Check all that is known; elements of a set have no address, so every message stands at ``rules``."""
    rules = config["rules"]
    if not is_set(rules):
        return
    kind = TrafficFilterType(config["type"]) if config["type"] in TYPES else None
    report(diagnostics, _set_findings(rules), _RULES)
    for rule in rules:
        if is_set(rule):
            report(diagnostics, _rule_findings(kind, rule), _RULES)


def _set_findings(rules: list[Any]) -> Iterator[Finding | None]:
    yield count_finding(rules)
    yield repeated_rules_finding([state_rule(rule) for rule in rules if is_set(rule) and is_wholly_known(rule)])


def _rule_findings(kind: TrafficFilterType | None, rule: Values) -> Iterator[Finding | None]:
    """A member that is unknown may still become null, so it neither fills a place nor leaves it empty."""
    given = [name for name in _VALUE_CHECKS if is_set(rule[name])]
    for name in given:
        if kind is not None and name not in RULE_FIELDS[kind]:
            yield foreign_field_finding(kind, name, rule[name])
        else:
            yield _VALUE_CHECKS[name](rule[name])
    if kind is not None and all(rule[name] is None for name in RULE_FIELDS[kind]) and not given:
        yield missing_field_finding(kind)


async def check_plan(context: PlanContext[ConfiguredProvider]) -> None:
    """Judge a planned rule set: its rules once more, as unknown values may be known now, and what is around it."""
    planned = context.planned
    if planned is None or context.replaces:  # a replacement is planned once more, as a creation
        return
    if context.is_create or "rules" in context.changed:
        check_rules(planned, context.diagnostics)
        await _check_environment(context, planned)
        await check_filter(context, planned)
    if planned["include_by_default"] is True and (context.is_create or "include_by_default" in context.changed):
        name = planned["name"] if is_known(planned["name"]) else "known after apply"
        report(context.diagnostics, [default_finding(name)])


async def _check_environment(context: PlanContext[ConfiguredProvider], planned: Values) -> None:
    if context.provider.is_unknown or context.diagnostics.has_errors:
        return
    lists, kind = context.provider.lists, context.provider.kind_of(None)
    if context.is_create and (rulesets := await lists.for_check(lists.traffic_filters)) is not None:
        limit = HOSTED_MAX_RULESETS if kind == ECH else MAX_RULESETS
        report(context.diagnostics, [rulesets_finding(len(rulesets), limit)])
    if not is_set(planned["rules"]):
        return
    known = [rule for rule in planned["rules"] if is_known(rule)]
    if clusters := [rule["cluster_id"] for rule in known if is_set(rule["cluster_id"])]:
        report(context.diagnostics, _mistaken_ids(clusters, await lists.for_check(lists.deployments) or []), _RULES)
    if kind == ECE and (
        sources := [rule["source"] for rule in known if is_set(rule["source"]) and ":" in rule["source"]]
    ):
        version = await lists.for_check(lists.platform)
        report(context.diagnostics, [ipv6_finding(sources, version[0]["version"])] if version else [], _RULES)


def _mistaken_ids(cluster_ids: Iterable[str], deployments: Items) -> Iterator[Finding]:
    """Deployment ids that stand where a cluster id belongs: both have one form, and ECE would take them silently."""
    by_id = {deployment["id"]: deployment for deployment in deployments}
    for wrong in cluster_ids:
        if (deployment := by_id.get(wrong)) is None:
            continue
        right = [
            resource["id"] for resource in deployment.get("resources") or () if resource.get("kind") == "elasticsearch"
        ]
        yield V15.says(
            f'cluster_id = "{wrong}" is the id of deployment "{deployment.get("name", "")}". '
            f"Use its Elasticsearch cluster id{f': {right[0]}' if right else ''} (cluster_id of ece_deployment).",
            summary="Deployment id in place of a cluster id",
            field="cluster_id",
        )
