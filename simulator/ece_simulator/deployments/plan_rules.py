"""Which plans ECE accepts: versions, instance configurations, sizes, zones, node roles; and what it fills in.

Error codes: `clusters.cluster_invalid_plan` and `cluster.invalid_instance_config` occur in public threads; which one
goes with which rule is inferred.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ece_simulator.problems import Complaint
from ece_simulator.stack.versions import offered, parse, upgradable
from ece_simulator.templates.catalogue import MAX_ZONES, Template, size

if TYPE_CHECKING:
    from ece_simulator.world import World

INVALID_PLAN = "clusters.cluster_invalid_plan"
INVALID_CONFIGURATION = "cluster.invalid_instance_config"
NODE_ROLES = "deployments.elasticsearch.node_roles_error"
LAST_MAJOR = {"apm": 7, "enterprise_search": 8, "appsearch": 7}


@dataclass
class PlanCheck:
    """Normalises plans of one request and collects what is wrong with them."""

    world: World
    complaints: list[Complaint] = field(default_factory=list)

    def complain(self, code: str, place: str, message: str) -> None:
        """Notes one refusal."""
        self.complaints.append(Complaint(code, message, (place,)))

    def template_of(self, plan: dict[str, Any], place: str) -> Template | None:
        """The template a plan names; an unknown one is a complaint."""
        name = (plan.get("deployment_template") or {}).get("id")
        if name is None:
            return None
        template = self.world.templates.get(name)
        if template is None:
            text = f"The deployment template [{name}] was not found"
            self.complain("templates.template_not_found", f"{place}.plan.deployment_template.id", text)
        return template

    def elasticsearch(self, payload: dict[str, Any], place: str, version: str | None) -> dict[str, Any]:
        """The plan as ECE would keep it."""
        plan: dict[str, Any] = copy.deepcopy(payload["plan"])
        template = self.template_of(plan, place)
        wanted = plan["elasticsearch"].get("version") or version
        plan["elasticsearch"]["version"] = wanted
        self._version(wanted, f"{place}.plan.elasticsearch.version")
        known = template.elements() if template else {}
        for index, element in enumerate(plan["cluster_topology"]):
            where = f"{place}.plan.cluster_topology[{index}]"
            self._fill(element, known.get(element.get("id", "")))
            self._element("elasticsearch", element, where)
            self._roles(element, wanted, where)
        self._has_a_cluster(plan["cluster_topology"], f"{place}.plan.cluster_topology")
        return plan

    def stateless(self, kind: str, payload: dict[str, Any], place: str, version: str | None) -> dict[str, Any]:
        """The plan of any kind but Elasticsearch; a blank version is that of Elasticsearch."""
        plan: dict[str, Any] = copy.deepcopy(payload["plan"])
        plan[kind]["version"] = plan[kind].get("version") or version
        where = f"{place}.plan.{kind}.version"
        self._version(plan[kind]["version"], where)
        self._fits_elasticsearch(kind, plan[kind]["version"], version, where)
        zones = plan.pop("zone_count", None)  # recorded templates keep it on the plan
        for index, element in enumerate(plan.setdefault("cluster_topology", [])):
            element.setdefault("zone_count", zones or 1)
            self._element(kind, element, f"{place}.plan.cluster_topology[{index}]")
        return plan

    def upgrade(self, current: str, wanted: str, place: str) -> None:
        """Refuses downgrades and skipped upgrade paths."""
        if not current or current == wanted or wanted not in offered():
            return
        if parse(wanted) < parse(current):
            self.complain(INVALID_PLAN, place, f"Downgrade from [{current}] to [{wanted}] is not possible")
        elif not upgradable(current, wanted):
            self.complain(INVALID_PLAN, place, f"Upgrade from [{current}] to [{wanted}] is not supported")

    def _version(self, version: str | None, place: str) -> None:
        if version is None:
            self.complain(INVALID_PLAN, place, "A stack version is required")
        elif version not in offered():
            self.complain(INVALID_PLAN, place, f"The stack version [{version}] is not available")

    def _fits_elasticsearch(self, kind: str, version: str | None, search: str | None, place: str) -> None:
        if version not in offered() or search not in offered() or version is None or search is None:
            return
        if parse(version) > parse(search):
            text = f"The version [{version}] of [{kind}] is newer than Elasticsearch [{search}]"
            self.complain(INVALID_PLAN, place, text)
        elif parse(version)[0] > LAST_MAJOR.get(kind, 99):
            self.complain(INVALID_PLAN, place, f"[{kind}] is not available with version [{version}]")

    def _fill(self, element: dict[str, Any], known: dict[str, Any] | None) -> None:
        element.setdefault("zone_count", 1)
        if element.get("node_roles"):
            element.pop("node_type", None)
        if known is not None:
            element.setdefault("instance_configuration_id", known["instance_configuration_id"])

    def _element(self, kind: str, element: dict[str, Any], place: str) -> None:
        name = element.get("instance_configuration_id")
        configuration = self.world.configurations.get(name or "")
        if configuration is None or configuration["instance_type"] != kind:
            text = f"The instance configuration [{name}] does not exist for [{kind}]"
            self.complain(INVALID_CONFIGURATION, f"{place}.instance_configuration_id", text)
            return
        sizes = configuration["discrete_sizes"]
        element.setdefault("size", size(sizes["default_size"]))
        self._size(element["size"], sizes, place)
        zones = element.get("zone_count") or 1
        if not 1 <= zones <= MAX_ZONES:
            text = f"zone_count must be between 1 and {MAX_ZONES}, got [{zones}]"
            self.complain(INVALID_PLAN, f"{place}.zone_count", text)

    def _size(self, given: dict[str, Any], sizes: dict[str, Any], place: str) -> None:
        value, allowed = given["value"], sizes["sizes"]
        if given["resource"] != sizes["resource"]:
            text = f"The size must be given as [{sizes['resource']}]"
            self.complain(INVALID_PLAN, f"{place}.size.resource", text)
        largest = max(allowed)
        if value != 0 and value not in allowed and (value < largest or value % largest):
            text = f"The size [{value}] is not one of {allowed} or a multiple of [{largest}]"
            self.complain(INVALID_PLAN, f"{place}.size.value", text)

    def _roles(self, element: dict[str, Any], version: str | None, place: str) -> None:
        if element.get("node_roles") is not None or (version in offered() and parse(version)[0] < 8):
            return
        self.complain(NODE_ROLES, f"{place}.node_roles", f"node_roles are required for version [{version}]")

    def _has_a_cluster(self, topology: list[dict[str, Any]], place: str) -> None:
        active = [e for e in topology if e.get("size", {}).get("value", 0) > 0]
        roles = {role for element in active for role in element.get("node_roles") or ()}
        legacy = any((element.get("node_type") or {}).get("data") for element in active)
        if not active:
            self.complain(INVALID_PLAN, place, "At least one topology element must have a size")
        elif not legacy and not {"master", "data_content"} <= roles:
            text = "The topology must hold nodes with the roles [master] and [data_content]"
            self.complain(NODE_ROLES, place, text)


def comparable(plan: dict[str, Any], template: Template | None, world: World) -> dict[str, Any]:
    """A plan without what makes no difference: transient part, tiers of size 0, order, secrets, filled defaults."""
    plan = with_defaults(copy.deepcopy(plan), template)
    for element in plan.get("cluster_topology", []):
        configuration = world.configurations.get(element.get("instance_configuration_id", ""), {})
        element.setdefault("instance_configuration_version", configuration.get("config_version"))
    plan.pop("transient", None)
    plan["cluster_topology"] = sorted(
        (e for e in plan.get("cluster_topology", []) if e["size"]["value"]),
        key=lambda e: (e.get("id", ""), e.get("instance_configuration_id", "")),
    )
    plan.get("integrations_server", {}).pop("system_settings", None)
    plan.get("apm", {}).pop("system_settings", None)
    cleaned: dict[str, Any] = without_empty(plan)
    return cleaned


def without_empty(value: Any) -> Any:
    """The same JSON without nulls and empty objects: absent and empty mean the same in a plan."""
    if isinstance(value, dict):
        cleaned = {key: without_empty(item) for key, item in value.items()}
        return {key: item for key, item in cleaned.items() if item is not None and item != {}}
    if isinstance(value, list):
        return [without_empty(item) for item in value]
    return value


def with_defaults(plan: dict[str, Any], template: Template | None) -> dict[str, Any]:
    """Fills what `show_plan_defaults=true` shows: autoscaling limits, element control. Changes the plan given."""
    known = template.elements() if template else {}
    if "elasticsearch" in plan:
        plan.setdefault("autoscaling_enabled", False)
    for element in plan.get("cluster_topology", []):
        pattern = known.get(element.get("id", ""), {})
        for name in ("autoscaling_max", "autoscaling_min", "topology_element_control", "elasticsearch"):
            if name in pattern:
                element.setdefault(name, copy.deepcopy(pattern[name]))
    return plan


def with_template_elements(plan: dict[str, Any], template: Template | None) -> dict[str, Any]:
    """Adds the template's missing tiers with size 0 (`enrich_with_template`; size inferred). Changes the plan."""
    present = {element.get("id") for element in plan.get("cluster_topology", [])}
    for name, pattern in (template.elements() if template else {}).items():
        if name not in present and None not in present:
            element = copy.deepcopy(pattern)
            element.pop("node_type", None)
            plan["cluster_topology"].append({**element, "size": size(0)})
    return plan
