"""``ece_traffic_filters``: the rule sets of the environment, and which deployments they are on."""

from __future__ import annotations

from typing import Any, Final

from ece_provider.configured import ConfiguredProvider
from ece_provider.resources.traffic_filter.mapping import rules_to_state
from ece_provider.resources.traffic_filter_association.mapping import deployment_ids
from ece_provider.validators import DEPLOYMENT_ID
from terraform_plugin.resource import DataContext, DataSource
from terraform_plugin.schema import Attribute, Nested, Nesting, Schema
from terraform_plugin.types import BOOL, NUMBER, STRING, ListOf
from terraform_plugin.values import Values


def _text(description: str) -> Attribute:
    return Attribute(type=STRING, computed=True, description=description)


_RULES: Final = Attribute(
    computed=True,
    description="Who may come in.",
    nested=Nested(
        Nesting.LIST,
        {
            "source": _text("Address or CIDR block (type `ip`)."),
            "environment_id": _text("Environment whose clusters may come in (type `remote_cluster`)."),
            "cluster_id": _text("Elasticsearch cluster that may come in (type `remote_cluster`)."),
            "description": _text("What the rule is for."),
        },
    ),
)

SCHEMA: Final = Schema(
    description="The rule sets of traffic filters of the environment, with the deployments that they are on.",
    attributes={
        "name": Attribute(type=STRING, optional=True, description="Only rule sets with exactly this name."),
        "type": Attribute(type=STRING, optional=True, description="Only rule sets of this type."),
        "deployment_id": Attribute(
            type=STRING,
            optional=True,
            description="Only rule sets that are on this deployment.",
            validators=(DEPLOYMENT_ID,),
        ),
        "ids": Attribute(type=ListOf(STRING), computed=True, description="The ids of the rule sets."),
        "traffic_filters": Attribute(
            computed=True,
            description="The rule sets, by name and id.",
            nested=Nested(
                Nesting.LIST,
                {
                    "id": _text("Id of the rule set."),
                    "name": _text("Name."),
                    "type": _text("`ip` or `remote_cluster`."),
                    "description": _text("What it is for."),
                    "region": _text("Region of the environment."),
                    "include_by_default": Attribute(
                        type=BOOL, computed=True, description="Every new deployment starts with it."
                    ),
                    "rules": _RULES,
                    "deployment_ids": Attribute(
                        type=ListOf(STRING),
                        computed=True,
                        description="The deployments it is on, as far as the credentials may see them.",
                    ),
                    "total_associations": Attribute(
                        type=NUMBER, computed=True, description="How many it is on, with those that cannot be seen."
                    ),
                },
            ),
        ),
    },
)


class TrafficFilters(DataSource[ConfiguredProvider]):
    """Rule sets, read only."""

    type_name = "ece_traffic_filters"
    schema = SCHEMA

    async def read(self, context: DataContext[ConfiguredProvider]) -> Values:
        """Filter the list of all rule sets; none is an answer too."""
        config = context.config
        found = [_values(ruleset) for ruleset in await context.provider.lists.traffic_filters()]
        shown = [each for each in found if _is_wanted(each, config)]
        shown.sort(key=lambda each: (each["name"], each["id"]))
        return {**config, "traffic_filters": shown, "ids": [each["id"] for each in shown]}


def _values(ruleset: dict[str, Any]) -> Values:
    deployments = deployment_ids(ruleset)
    return {
        "id": ruleset["id"],
        "name": ruleset["name"],
        "type": ruleset["type"],
        "description": ruleset.get("description") or None,
        "region": ruleset["region"],
        "include_by_default": bool(ruleset["include_by_default"]),
        "rules": rules_to_state(ruleset.get("rules") or (), []),
        "deployment_ids": sorted(deployments),
        "total_associations": int(ruleset.get("total_associations") or len(deployments)),
    }


def _is_wanted(values: Values, config: Values) -> bool:
    if any(config[name] is not None and values[name] != config[name] for name in ("name", "type")):
        return False
    return config["deployment_id"] is None or config["deployment_id"] in values["deployment_ids"]
