"""``ece_deployment_trust_member`` for Terraform: what it is called, and which module does each verb."""

from __future__ import annotations

from ece_domain.trust import cluster_id_findings
from ece_provider.configured import ConfiguredProvider
from ece_provider.findings import report
from ece_provider.resources.deployment_trust_member.ids import imported_member
from ece_provider.resources.deployment_trust_member.schema import IDENTITY, SCHEMA, TYPE_NAME, thing_of
from ece_provider.trust.attributes import TIMEOUTS
from ece_provider.trust.entries import ACCOUNT, DIRECT
from ece_provider.trust.owners import note_member
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
from terraform_plugin.values import Values, is_set


class DeploymentTrustMember(Resource[ConfiguredProvider]):
    """One cluster in the list of a trust entry."""

    type_name = TYPE_NAME
    schema = SCHEMA
    identity = IDENTITY
    default_timeouts = TIMEOUTS

    def validate(self, context: ValidateContext) -> None:
        """Check the form of the cluster id; in direct trust its owner may have chosen another one."""
        config = context.config
        if is_set(config["cluster_id"]) and is_set(config["trust"]):
            is_exact = not config["trust"].startswith(DIRECT)
            report(
                context.diagnostics, cluster_id_findings(config["cluster_id"], is_exact=is_exact), Path("cluster_id")
            )

    async def plan(self, context: PlanContext[ConfiguredProvider]) -> None:
        """Check the id against the environment, and that the list is not owned by another object."""
        from ece_provider.trust.checks import check_plan

        planned = context.planned or {}
        if all(is_set(planned.get(name)) for name in ("deployment_id", "trust", "cluster_id")):
            words = f'member {planned["cluster_id"]} of trust "{planned["trust"]}"'
            claim(context, thing_of(planned), words, Path("cluster_id"))
        note_member(context)
        await check_plan(context, "cluster_id", is_same_environment=planned.get("trust") == ACCOUNT)

    async def create(self, context: CreateContext[ConfiguredProvider]) -> Values:
        """Put the id into the list."""
        from ece_provider.resources.deployment_trust_member.verbs import create

        return await create(context)

    async def read(self, context: ReadContext[ConfiguredProvider]) -> Values | None:
        """Look whether the id is in the list."""
        from ece_provider.resources.deployment_trust_member.verbs import read

        return await read(context)

    async def update(self, context: UpdateContext[ConfiguredProvider]) -> Values:
        """Keep the local attributes."""
        from ece_provider.resources.deployment_trust_member.verbs import update

        return await update(context)

    async def delete(self, context: DeleteContext[ConfiguredProvider]) -> None:
        """Take the id out of the list."""
        from ece_provider.resources.deployment_trust_member.verbs import delete

        await delete(context)

    async def import_state(self, context: ImportContext[ConfiguredProvider]) -> Values:
        """Adopt a member by ``<deployment id>/<ref_id>/member/<trust>/<cluster id>``, or by identity."""
        return {**SCHEMA.null(), **imported_member(context)}
