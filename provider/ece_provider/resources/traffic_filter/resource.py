"""``ece_traffic_filter`` for Terraform: the verbs."""

from __future__ import annotations

from typing import Any

from ece_domain.findings import InvalidValue
from ece_domain.identifiers import check_hex_id
from ece_provider.configured import ConfiguredProvider
from ece_provider.decisions import decide
from ece_provider.resources.traffic_filter.checks import check_plan, check_rules
from ece_provider.resources.traffic_filter.mapping import moved_state, to_request, to_state
from ece_provider.resources.traffic_filter.schema import IDENTITY, SCHEMA, TIMEOUTS, TYPE_NAME
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import (
    CreateContext,
    DeleteContext,
    ImportContext,
    PlanContext,
    ReadContext,
    Resource,
    UpdateContext,
    ValidateContext,
)
from terraform_plugin.values import Values


class TrafficFilter(Resource[ConfiguredProvider]):
    """A rule set of traffic filters."""

    type_name = TYPE_NAME
    schema = SCHEMA
    identity = IDENTITY
    default_timeouts = TIMEOUTS

    def validate(self, context: ValidateContext) -> None:
        """Check the rules against the type, as far as they are known."""
        check_rules(context.config, context.diagnostics)
        decide(context.config, context.diagnostics)

    async def plan(self, context: PlanContext[ConfiguredProvider]) -> None:
        """Check what became known since, and the rules against the environment."""
        if context.prior is not None:
            context.provider.journal.forget(context.prior["id"])
        await check_plan(context)
        decide(context.planned or context.prior, context.diagnostics)

    async def create(self, context: CreateContext[ConfiguredProvider]) -> Values:
        """Make the rule set, exactly once."""
        from ece_provider.resources.traffic_filter.creation import create

        return await create(context)

    async def read(self, context: ReadContext[ConfiguredProvider]) -> Values | None:
        """Find the rule set in the list of all; only a 404 of its own counts as gone."""
        ruleset_id = context.state["id"]
        rulesets = await context.provider.lists.traffic_filters()
        ruleset = next((each for each in rulesets if each["id"] == ruleset_id), None)
        if ruleset is None:
            ruleset = await _asked_by_id(context.provider, ruleset_id)
        context.provider.journal.forget(ruleset_id)
        return None if ruleset is None else to_state(ruleset, context.state)

    async def update(self, context: UpdateContext[ConfiguredProvider]) -> Values:
        """Replace the whole content; the API gives all rules new ids, which nobody sees."""
        client = await context.provider.client()
        body = to_request(context.planned, context.prior["region"])
        await client.call("update-traffic-filter-ruleset", path={"ruleset_id": context.prior["id"]}, body=body)
        return context.planned

    async def delete(self, context: DeleteContext[ConfiguredProvider]) -> None:
        """Delete the rule set, unless deployments are still associated with it."""
        from ece_provider.resources.traffic_filter.removal import delete

        await delete(context)

    async def import_state(self, context: ImportContext[ConfiguredProvider]) -> Values:
        """Adopt a rule set by its id."""
        text = context.id if context.id is not None else str((context.identity or {}).get("id"))
        try:
            return {**SCHEMA.null(), "id": check_hex_id(text, "traffic filter id")}
        except InvalidValue as problem:
            raise DiagnosticError("Invalid import id", f"{problem}.") from None

    def move_state(self, source_type: str, source_provider: str, state: Values) -> Values | None:
        """Take over ``ec_deployment_traffic_filter`` of Elastic's own provider."""
        return moved_state(state) if source_type == "ec_deployment_traffic_filter" else None


async def _asked_by_id(provider: ConfiguredProvider, ruleset_id: str) -> dict[str, Any] | None:
    """The rule set by its own call, for one that the list does not show; None when it does not exist."""
    from ece_client import NotFound

    client = await provider.client()
    try:
        reply = await client.call("get-traffic-filter-ruleset", path={"ruleset_id": ruleset_id})
    except NotFound:
        return None
    return dict(reply.data)
