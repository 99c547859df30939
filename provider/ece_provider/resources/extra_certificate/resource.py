"""``ece_extra_certificate`` for Terraform: the checks, and which module does each verb."""

from __future__ import annotations

from ece_provider.configured import ConfiguredProvider
from ece_provider.owners import claim_in_plan
from ece_provider.private_keys import check_private_key, has_private_key
from ece_provider.resources.extra_certificate.schema import CERT_ID, IDENTITY, SCHEMA, TYPE_NAME
from ece_provider.resources.platform_certificate.resource import check_upload
from terraform_plugin.diagnostics import DiagnosticError, Path
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


class ExtraCertificate(Resource[ConfiguredProvider]):
    """One extra certificate of the platform."""

    type_name = TYPE_NAME
    schema = SCHEMA
    identity = IDENTITY

    def validate(self, context: ValidateContext) -> None:
        """One way to give the key."""
        check_private_key(context.config, context.diagnostics)

    async def plan(self, context: PlanContext[ConfiguredProvider]) -> None:
        """One object per id; with a key it is a server's chain, which is judged."""
        planned = context.planned
        if planned is None or not is_set(planned["cert_id"]):
            return
        if context.is_create or context.replaces:
            planned["id"] = planned["cert_id"]
        words = f"the extra certificate {planned['cert_id']}"
        claim_in_plan(context, TYPE_NAME, planned["cert_id"], words, Path("cert_id"))
        if has_private_key(context.config):
            check_upload(context, key_needed=False)

    async def create(self, context: CreateContext[ConfiguredProvider]) -> Values:
        """Store the certificate."""
        from ece_provider.resources.extra_certificate.verbs import create

        return await create(context)

    async def read(self, context: ReadContext[ConfiguredProvider]) -> Values | None:
        """Read it."""
        from ece_provider.resources.extra_certificate.verbs import read

        return await read(context)

    async def update(self, context: UpdateContext[ConfiguredProvider]) -> Values:
        """Store another one under the same id."""
        from ece_provider.resources.extra_certificate.verbs import update

        return await update(context)

    async def delete(self, context: DeleteContext[ConfiguredProvider]) -> None:
        """Remove it."""
        from ece_provider.resources.extra_certificate.verbs import delete

        await delete(context)

    async def import_state(self, context: ImportContext[ConfiguredProvider]) -> Values:
        """Adopt a certificate by its id."""
        text = context.id if context.id is not None else str((context.identity or {}).get("cert_id"))
        if list(CERT_ID.check(text, Path())):
            raise DiagnosticError("Invalid import id", f'"{text}" is no id of an extra certificate.')
        return {**SCHEMA.null(), "cert_id": text, "id": text}
