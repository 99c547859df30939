"""From the answer of ``GET /deployments/{id}`` to the state of ``ece_deployment``. Pure reading, no I/O.

The other direction is ``body.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ece_domain.sizes import parse_size
from ece_domain.versions import Version
from ece_provider.resources.deployment.schema import DEPLOYMENT_SCHEMA, STATELESS_KINDS
from ece_provider.resources.deployment.tiers import amount_of, by_tier, size_of
from terraform_plugin.values import Values, is_known

Json = Mapping[str, Any]

SYSTEM_NAMES: Final = frozenset({"admin-console-elasticsearch", "logging-and-metrics", "security"})
"""Deployments of the platform itself; an administrator may have switched their flag off for a while."""

_LOCAL: Final = ("deletion_protection", "request_id", "timeouts")


def resource_of(deployment: Json, kind: str) -> Json | None:
    """The one resource of a kind, None when the deployment has none."""
    resources = (deployment.get("resources") or {}).get(kind) or ()
    return resources[0] if resources else None


def plan_of(resource: Json) -> Json:
    """The plan a resource runs; before the first one succeeded the one that is pending, else the last one tried."""
    info = _plan_info(resource)
    entries = [info.get("current"), info.get("pending"), *reversed(info.get("history") or ())]
    return next((entry["plan"] for entry in entries if entry and entry.get("plan")), {})


def is_running(resource: Json) -> bool:
    """True when the resource once came up: it has a plan that succeeded."""
    return bool(_plan_info(resource).get("current"))


def is_pending(deployment: Json) -> bool:
    """True while a plan of any resource is running."""
    resources = (deployment.get("resources") or {}).values()
    return any(_plan_info(resource).get("pending") for kind in resources for resource in kind or ())


def _plan_info(resource: Json) -> Json:
    return (resource.get("info") or {}).get("plan_info") or {}


def is_system_owned(deployment: Json) -> bool:
    """True for a deployment of the platform itself."""
    return bool((deployment.get("metadata") or {}).get("system_owned")) or deployment.get("name") in SYSTEM_NAMES


def kinds_of(deployment: Json) -> list[str]:
    """The kinds of which the deployment holds a resource, Elasticsearch first."""
    held = [kind for kind, resources in (deployment.get("resources") or {}).items() if resources]
    return sorted(held, key=lambda kind: (kind != "elasticsearch", kind))


def status_of(deployment: Json) -> str | None:
    """What Elasticsearch is doing: ``started``, ``stopped`` …; None without Elasticsearch."""
    resource = resource_of(deployment, "elasticsearch")
    status = ((resource or {}).get("info") or {}).get("status")
    return str(status) if status else None


def version_of(resource: Json, kind: str) -> str | None:
    """The version in the plan of a resource."""
    version = (plan_of(resource).get(kind) or {}).get("version")
    return str(version) if version else None


def state_of(deployment: Json, prior: Values, *, imported: bool = False) -> Values:
    """The whole state; ``prior`` gives what lives in Terraform only, and addresses that a stopped deployment lacks.

    After an import everything that has size is filled in.
    """
    elasticsearch = resource_of(deployment, "elasticsearch") or {}
    plan = plan_of(elasticsearch)
    tags = _tags(deployment)
    state = {
        **DEPLOYMENT_SCHEMA.null(),
        **{name: prior.get(name) for name in _LOCAL},
        "name": deployment.get("name"),
        "version": _version(deployment),
        "template_id": (plan.get("deployment_template") or {}).get("id") or prior.get("template_id"),
        "tiers": _tiers(plan, {} if imported else prior.get("tiers") or {}),
        "tags": tags if tags or prior.get("tags") is not None else None,
        "effective_tiers": effective_tiers(plan),
        **{kind: stateless_of(deployment, kind) for kind in STATELESS_KINDS},
    }
    return (
        state
        | {name: value if value is not None else prior.get(name) for name, value in addresses_of(deployment).items()}
        | ({"kibana_url": None} if state["kibana"] is None else {})
    )


def as_planned(state: Values, planned: Values) -> Values:
    """What was known when planned stays as planned; what the platform changed by itself shows at the next read."""
    return {name: planned[name] if is_known(planned.get(name)) else value for name, value in state.items()}


def addresses_of(deployment: Json) -> dict[str, str | None]:
    """Ids and addresses: what keeps its value through every update."""
    elasticsearch = resource_of(deployment, "elasticsearch") or {}
    kibana = resource_of(deployment, "kibana") or {}
    metadata = (elasticsearch.get("info") or {}).get("metadata") or {}
    return {
        "id": deployment.get("id"),
        "ref_id": elasticsearch.get("ref_id"),
        "cluster_id": elasticsearch.get("id"),
        "cloud_id": metadata.get("cloud_id"),
        "endpoint": metadata.get("endpoint"),
        "https_url": _url(metadata),
        "kibana_url": _url((kibana.get("info") or {}).get("metadata") or {}),
    }


def effective_tiers(plan: Json) -> dict[str, Any]:
    """The tiers that have size, with the instance configuration they run on."""
    return {
        name: {**amount_of(element), "instance_configuration_id": element.get("instance_configuration_id")}
        for name, element in by_tier(plan.get("cluster_topology") or ()).items()
        if size_of(element)
    }


def stateless_of(deployment: Json, kind: str) -> dict[str, Any] | None:
    """Size and zones of Kibana or Integrations Server; None where there is none or it has no size."""
    resource = resource_of(deployment, kind)
    if resource is None:
        return None
    plan = plan_of(resource)
    elements = plan.get("cluster_topology") or ()
    return amount_of(elements[0], plan.get("zone_count")) if elements and size_of(elements[0]) else None


def _url(metadata: Json) -> str | None:
    """``service_url`` where the platform tells it, else made of endpoint and port."""
    if metadata.get("service_url"):
        return str(metadata["service_url"])
    host, port = metadata.get("endpoint"), (metadata.get("ports") or {}).get("https")
    return f"https://{host}:{port}" if host and port else None


def _tags(deployment: Json) -> dict[str, str]:
    tags = (deployment.get("metadata") or {}).get("tags") or ()
    return {str(tag["key"]): str(tag.get("value") or "") for tag in tags}


def _version(deployment: Json) -> str | None:
    """The oldest version of the managed parts: an upgrade that stopped halfway shows as one that is left to do."""
    found = []
    for kind in ("elasticsearch", *STATELESS_KINDS):
        resource = resource_of(deployment, kind)
        if resource is not None and (version := version_of(resource, kind)):
            found.append(version)
    return min(found, key=Version.parse, default=None)


def _tiers(plan: Json, prior: Mapping[str, Any]) -> dict[str, Any]:
    """The tiers that have size; one that is written with size 0 stays as it is written while it has none.

    Sizes that autoscaling chose are no drift: tiers then keep what they were set to; ``effective_tiers`` shows them.
    """
    if plan.get("autoscaling_enabled") and prior:
        return dict(prior)
    elements = by_tier(plan.get("cluster_topology") or ())
    found = {name: amount_of(element) for name, element in elements.items() if size_of(element)}
    return found | {
        name: tier for name, tier in prior.items() if name not in found and tier and parse_size(tier["size"]) == 0
    }
