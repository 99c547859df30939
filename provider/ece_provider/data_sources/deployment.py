"""``ece_deployment`` as data: a deployment by id or exact name, with what other objects changed about it."""

from __future__ import annotations

from typing import Final

from ece_provider.configured import ConfiguredProvider
from ece_provider.validators import DEPLOYMENT_ID
from terraform_plugin.diagnostics import Path
from terraform_plugin.resource import DataContext, DataSource, ValidateContext
from terraform_plugin.schema import Attribute, Nested, Nesting, Schema
from terraform_plugin.types import BOOL, NUMBER, STRING, ListOf, MapOf, SetOf
from terraform_plugin.validators import NotEmpty
from terraform_plugin.values import Values


def _computed(description: str) -> Attribute:
    return Attribute(type=STRING, computed=True, description=description)


_SIZE: Final = {
    "size": _computed("Memory per zone."),
    "zone_count": Attribute(type=NUMBER, computed=True, description="Number of availability zones."),
}

DEPLOYMENT_DATA_SCHEMA: Final = Schema(
    description="A deployment of the environment, found by id or by its exact name.",
    attributes={
        "id": Attribute(
            type=STRING,
            optional=True,
            computed=True,
            description="Id of the deployment; this or `name`.",
            validators=(DEPLOYMENT_ID,),
        ),
        "name": Attribute(
            type=STRING,
            optional=True,
            computed=True,
            description="Exact name of the deployment; an error when several have it.",
            validators=(NotEmpty(),),
        ),
        "version": _computed("Version of the Elastic Stack."),
        "template_id": _computed("Deployment template."),
        "ref_id": _computed("Reference id of Elasticsearch."),
        "cluster_id": _computed("Id of the Elasticsearch cluster."),
        "cloud_id": _computed("Cloud id, for clients."),
        "endpoint": _computed("Host name of Elasticsearch, without scheme and port."),
        "https_url": _computed("URL of Elasticsearch."),
        "kibana_url": _computed("URL of Kibana; null without Kibana."),
        "status": _computed("What Elasticsearch is doing: `started`, `stopped`, `reconfiguring` …"),
        "healthy": Attribute(type=BOOL, computed=True, description="Whether the platform calls it healthy."),
        "system_owned": Attribute(type=BOOL, computed=True, description="Whether it belongs to the platform itself."),
        "tags": Attribute(type=MapOf(STRING), computed=True, description="Tags of the deployment."),
        "traffic_filter_ids": Attribute(
            type=SetOf(STRING), computed=True, description="Traffic filters that are associated with it."
        ),
        "resource_kinds": Attribute(
            type=ListOf(STRING), computed=True, description="Kinds of resources it holds, `elasticsearch` first."
        ),
        "tiers": Attribute(
            computed=True,
            description="The Elasticsearch tiers that have size, by name.",
            nested=Nested(
                Nesting.MAP,
                {**_SIZE, "instance_configuration_id": _computed("The instance configuration that it runs on.")},
            ),
        ),
        "kibana": Attribute(
            computed=True, description="Kibana; null without.", nested=Nested(Nesting.SINGLE, dict(_SIZE))
        ),
        "integrations_server": Attribute(
            computed=True, description="Integrations Server; null without.", nested=Nested(Nesting.SINGLE, dict(_SIZE))
        ),
    },
)


class DeploymentData(DataSource[ConfiguredProvider]):
    """A deployment, read only."""

    type_name = "ece_deployment"
    schema = DEPLOYMENT_DATA_SCHEMA

    def validate(self, context: ValidateContext) -> None:
        """Exactly one of id and name."""
        given = [name for name in ("id", "name") if context.config.get(name) is not None]
        if len(given) != 1:
            context.diagnostics.error(
                "Give id or name",
                f"A deployment is found by id or by name; got {' and '.join(given) or 'neither'}.",
                Path(given[-1]) if given else None,
            )

    async def read(self, context: DataContext[ConfiguredProvider]) -> Values:
        """Read the deployment that is named."""
        from ece_provider.resources.deployment.lookup import read_deployment_data

        return await read_deployment_data(context)
