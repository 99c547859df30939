"""Stack version calls."""

from __future__ import annotations

from typing import Any

from ece_simulator.call import Answer, Call
from ece_simulator.problems import Problem
from ece_simulator.stack.versions import DELETED, min_upgradable_from, offered, parse, upgradable_to

_REGISTRY = "docker.elastic.co/cloud-release"


def get_version_stacks(call: Call) -> Answer:
    """GET /stack/versions: newest first."""
    versions = [*reversed(offered()), *(DELETED if call.query["show_deleted"] else ())]
    return Answer({"stacks": [_config(version) for version in versions]})


def get_version_stack(call: Call) -> Answer:
    """GET /stack/versions/{version}."""
    version = call.path["version"]
    if version not in offered() and version not in DELETED:
        raise Problem(404, "stackpack.version_not_found", f"The stack version [{version}] was not found")
    return Answer(_config(version))


def _config(version: str) -> dict[str, Any]:
    major = parse(version)[0]
    capacity = {"min": 1024, "max": 65536}
    config = {
        "version": version,
        "template": {"template_version": "", "hashes": []},
        "elasticsearch": {
            "docker_image": f"{_REGISTRY}/elasticsearch-cloud-ess:{version}",
            "plugins": ["analysis-icu", "repository-s3"],
            "default_plugins": [],
            "blacklist": [],
            "capacity_constraints": capacity,
            "compatible_node_types": [],
            "node_types": [],
        },
        "kibana": {
            "docker_image": f"{_REGISTRY}/kibana-cloud:{version}",
            "blacklist": [],
            "capacity_constraints": {"min": 1024, "max": 8192},
            "compatible_node_types": [],
        },
        "apm": {
            "docker_image": f"{_REGISTRY}/elastic-agent-cloud:{version}",
            "blacklist": [],
            "capacity_constraints": {"min": 512, "max": 8192},
            "compatible_node_types": [],
        },
        "metadata": {"min_platform_version": "3.0.0" if major < 9 else "4.0.0", "schema_version": 1},
        "deleted": version in DELETED,
        "upgradable_to": list(upgradable_to(version)),
        "min_upgradable_from": min_upgradable_from(version),
    }
    if major < 9:
        image = f"{_REGISTRY}/enterprise-search-cloud:{version}"
        config["enterprise_search"] = {"docker_image": image, "blacklist": [], "compatible_node_types": []}
    return config
