"""``ece_cross_cluster_enablement`` for Terraform: what it is called, and which module does each verb."""

from __future__ import annotations

from ece_domain.findings import InvalidValue
from ece_domain.identifiers import check_hex_id
from ece_provider.configured import ConfiguredProvider
from ece_provider.owners import claim_in_plan
from ece_provider.resources.cross_cluster_enablement.schema import IDENTITY, SCHEMA, TIMEOUTS, TYPE_NAME
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import (
    CreateContext,
    DeleteContext,
    ImportContext,
    PlanContext,
    ReadContext,
    Resource,
    UpdateContext,
)
from terraform_plugin.values import Values, is_set


class CrossClusterEnablement(Resource[ConfiguredProvider]):
    """Enable CCR, done once."""

    type_name = TYPE_NAME
    schema = SCHEMA
    identity = IDENTITY
    default_timeouts = TIMEOUTS

    async def plan(self, context: PlanContext[ConfiguredProvider]) -> None:
        """Show what ECE warns of before it is done."""
        planned = context.planned
        if planned is None:
            return
        if is_set(planned["deployment_id"]):
            words = f"enablement of deployment {planned['deployment_id']}"
            claim_in_plan(context, TYPE_NAME, planned["deployment_id"], words, Path("deployment_id"))
        if context.prior is None or context.replaces:
            from ece_provider.resources.cross_cluster_enablement.verbs import show_warnings

            await show_warnings(context)

    async def create(self, context: CreateContext[ConfiguredProvider]) -> Values:
        """Do it."""
        from ece_provider.resources.cross_cluster_enablement.verbs import create

        return await create(context)

    async def read(self, context: ReadContext[ConfiguredProvider]) -> Values | None:
        """Look whether the deployment is still there."""
        from ece_provider.resources.cross_cluster_enablement.verbs import read

        return await read(context)

    async def update(self, context: UpdateContext[ConfiguredProvider]) -> Values:
        """Keep the local attributes; nothing else can change without a replacement."""
        return context.planned

    async def delete(self, context: DeleteContext[ConfiguredProvider]) -> None:
        """Forget it: it cannot be undone."""

    async def import_state(self, context: ImportContext[ConfiguredProvider]) -> Values:
        """Take it for done, by ``<deployment id>/<ref_id>``, ``<deployment id>`` or identity."""
        identity = context.identity or {}
        text = context.id if context.id is not None else str(identity.get("deployment_id") or "")
        deployment_id, _, ref_id = text.partition("/")
        try:
            check_hex_id(deployment_id, "deployment id")
        except InvalidValue as problem:
            raise DiagnosticError("Invalid import id", f"{problem}. Import by <deployment id>.") from None
        return {**SCHEMA.null(), "deployment_id": deployment_id, "ref_id": ref_id or identity.get("ref_id")}
