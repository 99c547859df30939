"""Settings of an Elasticsearch resource: absent keeps, null goes back to the default, an object sets."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from ece_simulator.keystore.rules import merge
from ece_simulator.trust import settings as trust

if TYPE_CHECKING:
    from ece_simulator.deployments.model import Resource
    from ece_simulator.world import World


def default_settings(world: World) -> dict[str, Any]:
    """What a new Elasticsearch resource starts with, default trust of the account included."""
    return {
        "curation": {"specs": []},
        "dedicated_masters_threshold": 6,
        "snapshot": {"enabled": False, "suspended": [], "slm": True, "retention": {}},
        "trust": trust.default_trust(world),
    }


def apply_elasticsearch_settings(world: World, resource: Resource, given: dict[str, Any]) -> bool:
    """Takes over the given settings; True if something changed that needs a plan."""
    before = copy.deepcopy(resource.settings)
    defaults = default_settings(world)
    for name, value in given.items():
        if name == "keystore_contents":
            merge(resource.keystore, (value or {}).get("secrets", {}))
            if resource.current is not None:
                resource.keystore_changed()
        elif name == "metadata":
            continue  # follows the deployment
        elif name == "trust" and value is not None:
            whole = world.switches.trust_given_replaces
            resource.settings["trust"] = trust.taken_over(world, resource, value, whole=whole)
            trust.spread(world, resource)
        elif value is None:
            resource.settings.pop(name, None)
            if name in defaults:
                resource.settings[name] = defaults[name]
        else:
            resource.settings[name] = copy.deepcopy(value)
    return resource.settings != before


def shown_settings(world: World, resource: Resource) -> dict[str, Any]:
    """The settings as a read with `show_settings=true` tells them; keystore contents never appear."""
    settings = copy.deepcopy(resource.settings)
    if resource.kind == "elasticsearch":
        settings["trust"] = trust.shown(world, resource)
    return settings
