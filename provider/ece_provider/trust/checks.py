"""What is judged in a plan or before a write: does the deployment exist, are the ids those of clusters.

Ids that become known in the apply only are judged there, before the write: ECE verifies none of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from ece_domain.connection_checks import system_finding
from ece_domain.findings import Finding
from ece_domain.trust import (
    KnownDeployment,
    lost_finding,
    mixed_up_findings,
    relationship_finding,
    unknown_findings,
)
from ece_provider.configured import ConfiguredProvider
from ece_provider.findings import report, to_diagnostic
from ece_provider.list_reads import Items
from ece_provider.resources.deployment.mapping import SYSTEM_NAMES
from ece_provider.resources.traffic_filter_association.checks import missing_deployment
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import PlanContext
from terraform_plugin.values import is_set


def known_deployments(items: Items) -> list[KnownDeployment]:
    """The deployments of a list, as far as ids can be mixed up."""
    return [KnownDeployment(str(each["id"]), str(each.get("name") or ""), _cluster_id(each)) for each in items]


def _cluster_id(deployment: Any) -> str | None:
    resources = deployment.get("resources") or ()
    return next((str(each["id"]) for each in resources if each.get("kind") == "elasticsearch" and each.get("id")), None)


async def check_plan(
    context: PlanContext[ConfiguredProvider], attribute: str = "cluster_ids", *, is_same_environment: bool
) -> None:
    """Judge a planned entry against the deployments that there are, as far as the API answers.

    Ids that were in state before are not judged again: what became wrong since shows as a connection that fails.
    """
    provider, planned = context.provider, context.planned
    if planned is None or provider.is_unknown or context.diagnostics.has_errors:
        return
    prior = {} if context.prior is None or context.replaces else context.prior
    added = _ids(planned.get(attribute)) - _ids(prior.get(attribute))
    makes_one = not prior and is_set(planned["deployment_id"])
    if not added and not makes_one:
        return
    items = await provider.lists.for_check(provider.lists.deployments)
    if items is None:
        return
    if makes_one:
        report(context.diagnostics, [await _deployment_finding(provider, planned["deployment_id"], items)])
    deployments = known_deployments(items)
    report(context.diagnostics, mixed_up_findings(sorted(added), deployments, attribute))
    if is_same_environment:
        report(context.diagnostics, unknown_findings(sorted(added), deployments, attribute))


def _ids(value: Any) -> set[str]:
    """The known ids in an attribute: one text, or a set."""
    if isinstance(value, str):
        return {value}
    return {each for each in value if isinstance(each, str)} if isinstance(value, list) else set()


async def _deployment_finding(provider: ConfiguredProvider, deployment_id: str, items: Items) -> Finding | None:
    """The error for a deployment that does not exist or is the platform's own; hidden ones are asked for alone."""
    from ece_client import ApiError, NotFound

    found = next((each for each in items if each["id"] == deployment_id), None)
    if found is not None:
        return _system_finding(found) if found.get("name") in SYSTEM_NAMES else None
    try:
        await provider.places.of(None).deployments.get(deployment_id)
    except NotFound:
        return missing_deployment(deployment_id, items)
    except ApiError:
        return None
    return None


def _system_finding(deployment: Any) -> Finding:
    return system_finding(f'deployment {deployment["id"]} ("{deployment["name"]}")')


async def _fetched(provider: ConfiguredProvider, deployment_id: str) -> dict[str, Any]:
    """A deployment with its trust. Not the shared read: whoever writes must not take what a check saw for fresh."""
    query = {"show_settings": True, "clear_transient": True}
    client = await provider.client()
    return dict((await client.call("get-deployment", path={"deployment_id": deployment_id}, query=query)).data)


async def check_lost(context: PlanContext[ConfiguredProvider], kind: str, entry_id: str | None = None) -> None:
    """A warning for clusters that an entry trusts now and that the list which takes it over leaves out.

    Lists keep their members once they are in state; ``entry_id`` is the id within ``kind``, None for the only one.
    """
    provider, planned = context.provider, context.planned
    if planned is None or provider.is_unknown or provider.lists.has_written or context.diagnostics.has_errors:
        return
    wanted = planned.get("cluster_ids")
    if (context.prior is not None and not context.replaces) or not is_set(planned["deployment_id"]):
        return
    if not is_set(wanted) or not all(is_set(each) for each in wanted):
        return
    from ece_provider.deployment_reads import facts_of, trust_of
    from ece_provider.live_checks import seen
    from ece_provider.trust.entries import ID_OF, LIST_OF

    deployment = await seen(_fetched(provider, planned["deployment_id"]))
    entries = trust_of(deployment or {}).get(LIST_OF[kind]) or ()
    for entry in entries:
        if entry_id in (None, entry.get(ID_OF[kind])) and not entry.get("trust_all"):
            lost = set(entry.get("trust_allowlist") or ()) - set(wanted)
            words = f"{kind.capitalize()} trust"
            report(context.diagnostics, [lost_finding(words, facts_of(deployment or {}).words, lost)])


async def check_relationship(context: PlanContext[ConfiguredProvider]) -> None:
    """An error when a planned entry names a trust relationship that this platform does not have.

    Nothing is said where the relationships may not be seen: the write that follows tells.
    """
    from ece_client import ApiError

    provider, planned = context.provider, context.planned
    if planned is None or provider.is_unknown or provider.lists.has_written or context.diagnostics.has_errors:
        return
    wanted = planned["trust_relationship_id"]
    if not is_set(wanted) or (context.prior is not None and not context.replaces):
        return
    try:
        known = await provider.lists.trust_relationships()
    except ApiError:
        return
    names = {str(each["id"]): str(each.get("name") or "") for each in known if not each.get("local")}
    report(context.diagnostics, [relationship_finding(wanted, names)])


async def refuse_deployment_ids(
    provider: ConfiguredProvider, ids: Collection[str] | None, attribute: str = "cluster_ids"
) -> None:
    """Refuse ids of deployments where those of clusters belong, right before a write.

    Raises:
        DiagnosticError: one of them is.
        ApiError: the list cannot be read.
    """
    if not ids:
        return
    raise_first(mixed_up_findings(sorted(ids), known_deployments(await provider.lists.deployments()), attribute))


def raise_first(findings: Iterable[Finding]) -> None:
    """Raise the first finding that is an error."""
    for finding in findings:
        if finding.is_error:
            diagnostic = to_diagnostic(finding)
            raise DiagnosticError(diagnostic.summary, diagnostic.detail, diagnostic.path)
