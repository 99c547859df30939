"""Making, finding and removing an association. None of these calls makes a plan on the deployment."""

from __future__ import annotations

from ece_client import Client, NotFound, StatusError
from ece_domain.lockout import association_finding, removal_finding
from ece_domain.traffic_filters import TrafficFilterType
from ece_provider.configured import ConfiguredProvider
from ece_provider.findings import report, to_diagnostic
from ece_provider.resources.traffic_filter_association.checks import missing_deployment, missing_filter
from ece_provider.resources.traffic_filter_association.mapping import (
    ENTITY_TYPE,
    association_id,
    find,
    hides_some,
    is_associated,
    request,
)
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import CreateContext, DeleteContext, ReadContext
from terraform_plugin.values import Values


async def create(context: CreateContext[ConfiguredProvider]) -> Values:
    """Associate; that it was there already is fine (200 in place of 201)."""
    provider, planned = context.provider, context.planned
    deployment_id, ruleset_id = planned["deployment_id"], planned["traffic_filter_id"]
    client = await provider.client()
    await _check_lockout(provider, client, planned)
    path = {"ruleset_id": ruleset_id}
    try:
        reply = await client.call("create-traffic-filter-ruleset-association", path=path, body=request(deployment_id))
    except NotFound as problem:
        raise _missing(problem, deployment_id, ruleset_id) from problem
    if reply.status == 201:
        provider.filter_facts.note_association(deployment_id, ruleset_id)
    state = {**planned, "id": association_id(planned)}
    context.save(state)
    return state


async def _check_lockout(provider: ConfiguredProvider, client: Client, planned: Values) -> None:
    """Refuse before the write. What this run associated does not count, so the answer never depends on timing."""
    if planned["requires"] or planned["acknowledge_lockout"]:
        return
    facts, ruleset_id, deployment_id = provider.filter_facts, planned["traffic_filter_id"], planned["deployment_id"]
    if (await facts.types([ruleset_id])).get(ruleset_id) != TrafficFilterType.REMOTE_CLUSTER:
        return
    there = await _rulesets_of(client, deployment_id)
    if ruleset_id in there:
        return
    counting = [each for each in there if not facts.was_associated_here(deployment_id, each)]
    types = (await facts.types(counting)).values()
    finding = association_finding(deployment_id, TrafficFilterType.REMOTE_CLUSTER, types)
    if finding is not None:
        diagnostic = to_diagnostic(finding)
        raise DiagnosticError(diagnostic.summary, diagnostic.detail, diagnostic.path)


def _missing(problem: NotFound, deployment_id: str, ruleset_id: str) -> DiagnosticError:
    """Which of the two is missing: the codes tell (that a missing deployment is a 404 here is inferred)."""
    is_deployment = any("deployment" in code for code in problem.codes)
    finding = missing_deployment(deployment_id, []) if is_deployment else missing_filter(ruleset_id)
    diagnostic = to_diagnostic(finding)
    return DiagnosticError(diagnostic.summary, f"{diagnostic.detail} {problem}.", diagnostic.path)


async def read(context: ReadContext[ConfiguredProvider]) -> Values | None:
    """Find the association in the list of all rule sets; without its rule set or its deployment it is gone."""
    provider, state = context.provider, context.state
    rulesets = await provider.lists.traffic_filters()
    ruleset = find(rulesets, state["traffic_filter_id"])
    if ruleset is not None and is_associated(ruleset, state["deployment_id"]):
        is_there = await _deployment_exists(provider, state["deployment_id"])
    elif ruleset is None or hides_some(ruleset):
        client = await provider.client()
        is_there = state["traffic_filter_id"] in await _rulesets_of(client, state["deployment_id"])
    else:
        is_there = False
    return {**state, "id": association_id(state)} if is_there else None


async def _deployment_exists(provider: ConfiguredProvider, deployment_id: str) -> bool:
    """False only after a 404 for this very deployment: the list leaves out hidden ones.

    Whether ECE removes associations with their deployment is not documented.
    """
    if any(each["id"] == deployment_id for each in await provider.lists.deployments()):
        return True
    try:
        await (await provider.client()).call("get-deployment", path={"deployment_id": deployment_id})
    except NotFound:
        return False
    return True


async def delete(context: DeleteContext[ConfiguredProvider]) -> None:
    """Take the rule set off the deployment, and warn when that opens it or locks out all users. Never refuses."""
    state = context.state
    client = await context.provider.client()
    path = {
        "ruleset_id": state["traffic_filter_id"],
        "association_type": ENTITY_TYPE,
        "associated_entity_id": state["deployment_id"],
    }
    try:
        await client.call("delete-traffic-filter-ruleset-association", path=path)
    except NotFound:
        return
    except StatusError:
        if state["traffic_filter_id"] in await _rulesets_of(client, state["deployment_id"]):
            raise
        return
    await _warn(context, client)


async def _warn(context: DeleteContext[ConfiguredProvider], client: Client) -> None:
    """Tell what the removal changed; that this cannot be found out is no reason to fail."""
    state = context.state
    try:
        remaining = await _rulesets_of(client, state["deployment_id"])
        types = await context.provider.filter_facts.types([*remaining, state["traffic_filter_id"]])
    except StatusError:
        return
    removed_type = types.get(state["traffic_filter_id"], "")
    remaining_types = [types.get(each, "") for each in remaining]
    report(context.diagnostics, [removal_finding(state["deployment_id"], removed_type, remaining_types)])


async def _rulesets_of(client: Client, deployment_id: str) -> list[str]:
    """The ids of the rule sets on a deployment; none when there is no such deployment."""
    path = {"association_type": ENTITY_TYPE, "associated_entity_id": deployment_id}
    try:
        reply = await client.call("get-traffic-filter-deployment-ruleset-associations", path=path)
    except NotFound:
        return []
    return list(reply.data.get("rulesets") or ())
