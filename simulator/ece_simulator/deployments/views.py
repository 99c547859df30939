"""The vendor's JSON of deployments and resources, governed by the `show_…` parameters. Changes nothing."""

from __future__ import annotations

import base64
import copy
from typing import TYPE_CHECKING, Any

from ece_simulator.clock import iso
from ece_simulator.deployments.cluster import endpoint_of
from ece_simulator.deployments.instances import instances_of
from ece_simulator.deployments.model import KINDS, Deployment, Resource
from ece_simulator.deployments.plan_rules import with_defaults, with_template_elements
from ece_simulator.deployments.settings import shown_settings
from ece_simulator.plans.attempt import ZERO_TIME, PlanAttempt

if TYPE_CHECKING:
    from ece_simulator.world import World

SHORT = {"elasticsearch": "es", "kibana": "kb", "apm": "apm", "integrations_server": "integrations"}
HTTPS_PORT = 9243
FIRST_PLANS, LAST_PLANS = 10, 90


def everything() -> dict[str, Any]:
    """Query values that show all there is; for search, which has none of its own."""
    flags = ("show_plans", "show_settings", "show_plan_defaults", "show_instance_configurations")
    return dict.fromkeys(flags, True)


def deployment_view(world: World, deployment: Deployment, query: dict[str, Any]) -> dict[str, Any]:
    """Model DeploymentGetResponse."""
    shown = [resource for resource in deployment.resources if not resource.hidden]
    view: dict[str, Any] = {
        "id": deployment.id,
        "name": deployment.name,
        "healthy": all(resource.healthy for resource in shown),
        "resources": {
            kind: [resource_view(world, deployment, r, query) for r in shown if r.kind == kind] for kind in KINDS
        },
        "metadata": _metadata(world, deployment),
    }
    if deployment.alias:
        view["alias"] = deployment.alias
    if query.get("show_settings"):
        view["settings"] = deployment_settings(world, deployment)
    if deployment.observability:
        view["observability"] = {"healthy": True, "issues": []}
    if query.get("show_instance_configurations"):
        view["instance_configurations"] = _configurations(world, shown)
    return view


def _metadata(world: World, deployment: Deployment) -> dict[str, Any]:
    empty: Any = None if world.switches.empty_lists_are_null else []
    return {
        "hidden": deployment.hidden,
        "last_modified": iso(deployment.modified),
        "last_resource_plan_modified": iso(deployment.last_plan_change),
        "organization_id": world.account_id,
        "owner_id": deployment.owner_id,
        "subscription_level": "standard",
        "system_owned": deployment.system_owned,
        "tags": deployment.tags or empty,
    }


def deployment_settings(world: World, deployment: Deployment) -> dict[str, Any]:
    """Model DeploymentSettings."""
    settings: dict[str, Any] = {
        "autoscaling_enabled": deployment.autoscaling_enabled,
        "auto_ops": {"status": deployment.auto_ops},
    }
    rulesets = world.rulesets_of("deployment", deployment.id)
    if rulesets:
        settings["traffic_filter_settings"] = {"rulesets": rulesets}
    if deployment.observability:
        settings["observability"] = deployment.observability
    return settings


def _configurations(world: World, resources: list[Resource]) -> list[dict[str, Any]]:
    used = {
        element["instance_configuration_id"]: None
        for resource in resources
        for element in resource.newest_plan().get("cluster_topology", [])
    }
    return [world.configurations[name] for name in used if name in world.configurations]


def resource_view(world: World, deployment: Deployment, resource: Resource, query: dict[str, Any]) -> dict[str, Any]:
    """Model ElasticsearchResourceInfo, KibanaResourceInfo …"""
    is_search = resource.kind == "elasticsearch"
    view: dict[str, Any] = {"ref_id": resource.ref_id, "id": resource.id, "region": resource.region}
    if not is_search:
        view["elasticsearch_cluster_ref_id"] = resource.elasticsearch_ref_id
    info: dict[str, Any] = {
        "deployment_id": deployment.id,
        "healthy": resource.healthy,
        "status": resource.status,
        "plan_info": _plan_info(world, resource, query),
        "metadata": endpoint_metadata(world, deployment, resource, raw=bool(query.get("show_metadata"))),
        "topology": {"healthy": not resource.marked_unhealthy, "instances": instances_of(world, resource)},
        "external_links": [],
        "region": resource.region,
    }
    prefix = "cluster_" if resource.kind in ("elasticsearch", "kibana") else ""
    info[f"{prefix}id"] = resource.id
    info[f"{prefix}name"] = resource.display_name
    if query.get("show_settings"):
        info["settings"] = {**shown_settings(world, resource), "metadata": _resource_metadata(world, deployment)}
    info.update(_search_info(deployment, resource, query) if is_search else _stateless_info(deployment, resource))
    return {**view, "info": info}


def _resource_metadata(world: World, deployment: Deployment) -> dict[str, Any]:
    return {
        "hidden": deployment.hidden,
        "name": deployment.name,
        "organization_id": world.account_id,
        "owner_id": deployment.owner_id,
        "resources": {"cpu": {"boost": True, "hard_limit": True}},
        "subscription_level": "standard",
        "system_owned": deployment.system_owned,
    }


def _stateless_info(deployment: Deployment, resource: Resource) -> dict[str, Any]:
    info: dict[str, Any] = {"elasticsearch_cluster": {"elasticsearch_id": deployment.elasticsearch.id}}
    if resource.kind in ("apm", "integrations_server"):
        info["apm_server_mode"] = "managed" if resource.kind == "integrations_server" else "standalone"
    return info


def _search_info(deployment: Deployment, resource: Resource, query: dict[str, Any]) -> dict[str, Any]:
    names = [f"instance-{number:010d}" for number in range(1)] if resource.status != "stopped" else []
    masters = [{"master_node_id": resource.id[:22], "master_instance_name": n, "instances": names} for n in names]
    info: dict[str, Any] = {
        "locked": False,
        "elasticsearch": {
            "healthy": resource.healthy,
            "blocking_issues": {"healthy": True, "cluster_level": [], "index_level": []},
            "cluster_blocking_issues": {"healthy": True, "blocks": []},
            "master_info": {"healthy": True, "instances_with_no_master": [], "masters": masters},
            "shard_info": {
                "healthy": True, "available_shards": [], "unavailable_shards": [], "unavailable_replicas": [],
            },
            "shards_status": {"status": "green"},
        },
        "snapshots": {"healthy": True, "count": 0, "recent_success": False},
    }  # fmt: skip
    for kind, short in (("kibana", "kibana"), ("apm", "apm"), ("appsearch", "appsearch"), ("enterprise_search",) * 2):
        members = [r for r in deployment.of_kind(kind) if not r.hidden]
        if kind == "apm":
            members += [r for r in deployment.of_kind("integrations_server") if not r.hidden]  # as recorded
        info[f"associated_{short}_clusters"] = [
            {f"{short}_id": member.id, "enabled": member.status != "stopped"} for member in members
        ]
    if (query.get("show_system_alerts") or 0) > 0:
        info["system_alerts"] = []
    if query.get("show_security"):
        info["security"] = {
            "version": 1, "last_modified": iso(resource.touched), "users": [], "roles": {}, "users_roles": [],
        }  # fmt: skip
    return info


def endpoint_metadata(world: World, deployment: Deployment, resource: Resource, *, raw: bool) -> dict[str, Any]:
    """Model ClusterMetadataInfo; addresses are there once the first plan has ended (inferred)."""
    metadata: dict[str, Any] = {
        "version": resource.version,
        "last_modified": iso(resource.touched),
        "ports": {"http": 9200, "https": HTTPS_PORT, "transport_passthrough": 9400},
    }
    if raw:
        metadata["raw"] = {"cluster_id": resource.id}
    if resource.current is None:
        return metadata
    host = endpoint_of(world, resource)
    metadata |= {"endpoint": host, "service_url": f"https://{host}:{HTTPS_PORT}", "services_urls": None}
    if deployment.alias:
        aliased = f"{deployment.alias}.{SHORT.get(resource.kind, resource.kind)}.{world.region_of(resource).domain}"
        metadata |= {"aliased_endpoint": aliased, "aliased_url": f"https://{aliased}:{HTTPS_PORT}"}
    if resource.kind == "elasticsearch":
        metadata["cloud_id"] = cloud_id(world, deployment)
    if resource.kind == "integrations_server":
        base = deployment.alias or resource.id
        services = ("fleet", "apm", "ingest")
        metadata["services_urls"] = [
            {"service": name, "url": f"https://{base}.{name}.{world.region_of(resource).domain}:{HTTPS_PORT}"}
            for name in services
        ]
    return metadata


def cloud_id(world: World, deployment: Deployment) -> str:
    """`name:base64(domain:port$elasticsearch$kibana)`."""
    kibana = deployment.of_kind("kibana")
    domain = world.region_of(deployment.elasticsearch).domain
    parts = f"{domain}:{HTTPS_PORT}${deployment.elasticsearch.id}${kibana[0].id if kibana else ''}"
    return f"{deployment.name.replace(' ', '_')}:{base64.b64encode(parts.encode()).decode()}"


def _plan_info(world: World, resource: Resource, query: dict[str, Any]) -> dict[str, Any]:
    info: dict[str, Any] = {"healthy": resource.plan_healthy, "history": []}
    if not query.get("show_plans"):
        return info
    now = world.agenda.now
    if resource.current is not None:
        info["current"] = attempt_view(world, resource.current, query)
    if resource.pending is not None and resource.pending.started <= now:
        info["pending"] = attempt_view(world, resource.pending, query)
    if query.get("show_plan_history"):
        attempts = resource.history
        if len(attempts) > FIRST_PLANS + LAST_PLANS and not query.get("force_all_plan_history"):
            attempts = attempts[:FIRST_PLANS] + attempts[-LAST_PLANS:]
        info["history"] = [attempt_view(world, attempt, query) for attempt in attempts]
    return info


def attempt_view(world: World, attempt: PlanAttempt, query: dict[str, Any]) -> dict[str, Any]:
    """Model ElasticsearchClusterPlanInfo and its sisters."""
    view: dict[str, Any] = {
        "plan_attempt_id": attempt.attempt_id,
        "healthy": attempt.healthy,
        "attempt_start_time": iso(attempt.started),
        "plan_end_time": ZERO_TIME,
        "plan": plan_view(world, attempt.plan, query),
        "plan_attempt_log": attempt.log(world.agenda.now) if query.get("show_plan_logs") else [],
        "source": attempt.source(),
        "warnings": [],
    }
    if attempt.ended is not None:
        view["attempt_end_time"] = iso(attempt.ended)
    error = attempt.error()
    if error is not None:
        view["error"] = error
    return view


def plan_view(world: World, plan: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
    """A plan as the flags want it."""
    shown = copy.deepcopy(plan)
    template = world.template_of(plan)
    if query.get("clear_transient"):
        shown.pop("transient", None)
    if query.get("enrich_with_template", True):
        with_template_elements(shown, template)
    if query.get("show_plan_defaults"):
        with_defaults(shown, template)
    return shown


def resource_summary(world: World, deployment: Deployment, resource: Resource) -> dict[str, Any]:
    """Model DeploymentResource without secrets."""
    summary: dict[str, Any] = {
        "ref_id": resource.ref_id, "id": resource.id, "kind": resource.kind, "region": resource.region,
    }  # fmt: skip
    if resource.kind == "elasticsearch":
        summary["cloud_id"] = cloud_id(world, deployment)
    else:
        summary["elasticsearch_cluster_ref_id"] = resource.elasticsearch_ref_id
    return summary


def created_summary(world: World, deployment: Deployment, resource: Resource, *, first: bool) -> dict[str, Any]:
    """Model DeploymentResource of a create reply: secrets in the first one only, blank in a repeat."""
    summary = resource_summary(world, deployment, resource)
    if resource.kind == "elasticsearch":
        blank = {"username": "", "password": ""}
        summary["credentials"] = {"username": "elastic", "password": resource.password} if first else blank
    if resource.secret_token is not None:
        summary["secret_token"] = resource.secret_token if first else ""
    return summary
