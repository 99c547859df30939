"""``ece_deployment`` for Terraform: what it is called, and which module does each verb.

The verbs are loaded when they are used, so that a plan without the API never loads the client.
"""

from __future__ import annotations

from ece_provider.configured import ConfiguredProvider
from ece_provider.resources.deployment.identifiers import parse_import_id
from ece_provider.resources.deployment.moved import SOURCE_TYPE, moved_state
from ece_provider.resources.deployment.plan import check_plan, validate
from ece_provider.resources.deployment.schema import DEPLOYMENT_IDENTITY, DEPLOYMENT_SCHEMA, TIMEOUTS
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


class Deployment(Resource[ConfiguredProvider]):
    """A deployment of Elastic Cloud Enterprise."""

    type_name = "ece_deployment"
    schema = DEPLOYMENT_SCHEMA
    identity = DEPLOYMENT_IDENTITY
    default_timeouts = TIMEOUTS

    def validate(self, context: ValidateContext) -> None:
        """Check names of tiers, and that there is a hot one."""
        validate(context)

    async def plan(self, context: PlanContext[ConfiguredProvider]) -> None:
        """Check the change; with the API at hand also against templates and versions."""
        await check_plan(context)

    async def create(self, context: CreateContext[ConfiguredProvider]) -> Values:
        """Make the deployment and wait for its plans."""
        from ece_provider.resources.deployment.create import create

        return await create(context)

    async def read(self, context: ReadContext[ConfiguredProvider]) -> Values | None:
        """Read the deployment; goes on waiting for a create that was interrupted."""
        from ece_provider.resources.deployment.read import read

        return await read(context)

    async def update(self, context: UpdateContext[ConfiguredProvider]) -> Values:
        """Change what differs, wait, then remove Kibana or Integrations Server where they are left out."""
        from ece_provider.resources.deployment.update import update

        return await update(context)

    async def delete(self, context: DeleteContext[ConfiguredProvider]) -> None:
        """Shut the deployment down, wait, and delete it."""
        from ece_provider.resources.deployment.delete import delete

        await delete(context)

    async def import_state(self, context: ImportContext[ConfiguredProvider]) -> Values:
        """Adopt a deployment by ``<id>``, ``<id>/<ref_id>`` or identity."""
        return parse_import_id(context)

    def move_state(self, source_type: str, source_provider: str, state: Values) -> Values | None:
        """Take over ``ec_deployment`` of Elastic's own provider."""
        return moved_state(state) if source_type == SOURCE_TYPE else None
