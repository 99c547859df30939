"""Template calls. Both want `?region=`, also on ECE."""

from __future__ import annotations

import copy
from typing import Any

from ece_simulator.call import Answer, Call
from ece_simulator.clock import iso
from ece_simulator.problems import Problem
from ece_simulator.stack.versions import parse
from ece_simulator.templates.catalogue import MAX_ZONES, Template


def get_deployment_templates_v2(call: Call) -> Answer:
    """GET /deployments/templates: hidden ones only with `show_hidden=true`."""
    _check_region(call)
    found = [
        template
        for template in call.world.templates.values()
        if (call.query["show_hidden"] or not template.hidden) and _matches(template, call.query["metadata"])
    ]
    return Answer([_info(call, template) for template in sorted(found, key=lambda t: t.order)])


def get_deployment_template_v2(call: Call) -> Answer:
    """GET /deployments/templates/{template_id}."""
    _check_region(call)
    template_id = call.path["template_id"]
    template = call.world.templates.get(template_id)
    if template is None:
        raise Problem(404, "templates.template_not_found", f"The template [{template_id}] was not found")
    return Answer(_info(call, template))


def _check_region(call: Call) -> None:
    region = call.query["region"]
    if region not in call.world.regions:
        raise Problem(400, "templates.region_not_found", f"The region [{region}] was not found", ["region"])


def _matches(template: Template, wanted: str | None) -> bool:
    if not wanted:
        return True
    key, _, value = wanted.partition(":")
    return any(m["key"] == key and value in ("", m["value"]) for m in _metadata(template))


def _metadata(template: Template) -> list[dict[str, str]]:
    return [{"key": "parent_solution", "value": "stack"}] if not template.hidden else []


def _info(call: Call, template: Template) -> dict[str, Any]:
    source = {"facilitator": "bootstrap", "action": "install/upgrade", "date": iso(call.world.started)}
    shown: list[dict[str, Any]] = []
    if call.query["show_instance_configurations"]:
        zones = {"max_zones": MAX_ZONES} if call.query["show_max_zones"] else {}
        used = _used_configurations(template.body)
        shown = [{**call.world.configurations[name], **zones} for name in used]
    info = {
        "id": template.template_id,
        "name": template.name,
        "description": template.description,
        "deployment_template": adapted(template.body, call.query["stack_version"], call.query["region"]),
        "system_owned": template.system_owned,
        "source": source,
        "metadata": _metadata(template),
        "instance_configurations": shown,
        "order": template.order,
        "hidden": template.hidden,
        "template_category_id": template.template_id,
    }
    if template.min_version:
        info["min_version"] = template.min_version
    return info


def adapted(body: dict[str, Any], stack_version: str | None, region: str | None = None) -> dict[str, Any]:
    """The template for one stack version (what changes with it is inferred): dead kinds left out, version set."""
    body = copy.deepcopy(body)
    for payloads in body["resources"].values() if region is not None else ():
        for payload in payloads:
            payload["region"] = region
    if stack_version is None:
        return body
    major = parse(stack_version)[0]
    for kind in [k for k, last in (("apm", 7), ("enterprise_search", 8)) if major > last]:
        body["resources"].pop(kind, None)
    for kind, payloads in body["resources"].items():
        for payload in payloads:
            payload["plan"][kind]["version"] = stack_version
    return body


def _used_configurations(body: dict[str, Any]) -> list[str]:
    elements = (
        element
        for payloads in body["resources"].values()
        for payload in payloads
        for element in payload["plan"]["cluster_topology"]
    )
    return list(dict.fromkeys(element["instance_configuration_id"] for element in elements))
