"""``ece_deployment_templates``: the templates that deployments can be made from."""

from __future__ import annotations

from typing import Any, Final

from ece_domain.sizes import format_size
from ece_provider.configured import ConfiguredProvider
from ece_provider.validators import VERSION
from terraform_plugin.resource import DataContext, DataSource
from terraform_plugin.schema import Attribute, Nested, Nesting, Schema
from terraform_plugin.types import BOOL, STRING, ListOf
from terraform_plugin.values import Values


def _text(description: str) -> Attribute:
    return Attribute(type=STRING, computed=True, description=description)


_CONFIGURATIONS: Final = Attribute(
    computed=True,
    description="The kinds of nodes that the template offers.",
    nested=Nested(
        Nesting.LIST,
        {
            "id": _text("Id of the instance configuration."),
            "name": _text("Its name."),
            "instance_type": _text("What runs on it: `elasticsearch`, `kibana` …"),
            "node_types": Attribute(type=ListOf(STRING), computed=True, description="Roles that its nodes can have."),
            "sizes": Attribute(type=ListOf(STRING), computed=True, description="Sizes it comes in, per zone."),
            "default_size": _text("The size unless another one is asked for."),
        },
    ),
)

SCHEMA: Final = Schema(
    description="The deployment templates of the environment, in the environment's order.",
    attributes={
        "stack_version": Attribute(
            type=STRING,
            optional=True,
            description="Show the templates as they are for this version.",
            validators=(VERSION,),
        ),
        "show_hidden": Attribute(type=BOOL, optional=True, description="Also hidden templates; default `false`."),
        "ids": Attribute(type=ListOf(STRING), computed=True, description="The ids of the templates."),
        "templates": Attribute(
            computed=True,
            description="The templates.",
            nested=Nested(
                Nesting.LIST,
                {
                    "id": _text("Id: `template_id` of `ece_deployment`."),
                    "name": _text("Name."),
                    "description": _text("Description."),
                    "min_version": _text("The oldest version it can be used with, if there is one."),
                    "system_owned": Attribute(
                        type=BOOL, computed=True, description="It came with ECE and cannot be changed."
                    ),
                    "hidden": Attribute(type=BOOL, computed=True, description="It is hidden in the console."),
                    "instance_configurations": _CONFIGURATIONS,
                },
            ),
        ),
    },
)


class DeploymentTemplates(DataSource[ConfiguredProvider]):
    """Deployment templates, read only."""

    type_name = "ece_deployment_templates"
    schema = SCHEMA

    async def read(self, context: DataContext[ConfiguredProvider]) -> Values:
        """Ask for the templates."""
        config = context.config
        items = await context.provider.lists.templates(
            config["stack_version"], show_hidden=config["show_hidden"] is True
        )
        templates = [_template(item) for item in items]
        return {**config, "templates": templates, "ids": [template["id"] for template in templates]}


def _template(item: dict[str, Any]) -> Values:
    return {
        "id": item["id"],
        "name": item["name"],
        "description": item.get("description"),
        "min_version": item.get("min_version"),
        "system_owned": bool(item.get("system_owned")),
        "hidden": bool(item.get("hidden")),
        "instance_configurations": [_configuration(each) for each in item.get("instance_configurations") or ()],
    }


def _configuration(item: dict[str, Any]) -> Values:
    discrete = item.get("discrete_sizes") or {}
    default = discrete.get("default_size")
    return {
        "id": item.get("id"),
        "name": item.get("name"),
        "instance_type": item.get("instance_type"),
        "node_types": list(item.get("node_types") or ()),
        "sizes": [format_size(int(size)) for size in discrete.get("sizes") or ()],
        "default_size": format_size(int(default)) if default is not None else None,
    }
