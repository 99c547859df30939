"""Settings of an Elasticsearch resource: absent keeps, null goes back to the default, an object sets."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from ece_simulator.keystore.rules import merge

if TYPE_CHECKING:
    from ece_simulator.deployments.model import Resource
    from ece_simulator.world import World

DEFAULT_TRUST_NAME = "Default trust for own organization"
TRUST_LISTS = ("accounts", "external", "direct")


def default_settings(world: World) -> dict[str, Any]:
    """What a new Elasticsearch resource starts with, default trust of the account included."""
    account = {"account_id": world.account_id, "trust_all": world.account_trust_all, "name": DEFAULT_TRUST_NAME}
    return {
        "curation": {"specs": []},
        "dedicated_masters_threshold": 6,
        "snapshot": {"enabled": False, "suspended": [], "slm": True, "retention": {}},
        "trust": {"accounts": [account], "external": [], "direct": []},
    }


def apply_elasticsearch_settings(world: World, resource: Resource, given: dict[str, Any]) -> bool:
    """Takes over the given settings; True if something changed that needs a plan."""
    before = copy.deepcopy(resource.settings)
    defaults = default_settings(world)
    for name, value in given.items():
        if name == "keystore_contents":
            merge(resource.keystore, (value or {}).get("secrets", {}))
        elif name == "metadata":
            continue  # follows the deployment
        elif name == "trust" and value is not None:
            resource.settings["trust"] = _trust(world, resource, value)
        elif value is None:
            resource.settings.pop(name, None)
            if name in defaults:
                resource.settings[name] = defaults[name]
        else:
            resource.settings[name] = copy.deepcopy(value)
    return resource.settings != before


def _trust(world: World, resource: Resource, given: dict[str, Any]) -> dict[str, Any]:
    kept = {} if world.switches.trust_given_replaces else resource.settings["trust"]
    trust = {name: copy.deepcopy(given.get(name, kept.get(name)) or []) for name in TRUST_LISTS}
    for entry in trust["accounts"]:
        if entry["account_id"] == world.account_id:
            entry.setdefault("name", DEFAULT_TRUST_NAME)
    for entries in trust.values():
        for entry in entries:
            if not entry.get("trust_allowlist"):
                entry.pop("trust_allowlist", None)
    return trust


def shown_settings(world: World, resource: Resource) -> dict[str, Any]:
    """The settings as a read with `show_settings=true` tells them; keystore contents never appear."""
    settings = copy.deepcopy(resource.settings)
    if resource.kind == "elasticsearch":
        empty: Any = None if world.switches.empty_lists_are_null else []
        trust = settings["trust"]
        for name in TRUST_LISTS:
            for entry in trust[name]:
                entry.setdefault("trust_allowlist", empty)
            trust[name] = trust[name] or empty
    return settings
