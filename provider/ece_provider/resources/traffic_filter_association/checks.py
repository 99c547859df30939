"""What is judged before an association is made or removed.

Locking out all users is judged when an association is made, never later, and never by what happens at the same time:
associations of the same run count only when ``requires`` names one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ece_domain.findings import Finding, InvalidValue
from ece_domain.identifiers import AssociationId
from ece_domain.lockout import association_finding, removal_finding
from ece_provider.configured import ConfiguredProvider
from ece_provider.findings import report
from ece_provider.list_reads import Items
from ece_provider.resources.traffic_filter_association.mapping import find, is_associated, types_on
from terraform_plugin.diagnostics import Diagnostics, Path
from terraform_plugin.resource import PlanContext
from terraform_plugin.values import Values, is_known, is_set


def check_requires(config: Values, diagnostics: Diagnostics) -> None:
    """Each known element of ``requires`` must be an association of the same deployment."""
    if not is_set(config["requires"]):
        return
    for index, text in enumerate(config["requires"]):
        if is_set(text):
            report(diagnostics, _required_findings(config, text), Path("requires").index(index))


def _required_findings(config: Values, text: str) -> Iterator[Finding]:
    try:
        required = AssociationId.parse(text)
    except InvalidValue as problem:
        yield Finding("Not an association id", f"{problem}: requires takes ids of ece_traffic_filter_association.")
        return
    deployment_id, filter_id = config["deployment_id"], config["traffic_filter_id"]
    if is_set(deployment_id) and required.deployment_id != deployment_id:
        yield Finding(
            "Association of another deployment",
            f'"{text}" is an association of deployment {required.deployment_id}; requires takes associations of '
            f"the same deployment, {deployment_id}.",
        )
    elif required.traffic_filter_id == filter_id:
        yield Finding("Association requires itself", f'"{text}" is this association. Name that of an IP rule set.')


async def check_plan(context: PlanContext[ConfiguredProvider]) -> None:
    """Judge a planned association against what is there now, as far as the API answers."""
    provider, planned = context.provider, context.planned
    if planned is None:
        if context.prior is not None and not provider.is_unknown:
            await _check_removal(context, context.prior)
        return
    check_requires(planned, context.diagnostics)
    makes_one = context.is_create or context.replaces or bool(context.changed & {"deployment_id", "traffic_filter_id"})
    if provider.is_unknown or not makes_one or context.diagnostics.has_errors:
        return
    lists = provider.lists
    rulesets = await lists.for_check(lists.traffic_filters)
    if rulesets is None:
        return
    report(context.diagnostics, [await _unknown_deployment(provider, planned["deployment_id"])])
    report(context.diagnostics, _filter_findings(rulesets, planned, context.prior))
    ruleset = find(rulesets, planned["traffic_filter_id"]) if is_set(planned["traffic_filter_id"]) else None
    if ruleset is not None and not context.diagnostics.has_errors and not is_done(rulesets, planned):
        from ece_provider.filter_checks import check_association  # which knows associations

        await check_association(context, planned, rulesets, ruleset)


async def _unknown_deployment(provider: ConfiguredProvider, deployment_id: Any) -> Finding | None:
    """The error for a deployment that does not exist; one that is only hidden in the list is asked for by itself."""
    from ece_client import ApiError, NotFound

    if not is_set(deployment_id):
        return None
    lists = provider.lists
    deployments = await lists.for_check(lists.deployments)
    if deployments is None or any(each["id"] == deployment_id for each in deployments):
        return None
    try:
        await (await provider.client()).call("get-deployment", path={"deployment_id": deployment_id})
    except NotFound:
        return missing_deployment(deployment_id, deployments)
    except ApiError:
        return None
    return None


def missing_deployment(deployment_id: str, deployments: Items) -> Finding:
    """The error for a deployment id that names no deployment; tells when it is a cluster id."""
    owner = next(
        (each for each in deployments for part in each.get("resources") or () if part.get("id") == deployment_id), None
    )
    hint = (
        f'It is the id of a cluster of deployment "{owner.get("name", "")}": use the deployment\'s id, {owner["id"]}.'
        if owner
        else "Use the id of an ece_deployment of this environment."
    )
    return Finding(
        "Deployment does not exist", f"There is no deployment with id {deployment_id}. {hint}", field="deployment_id"
    )


def missing_filter(traffic_filter_id: str) -> Finding:
    """The error for a traffic filter id that names no rule set."""
    return Finding(
        "Traffic filter does not exist",
        f"There is no rule set with id {traffic_filter_id}. Use the id of an ece_traffic_filter of this environment.",
        field="traffic_filter_id",
    )


def _filter_findings(rulesets: Items, planned: Values, prior: Values | None) -> Iterator[Finding | None]:
    if not is_set(planned["traffic_filter_id"]):
        return
    ruleset = find(rulesets, planned["traffic_filter_id"])
    if ruleset is None:
        yield missing_filter(planned["traffic_filter_id"])
        return
    is_local_known = is_known(planned["requires"]) and is_known(planned["acknowledge_lockout"])
    if is_set(planned["deployment_id"]) and is_local_known and not is_done(rulesets, planned):
        replaced = [prior["traffic_filter_id"]] if prior is not None else []
        yield association_finding(
            planned["deployment_id"],
            ruleset["type"],
            types_on(rulesets, planned["deployment_id"], but=replaced),
            requires=planned["requires"] or (),
            acknowledged=planned["acknowledge_lockout"] is True,
        )


def is_done(rulesets: Items, planned: Values) -> bool:
    """True when the association is there already, so that making it changes nothing for anybody."""
    ruleset = find(rulesets, planned["traffic_filter_id"])
    return ruleset is not None and is_associated(ruleset, planned["deployment_id"])


async def _check_removal(context: PlanContext[ConfiguredProvider], prior: Values) -> None:
    provider = context.provider
    leaving = provider.filter_facts.note_leaving(prior["deployment_id"], prior["traffic_filter_id"])
    rulesets = await provider.lists.for_check(provider.lists.traffic_filters)
    if rulesets is None:
        return
    ruleset = find(rulesets, prior["traffic_filter_id"])
    if ruleset is not None and is_done(rulesets, prior):
        remaining = types_on(rulesets, prior["deployment_id"], but=leaving)
        report(context.diagnostics, [removal_finding(prior["deployment_id"], ruleset["type"], remaining)])
