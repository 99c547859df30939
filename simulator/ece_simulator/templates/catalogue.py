"""The templates and instance configurations of a fresh installation, in the shape ECE 3.0 was recorded with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

BIG = [1024, 2048, 4096, 8192, 16384, 32768, 65536]
MEDIUM = [1024, 2048, 4096, 8192]
SMALL = [512, 1024, 2048, 4096, 8192]
MAX_ZONES = 3

# id: (instance type, node types, sizes in MB, default size, storage multiplier)
_CONFIGURATIONS: dict[str, tuple[str, list[str], list[int], int, float]] = {
    "data.default": ("elasticsearch", ["master", "data", "ingest"], BIG, 1024, 32.0),
    "data.highstorage": ("elasticsearch", ["data"], BIG, 1024, 64.0),
    "data.frozen": ("elasticsearch", ["data"], BIG[2:], 4096, 80.0),
    "master": ("elasticsearch", ["master"], BIG, 1024, 4.0),
    "coordinating": ("elasticsearch", ["ingest"], MEDIUM, 1024, 2.0),
    "ml": ("elasticsearch", ["ml"], BIG, 1024, 4.0),
    "kibana": ("kibana", ["kibana"], MEDIUM, 1024, 4.0),
    "apm": ("apm", ["apm"], SMALL, 512, 4.0),
    "integrations.server": ("integrations_server", ["integrations_server"], SMALL, 512, 4.0),
    "enterprise.search": ("enterprise_search", ["appserver", "worker"], BIG[1:4], 2048, 4.0),
}

_TIERS: dict[str, tuple[str, list[str], str | None]] = {
    "hot_content": (
        "data.default",
        ["master", "ingest", "data_hot", "data_content", "remote_cluster_client", "transform"],
        "hot",
    ),
    "warm": ("data.highstorage", ["data_warm", "remote_cluster_client"], "warm"),
    "cold": ("data.highstorage", ["data_cold", "remote_cluster_client"], "cold"),
    "frozen": ("data.frozen", ["data_frozen"], "frozen"),
    "coordinating": ("coordinating", ["ingest", "remote_cluster_client"], None),
    "master": ("master", ["master", "remote_cluster_client"], None),
    "ml": ("ml", ["ml", "remote_cluster_client"], None),
}


@dataclass
class Template:
    """A deployment template; `body` is a DeploymentCreateRequest."""

    template_id: str
    name: str
    description: str
    body: dict[str, Any]
    system_owned: bool = False
    hidden: bool = False
    order: int = 0
    min_version: str | None = None

    def resource(self, kind: str) -> dict[str, Any] | None:
        """The template's payload of one kind."""
        payloads = self.body["resources"].get(kind) or []
        return payloads[0] if payloads else None

    def elements(self) -> dict[str, dict[str, Any]]:
        """The Elasticsearch topology by element id."""
        payload = self.resource("elasticsearch")
        return {e["id"]: e for e in payload["plan"]["cluster_topology"]} if payload else {}


def size(value: int) -> dict[str, Any]:
    """A TopologySize in MB of memory."""
    return {"value": value, "resource": "memory"}


def configurations() -> dict[str, dict[str, Any]]:
    """All instance configurations by id (model InstanceConfigurationInfo)."""
    return {
        name: {
            "id": name,
            "name": name,
            "config_version": 1,
            "description": f"Instance configuration [{name}]",
            "instance_type": kind,
            "node_types": node_types,
            "discrete_sizes": {"sizes": sizes, "default_size": default, "resource": "memory"},
            "storage_multiplier": multiplier,
            "cpu_multiplier": 0.1,
            "metadata": {},
        }
        for name, (kind, node_types, sizes, default, multiplier) in _CONFIGURATIONS.items()
    }


def templates(region: str) -> dict[str, Template]:
    """Templates of a fresh installation: the default, one made by an administrator, one hidden of the system."""
    heavy = {"hot_content": 8192, "warm": 4096, "ml": 0}
    return {
        "default": Template("default", "Default", "Default deployment template", _body(region, {}), True),
        "storage-heavy": Template(
            "storage-heavy", "Storage heavy", "Hot and warm data from the start", _body(region, heavy), order=1
        ),
        "internal-system": Template(
            "internal-system", "System", "Deployments of the platform itself", _body(region, {"ml": 0}),
            system_owned=True, hidden=True, order=9,
        ),
    }  # fmt: skip


def _body(region: str, sizes: dict[str, int]) -> dict[str, Any]:
    wanted = {"hot_content": 4096, "ml": 1024} | sizes
    topology = [_tier(name, wanted.get(name, 0)) for name in _TIERS]
    search = {
        "ref_id": "es-ref-id",
        "region": region,
        "plan": {"autoscaling_enabled": False, "cluster_topology": topology, "elasticsearch": {}},
        "settings": {"dedicated_masters_threshold": 6},
    }
    kibana = _stateless(region, "kibana", "kibana", 1024)
    kibana["plan"]["zone_count"] = kibana["plan"]["cluster_topology"][0].pop("zone_count")  # as recorded
    enterprise = _stateless(region, "enterprise_search", "enterprise.search", 2048, zones=2)
    enterprise["plan"]["cluster_topology"][0]["node_type"] = dict.fromkeys(("appserver", "connector", "worker"), True)
    return {
        "resources": {
            "elasticsearch": [search],
            "kibana": [kibana],
            "apm": [_stateless(region, "apm", "apm", 512)],
            "integrations_server": [_stateless(region, "integrations_server", "integrations.server", 512)],
            "enterprise_search": [enterprise],
        }
    }


def _tier(name: str, memory: int) -> dict[str, Any]:
    configuration, roles, data = _TIERS[name]
    element: dict[str, Any] = {
        "id": name,
        "instance_configuration_id": configuration,
        "node_roles": roles,
        "node_type": _node_type(roles),
        "size": size(memory),
        "topology_element_control": {"min": size(1024 if name == "hot_content" else 0)},
        "zone_count": 1,
    }
    if data:
        element["elasticsearch"] = {"node_attributes": {"data": data}}
    if data or name == "ml":
        element["autoscaling_max"] = size(2_097_152)
    if name == "ml":
        element["autoscaling_min"] = size(0)
    return element


def _node_type(roles: list[str]) -> dict[str, bool]:
    flags = {
        "data": any(role.startswith("data_") for role in roles),
        "ingest": "ingest" in roles,
        "master": "master" in roles,
    }
    return flags | ({"ml": True} if "ml" in roles else {})


def _stateless(region: str, kind: str, configuration: str, memory: int, zones: int = 1) -> dict[str, Any]:
    element = {"instance_configuration_id": configuration, "size": size(memory), "zone_count": zones}
    return {
        "ref_id": f"{kind}-ref-id",
        "elasticsearch_cluster_ref_id": "es-ref-id",
        "region": region,
        "plan": {"cluster_topology": [element], kind: {}},
    }
