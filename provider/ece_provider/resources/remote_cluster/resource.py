"""``ece_remote_cluster`` for Terraform: what it is called, and which module does each verb."""

from __future__ import annotations

from ece_domain.findings import InvalidValue
from ece_domain.remote_clusters import ConnectionId
from ece_provider.configured import ConfiguredProvider
from ece_provider.decisions import decide
from ece_provider.resources.remote_cluster.checks import check_arguments
from ece_provider.resources.remote_cluster.plan import check_plan
from ece_provider.resources.remote_cluster.schema import IDENTITY, SCHEMA, TIMEOUTS, TYPE_NAME
from ece_provider.side_names import identity_of
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


class RemoteCluster(Resource[ConfiguredProvider]):
    """An alias of a local deployment, and where it leads."""

    type_name = TYPE_NAME
    schema = SCHEMA
    identity = IDENTITY
    default_timeouts = TIMEOUTS

    def validate(self, context: ValidateContext) -> None:
        """Check the arguments against each other."""
        check_arguments(context.config, context.diagnostics)
        decide(context.config, context.diagnostics)

    async def plan(self, context: PlanContext[ConfiguredProvider]) -> None:
        """Say what is put right; check both sides."""
        await check_plan(context)
        decide(context.planned or context.prior, context.diagnostics)

    async def create(self, context: CreateContext[ConfiguredProvider]) -> Values:
        """Write the alias and wait until it is connected."""
        from ece_provider.resources.remote_cluster.write import create

        return await create(context)

    async def read(self, context: ReadContext[ConfiguredProvider]) -> Values | None:
        """Read the settings of the alias and the state of its connection."""
        from ece_provider.resources.remote_cluster.read import read

        return await read(context)

    async def update(self, context: UpdateContext[ConfiguredProvider]) -> Values:
        """Write what differs and wait until it is connected."""
        from ece_provider.resources.remote_cluster.write import update

        return await update(context)

    async def delete(self, context: DeleteContext[ConfiguredProvider]) -> None:
        """Remove every setting of the alias."""
        from ece_provider.resources.remote_cluster.delete import delete

        await delete(context)

    async def import_state(self, context: ImportContext[ConfiguredProvider]) -> Values:
        """Adopt an alias by ``[<environment>/]<deployment id>/[<ref_id>/]<alias>``, or by identity."""
        identity = context.identity or {}
        parts = [identity.get(name) for name in IDENTITY.attributes]
        text = context.id if context.id is not None else "/".join(str(part) for part in parts if part)
        try:
            found = ConnectionId.parse(text)
        except InvalidValue as problem:
            raise DiagnosticError("Invalid import id", f"{problem}.") from None
        from ece_provider.resources.remote_cluster.imports import import_state

        return await import_state(context, found)

    def identity_of(self, state: Values) -> Values:
        """Local deployment, its ``ref_id``, and alias; without a deployment the cluster UUID and ``-``."""
        return identity_of(state, state)
