"""``ece_deployment_trust_account`` for Terraform: what it is called, and which module does each verb."""

from __future__ import annotations

from ece_provider.configured import ConfiguredProvider
from ece_provider.decisions import decide
from ece_provider.resources.deployment_trust_account.schema import IDENTITY, SCHEMA, TYPE_NAME, thing_of
from ece_provider.trust.attributes import TIMEOUTS
from ece_provider.trust.entries import ACCOUNT
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
from terraform_plugin.validators import exactly_one_of
from terraform_plugin.values import Values, is_set


class DeploymentTrustAccount(Resource[ConfiguredProvider]):
    """The trust of a deployment in clusters of its own environment."""

    type_name = TYPE_NAME
    schema = SCHEMA
    identity = IDENTITY
    default_timeouts = TIMEOUTS

    def validate(self, context: ValidateContext) -> None:
        """Either everybody or a list."""
        exactly_one_of(context, "trust_all", "cluster_ids")

    async def plan(self, context: PlanContext[ConfiguredProvider]) -> None:
        """Check ids against the environment, and that no member of the list is an object of its own."""
        from ece_provider.trust.checks import check_lost, check_plan

        if context.prior is not None:
            context.provider.journal.forget(context.prior["id"])
        planned = context.planned or {}
        if is_set(planned.get("deployment_id")):
            words = f"account trust of deployment {planned['deployment_id']}"
            claim(context, thing_of(planned), words, Path("deployment_id"))
        note_list(context, ACCOUNT)
        await check_plan(context, is_same_environment=True)
        await check_lost(context, ACCOUNT)
        decide(context.planned or context.prior, context.diagnostics)

    async def create(self, context: CreateContext[ConfiguredProvider]) -> Values:
        """Take over the entry that the deployment has."""
        from ece_provider.resources.deployment_trust_account.verbs import create

        return await create(context)

    async def read(self, context: ReadContext[ConfiguredProvider]) -> Values | None:
        """Look whom the entry trusts."""
        from ece_provider.resources.deployment_trust_account.verbs import read

        return await read(context)

    async def update(self, context: UpdateContext[ConfiguredProvider]) -> Values:
        """Change whom the entry trusts."""
        from ece_provider.resources.deployment_trust_account.verbs import update

        return await update(context)

    async def delete(self, context: DeleteContext[ConfiguredProvider]) -> None:
        """Put back what was there before."""
        from ece_provider.resources.deployment_trust_account.verbs import delete

        await delete(context)

    async def import_state(self, context: ImportContext[ConfiguredProvider]) -> Values:
        """Adopt the entry by ``<deployment id>/<ref_id>/account/<account id>``, or by identity."""
        return {**SCHEMA.null(), **imported_entry(context, ACCOUNT, "account_id")}
