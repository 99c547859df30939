"""Elasticsearch tiers: which element of a plan's topology is which tier, and how much of it there is.

Topology element ids and roles are those of the ECE API (`ElasticsearchClusterTopologyElement`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ece_domain.sizes import format_size, parse_size

Json = Mapping[str, Any]

HOT: Final = "hot"
TIERS: Final = (HOT, "warm", "cold", "frozen", "ml", "master", "coordinating")
"""Names of tiers, as configurations write them."""

_BY_ELEMENT_ID: Final = {"hot_content": HOT} | {name: name for name in TIERS}
_BY_ROLE: Final = (
    ("data_hot", HOT),
    ("data_content", HOT),
    ("data_warm", "warm"),
    ("data_cold", "cold"),
    ("data_frozen", "frozen"),
    ("ml", "ml"),
    ("master", "master"),
    ("ingest", "coordinating"),
)
"""The first role that an element has names its tier: a hot element is master and ingest as well."""


def tier_of(element: Json) -> str | None:
    """The tier of an element: by its id, else by node roles, else by the node types of versions before 7.10."""
    if (identifier := element.get("id")) in _BY_ELEMENT_ID:
        return _BY_ELEMENT_ID[identifier]
    roles = element.get("node_roles") or ()
    for role, name in _BY_ROLE:
        if role in roles:
            return name
    return _tier_of_node_type(element)


def _tier_of_node_type(element: Json) -> str | None:
    types = element.get("node_type") or {}
    if types.get("data"):
        attribute = ((element.get("elasticsearch") or {}).get("node_attributes") or {}).get("data")
        return attribute if attribute in TIERS else HOT
    for kind, name in (("ml", "ml"), ("master", "master"), ("ingest", "coordinating")):
        if types.get(kind):
            return name
    return None


def size_of(element: Json) -> int:
    """Megabytes per zone; the old form counts memory per node and nodes per zone."""
    size = element.get("size")
    if size:
        return int(size.get("value") or 0)
    return int(element.get("memory_per_node") or 0) * int(element.get("node_count_per_zone") or 1)


def by_tier(topology: Iterable[Json]) -> dict[str, Json]:
    """The element of each tier; where plans of old versions have several, the first one that has size."""
    found: dict[str, Json] = {}
    for element in topology:
        name = tier_of(element)
        if name and (name not in found or (not size_of(found[name]) and size_of(element))):
            found[name] = element
    return found


def amount_of(element: Json, zone_count: Any = None) -> dict[str, Any]:
    """Size and zones of an element as attributes; ``zone_count`` counts where the element has none of its own."""
    return {
        "size": format_size(size_of(element)),
        "zone_count": int(element.get("zone_count") or zone_count or 1),
    }


def with_amount(element: Json, size: str, zone_count: int) -> dict[str, Any]:
    """The element with this size and these zones, all else kept; the old form of a size is dropped."""
    kept = {name: value for name, value in element.items() if name not in ("memory_per_node", "node_count_per_zone")}
    resource = (element.get("size") or {}).get("resource") or "memory"
    return {**kept, "size": {"value": parse_size(size), "resource": resource}, "zone_count": int(zone_count)}


def without_size(element: Json) -> dict[str, Any]:
    """The element switched off: size 0, zones kept."""
    return with_amount(element, "0g", element.get("zone_count") or 1)
