"""``ece_traffic_filter_association`` for Terraform: the verbs. Everything but the local attributes replaces it."""

from __future__ import annotations

from ece_domain.findings import InvalidValue
from ece_domain.identifiers import AssociationId
from ece_provider.configured import ConfiguredProvider
from ece_provider.decisions import decide
from ece_provider.resources.traffic_filter_association.checks import check_plan, check_requires
from ece_provider.resources.traffic_filter_association.mapping import association_id
from ece_provider.resources.traffic_filter_association.schema import IDENTITY, SCHEMA, TYPE_NAME
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
from terraform_plugin.values import Values, is_set


class TrafficFilterAssociation(Resource[ConfiguredProvider]):
    """One rule set on one deployment."""

    type_name = TYPE_NAME
    schema = SCHEMA
    identity = IDENTITY

    def validate(self, context: ValidateContext) -> None:
        """Check ``requires`` as far as it is known."""
        check_requires(context.config, context.diagnostics)

    async def plan(self, context: PlanContext[ConfiguredProvider]) -> None:
        """Check the change against what is there; the id is known as soon as both its parts are."""
        planned = context.planned
        if planned is not None and is_set(planned["deployment_id"]) and is_set(planned["traffic_filter_id"]):
            planned["id"] = association_id(planned)
        await check_plan(context)
        decide(context.planned or context.prior, context.diagnostics)

    async def create(self, context: CreateContext[ConfiguredProvider]) -> Values:
        """Put the rule set on the deployment."""
        from ece_provider.resources.traffic_filter_association.verbs import create

        return await create(context)

    async def read(self, context: ReadContext[ConfiguredProvider]) -> Values | None:
        """Look whether the rule set is still on the deployment."""
        from ece_provider.resources.traffic_filter_association.verbs import read

        return await read(context)

    async def update(self, context: UpdateContext[ConfiguredProvider]) -> Values:
        """Keep the local attributes; nothing else can change without a replacement."""
        return context.planned

    async def delete(self, context: DeleteContext[ConfiguredProvider]) -> None:
        """Take the rule set off the deployment."""
        from ece_provider.resources.traffic_filter_association.verbs import delete

        await delete(context)
        decide(context.state, context.diagnostics)

    async def import_state(self, context: ImportContext[ConfiguredProvider]) -> Values:
        """Adopt an association by ``<deployment id>/<traffic filter id>`` (or with a comma), or by identity."""
        identity = context.identity or {}
        text = context.id or f"{identity.get('deployment_id')}/{identity.get('traffic_filter_id')}"
        try:
            return _state_of(AssociationId.parse(text))
        except InvalidValue as problem:
            raise DiagnosticError("Invalid import id", f"{problem}.") from None

    def move_state(self, source_type: str, source_provider: str, state: Values) -> Values | None:
        """Take over ``ec_deployment_traffic_filter_association`` of Elastic's own provider."""
        if source_type != "ec_deployment_traffic_filter_association":
            return None
        return _state_of(AssociationId(state["deployment_id"], state["traffic_filter_id"]))


def _state_of(association: AssociationId) -> Values:
    return {
        **SCHEMA.null(),
        "deployment_id": association.deployment_id,
        "traffic_filter_id": association.traffic_filter_id,
        "acknowledge_lockout": False,
        "id": str(association),
    }
