"""``ece_cross_cluster_api_key`` for Terraform: what it is called, and which module does each verb."""

from __future__ import annotations

from ece_provider.configured import ConfiguredProvider
from ece_provider.decisions import decide
from ece_provider.resources.cross_cluster_api_key.plan import check_plan, validate
from ece_provider.resources.cross_cluster_api_key.schema import IDENTITY, SCHEMA, TIMEOUTS, TYPE_NAME
from ece_provider.side_names import identity_of
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


class CrossClusterApiKey(Resource[ConfiguredProvider]):
    """A cross-cluster API key and its secret."""

    type_name = TYPE_NAME
    schema = SCHEMA
    identity = IDENTITY
    default_timeouts = TIMEOUTS

    def validate(self, context: ValidateContext) -> None:
        """Check access, and the times against each other."""
        validate(context)
        decide(context.config, context.diagnostics)

    async def plan(self, context: PlanContext[ConfiguredProvider]) -> None:
        """Say whether a new key will be made; check both sides."""
        await check_plan(context)
        decide(context.planned or context.prior, context.diagnostics)

    async def create(self, context: CreateContext[ConfiguredProvider]) -> Values:
        """Make the key and put it into the keystore."""
        from ece_provider.resources.cross_cluster_api_key.create import create

        return await create(context)

    async def read(self, context: ReadContext[ConfiguredProvider]) -> Values | None:
        """Look at the key on the remote side and at the name of its secret on the local side."""
        from ece_provider.resources.cross_cluster_api_key.read import read

        return await read(context)

    async def update(self, context: UpdateContext[ConfiguredProvider]) -> Values:
        """Update the key that is in use, or make a new one in its place."""
        from ece_provider.resources.cross_cluster_api_key.update import update

        return await update(context)

    async def delete(self, context: DeleteContext[ConfiguredProvider]) -> None:
        """Remove the secret and invalidate the key, unless another key of the alias took their place."""
        from ece_provider.resources.cross_cluster_api_key.delete import delete

        await delete(context)

    async def import_state(self, context: ImportContext[ConfiguredProvider]) -> Values:
        """Adopt a key by ``<local>/<ref_id>/<alias>,<environment or ->/<remote>/<ref_id>/<key id>``, or by identity."""
        from ece_provider.resources.cross_cluster_api_key.imports import import_state

        return await import_state(context)

    def identity_of(self, state: Values) -> Values:
        """Local deployment, its ``ref_id``, and alias: the same through every rotation."""
        return identity_of(state, state.get("local") or {})
