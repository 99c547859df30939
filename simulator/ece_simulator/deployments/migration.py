"""What a deployment would look like on another template (`migrate_template`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ece_simulator.deployments.model import KINDS, Deployment, Resource
from ece_simulator.deployments.plan_rules import with_template_elements
from ece_simulator.deployments.views import plan_view
from ece_simulator.problems import Problem

if TYPE_CHECKING:
    from ece_simulator.templates.catalogue import Template
    from ece_simulator.world import World


def migrated(world: World, deployment: Deployment, template_id: str) -> dict[str, Any]:
    """Model DeploymentUpdateRequest: sizes stay, instance configurations are those of the template (inferred)."""
    template = world.templates.get(template_id)
    if template is None:
        text = f"The template [{template_id}] was not found"
        raise Problem(400, "templates.template_not_found", text, ["template_id"])
    shown = [resource for resource in deployment.resources if not resource.hidden]
    return {
        "name": deployment.name,
        "prune_orphans": False,
        "resources": {kind: [_payload(world, r, template) for r in shown if r.kind == kind] for kind in KINDS},
    }


def _payload(world: World, resource: Resource, template: Template) -> dict[str, Any]:
    plan = plan_view(world, resource.newest_plan(), {"clear_transient": True, "enrich_with_template": False})
    if resource.kind == "elasticsearch":
        plan["deployment_template"] = {"id": template.template_id}
        for element in plan["cluster_topology"]:
            _move(world, element, template.elements().get(element.get("id", "")))
        with_template_elements(plan, template)
    else:
        pattern = template.resource(resource.kind)
        elements = pattern["plan"]["cluster_topology"] if pattern else []
        for element in plan["cluster_topology"]:
            _move(world, element, elements[0] if elements else None)
    payload: dict[str, Any] = {"ref_id": resource.ref_id, "region": resource.region, "plan": plan}
    payload["display_name"] = resource.display_name
    if resource.kind != "elasticsearch":
        payload["elasticsearch_cluster_ref_id"] = resource.elasticsearch_ref_id
    return payload


def _move(world: World, element: dict[str, Any], pattern: dict[str, Any] | None) -> None:
    if pattern is None:
        return
    name = pattern["instance_configuration_id"]
    element["instance_configuration_id"] = name
    element["instance_configuration_version"] = world.configurations[name]["config_version"]
