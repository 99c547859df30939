"""``ece_deployment_trust_external`` for Terraform: what it is called, and which module does each verb."""

from __future__ import annotations

from ece_provider.configured import ConfiguredProvider
from ece_provider.decisions import decide
from ece_provider.resources.deployment_trust_external.schema import IDENTITY, SCHEMA, TYPE_NAME, thing_of
from ece_provider.trust.attributes import TIMEOUTS
from ece_provider.trust.entries import EXTERNAL
from ece_provider.trust.ids import imported_entry
from ece_provider.trust.owners import note_list
from ece_provider.trust.replacement import claim
from terraform_plugin.diagnostics import Path
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
from terraform_plugin.validators import at_most_one_of
from terraform_plugin.values import Values, is_set


class DeploymentTrustExternal(Resource[ConfiguredProvider]):
    """The trust of a deployment in clusters of another ECE."""

    type_name = TYPE_NAME
    schema = SCHEMA
    identity = IDENTITY
    default_timeouts = TIMEOUTS

    def validate(self, context: ValidateContext) -> None:
        """Everybody or a list, or neither: then the list is left to its members."""
        at_most_one_of(context, "trust_all", "cluster_ids")

    async def plan(self, context: PlanContext[ConfiguredProvider]) -> None:
        """Check ids and relationship, and that no member of the list is an object of its own."""
        from ece_provider.trust.checks import check_lost, check_plan, check_relationship

        planned = context.planned or {}
        if is_set(planned.get("deployment_id")) and is_set(planned.get("trust_relationship_id")):
            words = f"trust of deployment {planned['deployment_id']} by relationship {planned['trust_relationship_id']}"
            claim(context, thing_of(planned), words, Path("trust_relationship_id"))
        note_list(context, EXTERNAL, "trust_relationship_id")
        await check_plan(context, is_same_environment=False)
        await check_relationship(context)
        if is_set(planned.get("trust_relationship_id")):
            await check_lost(context, EXTERNAL, planned["trust_relationship_id"])
        decide(context.planned or context.prior, context.diagnostics)

    async def create(self, context: CreateContext[ConfiguredProvider]) -> Values:
        """Make the entry."""
        from ece_provider.resources.deployment_trust_external.verbs import create

        return await create(context)

    async def read(self, context: ReadContext[ConfiguredProvider]) -> Values | None:
        """Look whom the entry trusts."""
        from ece_provider.resources.deployment_trust_external.verbs import read

        return await read(context)

    async def update(self, context: UpdateContext[ConfiguredProvider]) -> Values:
        """Change whom the entry trusts."""
        from ece_provider.resources.deployment_trust_external.verbs import update

        return await update(context)

    async def delete(self, context: DeleteContext[ConfiguredProvider]) -> None:
        """Take the entry out."""
        from ece_provider.resources.deployment_trust_external.verbs import delete

        await delete(context)

    async def import_state(self, context: ImportContext[ConfiguredProvider]) -> Values:
        """Adopt the entry by ``<deployment id>/<ref_id>/external/<trust relationship id>``, or by identity."""
        return {**SCHEMA.null(), **imported_entry(context, EXTERNAL, "trust_relationship_id")}
