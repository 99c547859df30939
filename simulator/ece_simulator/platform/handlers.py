"""GET /platform: version and region of the installation, with the summaries a healthy small installation shows."""

from __future__ import annotations

from typing import Any

from ece_simulator.call import Answer, Call

IMAGE = "docker.elastic.co/cloud-enterprise/elastic-cloud-enterprise"


def get_platform(call: Call) -> Answer:
    """GET /platform, with or without the region in the URL."""
    world = call.world
    return Answer(
        {
            "version": world.ece_version,
            "eula_accepted": True,
            "phone_home_enabled": False,
            "services": [_service(name, world.ece_version) for name in ("adminconsole", "proxy", "runner")],
            "regions": [_region(world.region)],
            "unreachable_regions": [],
        }
    )


def _service(name: str, version: str) -> dict[str, Any]:
    image = {"id": f"{IMAGE}:{version}", "tag": f"{IMAGE}:{version}", "version": version, "hash": "sha256:" + "0" * 64}
    return {"type": name, "image": [image]}


def _region(region: str) -> dict[str, Any]:
    counts = {"available_count": 1, "used_count": 0, "missing_count": 0, "minimum_available_count": 0}
    return {
        "region_id": region,
        "zookeeper_states": {"states": []},
        "allocators": {"healthy": True, "zone_summaries": []},
        "runners": {
            "healthy": True, "total_runners": 3, "healthy_runners": 3, "connected_runners": 3,
            "connected_capacity": 196_608, "max_available_capacity": 196_608, "containers_count": 30,
        },
        "proxies": {"healthy": True, "expected_proxies_count": 3, "proxies_count": 3, "proxies": []},
        "container_sets_status": {
            "healthy": True, "healthy_container_sets_count": 10, "unhealthy_container_sets_count": 0,
            "unhealthy_container_sets": [],
        },
        "constructors": {"constructors": []},
        "coordinators": {"coordinators": []},
        "resources": {"healthy": True, "account_count": 1, **counts},
    }  # fmt: skip
