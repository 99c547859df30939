"""``ece_eligible_remote_clusters``: deployments that the platform would offer as remote clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ece_provider.configured import ConfiguredProvider
from ece_provider.sides import require
from ece_provider.validators import DEPLOYMENT_ID, VERSION
from terraform_plugin.diagnostics import Path
from terraform_plugin.resource import DataContext, DataSource, ValidateContext
from terraform_plugin.schema import Attribute, Nested, Nesting, Schema
from terraform_plugin.types import STRING
from terraform_plugin.values import Values

if TYPE_CHECKING:
    from ece_client import Reply

PAGE: Final = 100
"""Deployments per call."""


def _computed(description: str) -> Attribute:
    return Attribute(type=STRING, computed=True, description=description)


SCHEMA: Final = Schema(
    description=(
        "Deployments of this environment that may be remote clusters, by the platform's own rule of versions: of one "
        "local deployment, or of a version. The platform goes by cross-cluster search; what is left out here may "
        "still serve replication."
    ),
    attributes={
        "deployment_id": Attribute(
            type=STRING, optional=True, description="The local deployment.", validators=(DEPLOYMENT_ID,)
        ),
        "version": Attribute(
            type=STRING,
            optional=True,
            description="A version of the Elastic Stack, in place of `deployment_id`.",
            validators=(VERSION,),
        ),
        "deployments": Attribute(
            computed=True,
            description="The deployments, by name.",
            nested=Nested(
                Nesting.LIST,
                {
                    "deployment_id": _computed("Id of the deployment."),
                    "name": _computed("Its name."),
                    "ref_id": _computed("Reference id of its Elasticsearch."),
                    "cluster_id": _computed("Id of its Elasticsearch cluster: what trust and filters name."),
                    "version": _computed("Version of its Elasticsearch."),
                },
            ),
        ),
    },
)


class EligibleRemoteClusters(DataSource[ConfiguredProvider]):
    """Candidates for remote clusters, read only."""

    type_name = "ece_eligible_remote_clusters"
    schema = SCHEMA

    def validate(self, context: ValidateContext) -> None:
        """Exactly one of both arguments."""
        given = [name for name in ("deployment_id", "version") if context.config.get(name) is not None]
        if len(given) != 1:
            context.diagnostics.error(
                "deployment_id or version",
                f"Exactly one of deployment_id and version is needed, got {' and '.join(given) or 'none of them'}.",
                Path("deployment_id"),
            )

    async def read(self, context: DataContext[ConfiguredProvider]) -> Values:
        """Ask page by page."""
        found: list[Values] = []
        while True:
            body = {"size": PAGE, "from": len(found)}
            page = (await self._page(context, body)).data.get("deployments") or ()
            found += [_entry(deployment) for deployment in page]
            if len(page) < PAGE:
                break
        found.sort(key=lambda entry: (entry["name"] or "", entry["deployment_id"]))
        return {**context.config, "deployments": found}

    async def _page(self, context: DataContext[ConfiguredProvider], body: dict[str, Any]) -> Reply[Any]:
        client = await context.provider.client()
        if context.config.get("version") is not None:
            query = {"version": context.config["version"]}
            return await client.call("search-eligible-remote-clusters", query=query, body=body)
        side = await require(context.provider, {"deployment_id": context.config["deployment_id"]})
        path = {"deployment_id": side.facts.id, "ref_id": side.facts.ref_id}
        return await client.call("get-deployment-es-resource-eligible-remote-clusters", path=path, body=body)


def _entry(deployment: dict[str, Any]) -> Values:
    from ece_provider.deployment_reads import facts_of

    facts = facts_of(deployment)
    return {
        "deployment_id": facts.id,
        "name": facts.name,
        "ref_id": facts.ref_id,
        "cluster_id": facts.cluster_id,
        "version": facts.version,
    }
