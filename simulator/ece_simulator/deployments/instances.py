"""The instances (nodes) a finished plan leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ece_simulator.deployments.model import Resource
    from ece_simulator.world import World

_SERVICE_ROLES = {"master": "master", "ingest": "ingest", "ml": "ml"}


def instances_of(world: World, resource: Resource) -> list[dict[str, Any]]:
    """Model ClusterInstanceInfo of each node; none while stopped or before the first plan has ended."""
    if resource.current is None or resource.status == "stopped":
        return []
    plan = resource.current.plan
    version = plan[resource.kind]["version"]
    shown: list[dict[str, Any]] = []
    for element in plan.get("cluster_topology", []):
        if element["size"]["value"] == 0:
            continue
        for zone in range(element.get("zone_count") or 1):
            name = f"instance-{len(shown):010d}"
            shown.append(_instance(world, resource, element, name, zone, version))
    _add_tiebreaker(world, resource, plan, shown, version)
    return shown


def _add_tiebreaker(
    world: World, resource: Resource, plan: dict[str, Any], shown: list[dict[str, Any]], version: str
) -> None:
    electable = [e for e in plan.get("cluster_topology", []) if "master" in (e.get("node_roles") or ())]
    active = [e for e in electable if e["size"]["value"]]
    if resource.kind != "elasticsearch" or not active or active[0].get("zone_count") != 2:
        return
    element = {
        "instance_configuration_id": "master",
        "size": {"value": 1024, "resource": "memory"},
        "node_roles": ["master", "voting_only"],
    }
    shown.append(_instance(world, resource, element, f"tiebreaker-{len(shown):010d}", 2, version))


def _instance(
    world: World, resource: Resource, element: dict[str, Any], name: str, zone: int, version: str
) -> dict[str, Any]:
    configuration = world.configurations[element["instance_configuration_id"]]
    memory = element["size"]["value"]
    is_search = resource.kind == "elasticsearch"
    roles = element.get("node_roles")
    instance: dict[str, Any] = {
        "instance_name": name,
        "healthy": not resource.marked_unhealthy,
        "container_started": True,
        "service_running": True,
        "maintenance_mode": False,
        "service_version": version,
        "zone": f"{resource.region}-1{'abc'[zone]}",
        "allocator_id": f"192.0.2.{10 + zone}",
        "instance_configuration": {
            "id": configuration["id"], "name": configuration["name"],
            "config_version": configuration["config_version"], "resource": "memory",
        },
        "memory": {"instance_capacity": memory, "native_memory_pressure": 50},
        "node_roles": roles if is_search else None,
        "service_roles": sorted({_SERVICE_ROLES.get(r, "data") for r in roles or ()}) if is_search else None,
    }  # fmt: skip
    if is_search:
        multiplier = configuration["storage_multiplier"]
        space = int(memory * multiplier)
        instance["disk"] = {
            "disk_space_available": space, "disk_space_used": 1, "storage_multiplier": multiplier,
        }  # fmt: skip
        instance["instance_overrides"] = {}
        instance["memory"]["memory_pressure"] = 10
    return instance
