"""``ece_trust_relationship`` for Terraform: what it is called, and which module does each verb."""

from __future__ import annotations

from ece_provider.configured import ConfiguredProvider
from ece_provider.decisions import decide
from ece_provider.resources.trust_relationship.checks import check_certificate, check_ids
from ece_provider.resources.trust_relationship.schema import IDENTITY, SCHEMA, TYPE_NAME
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


class TrustRelationship(Resource[ConfiguredProvider]):
    """Another ECE that the platform knows."""

    type_name = TYPE_NAME
    schema = SCHEMA
    identity = IDENTITY

    def validate(self, context: ValidateContext) -> None:
        """Check the ids, as far as they are known."""
        check_ids(context.config, context.diagnostics)
        decide(context.config, context.diagnostics)

    async def plan(self, context: PlanContext[ConfiguredProvider]) -> None:
        """Check the certificate."""
        if context.prior is not None:
            context.provider.journal.forget(context.prior["id"])
        if context.planned is not None:
            check_certificate(context.planned, context.prior, context.diagnostics)
        decide(context.planned or context.prior, context.diagnostics)

    async def create(self, context: CreateContext[ConfiguredProvider]) -> Values:
        """Make the record, exactly once."""
        from ece_provider.resources.trust_relationship.verbs import create

        return await create(context)

    async def read(self, context: ReadContext[ConfiguredProvider]) -> Values | None:
        """Read the record."""
        from ece_provider.resources.trust_relationship.verbs import read

        return await read(context)

    async def update(self, context: UpdateContext[ConfiguredProvider]) -> Values:
        """Change the record in place."""
        from ece_provider.resources.trust_relationship.verbs import update

        return await update(context)

    async def delete(self, context: DeleteContext[ConfiguredProvider]) -> None:
        """Remove the record."""
        from ece_provider.resources.trust_relationship.verbs import delete

        await delete(context)

    async def import_state(self, context: ImportContext[ConfiguredProvider]) -> Values:
        """Adopt a record by its id."""
        text = (context.id if context.id is not None else str((context.identity or {}).get("id") or "")).strip()
        if not text or "/" in text:
            raise DiagnosticError("Invalid import id", f'"{text}" is not the id of a trust relationship.')
        return {**SCHEMA.null(), "id": text}
