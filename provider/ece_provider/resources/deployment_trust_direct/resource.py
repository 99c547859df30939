"""``ece_deployment_trust_direct`` for Terraform: what it is called, and which module does each verb."""

from __future__ import annotations

from ece_domain.validations.trust import V19
from ece_provider.configured import ConfiguredProvider
from ece_provider.decisions import decide
from ece_provider.resources.deployment_trust_direct.checks import check_certificates, check_entry
from ece_provider.resources.deployment_trust_direct.schema import IDENTITY, SCHEMA, TYPE_NAME, thing_of
from ece_provider.trust.attributes import TIMEOUTS
from ece_provider.trust.entries import DIRECT
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
from terraform_plugin.values import Values


class DeploymentTrustDirect(Resource[ConfiguredProvider]):
    """The trust of a deployment in the holders of certificates of a CA."""

    type_name = TYPE_NAME
    schema = SCHEMA
    identity = IDENTITY
    default_timeouts = TIMEOUTS

    def validate(self, context: ValidateContext) -> None:
        """Check what stands beside what, as far as it is known."""
        if at_most_one_of(context, "trust_all", "cluster_ids"):
            check_entry(context.config, context.diagnostics)
        decide(context.config, context.diagnostics)

    async def plan(self, context: PlanContext[ConfiguredProvider]) -> None:
        """Check certificates and ids, and that no member of the list is an object of its own."""
        from ece_provider.trust.checks import check_plan

        planned = context.planned
        if planned is not None:
            check_certificates(planned, context.prior, context.diagnostics)
            if (thing := thing_of(planned)) is not None:
                words = f"trust of deployment {planned['deployment_id']} in this CA"
                claim(context, thing, words, Path("certificates"), V19.id)
        note_list(context, DIRECT, "uid")
        await check_plan(context, is_same_environment=False)
        if planned is not None:
            from ece_provider.authority_checks import check_authorities, check_scope
            from ece_provider.filter_checks import check_feature

            await check_feature(context, "proxy" if planned["type"] == "proxy" else "direct", Path("type"))
            await check_authorities(context, planned)
            await check_scope(context, planned)
        decide(context.planned or context.prior, context.diagnostics)

    async def create(self, context: CreateContext[ConfiguredProvider]) -> Values:
        """Make the entry."""
        from ece_provider.resources.deployment_trust_direct.verbs import create

        return await create(context)

    async def read(self, context: ReadContext[ConfiguredProvider]) -> Values | None:
        """Read the entry."""
        from ece_provider.resources.deployment_trust_direct.verbs import read

        return await read(context)

    async def update(self, context: UpdateContext[ConfiguredProvider]) -> Values:
        """Change the entry."""
        from ece_provider.resources.deployment_trust_direct.verbs import update

        return await update(context)

    async def delete(self, context: DeleteContext[ConfiguredProvider]) -> None:
        """Take the entry out of this deployment."""
        from ece_provider.resources.deployment_trust_direct.verbs import delete

        await delete(context)

    async def import_state(self, context: ImportContext[ConfiguredProvider]) -> Values:
        """Adopt the entry by ``<deployment id>/<ref_id>/direct/<uid>``, or by identity."""
        return {**SCHEMA.null(), **imported_entry(context, DIRECT, "uid")}
