"""From planned values to request bodies: creating from a template, changing a running deployment. Pure, no I/O.

A body never holds trust, keystore or remote clusters, and never a part that is not configured.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import Any, Final

from ece_domain.versions import Version
from ece_provider.resources.deployment.mapping import plan_of, resource_of
from ece_provider.resources.deployment.schema import STATELESS_KINDS
from ece_provider.resources.deployment.tiers import by_tier, tier_of, with_amount, without_size
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.values import Values

Json = Mapping[str, Any]

REF_IDS: Final = {"kibana": "main-kibana", "integrations_server": "main-integrations_server"}
"""Reference ids of the parts that are made here; existing ones keep theirs."""

PLAN_ATTRIBUTES: Final = frozenset({"version", "template_id", "tiers", *STATELESS_KINDS})
"""Attributes whose change needs a plan of the platform."""

_FIRST_WITH_ROLES = Version(7, 10, 0)


def create_body(template: Json, planned: Values, region: str) -> dict[str, Any]:
    """The body of ``create-deployment``: the template's, with what is configured put in.

    ``template`` is a ``DeploymentTemplateInfoV2``.

    Raises:
        DiagnosticError: the template lacks a part that is configured.
    """
    request = template.get("deployment_template") or {}
    body: dict[str, Any] = {
        "name": planned["name"],
        "resources": {
            "elasticsearch": [_new_elasticsearch(template, planned, region)],
            **{
                kind: [new_stateless(template, kind, planned, region)]
                for kind in STATELESS_KINDS
                if planned.get(kind) is not None
            },
        },
        "metadata": {"tags": tags_of(planned)},
    }
    if request.get("settings"):
        body["settings"] = deepcopy(request["settings"])
    return body


def tags_of(planned: Values) -> list[dict[str, str]]:
    """Tags as the API writes them, in a fixed order."""
    return [{"key": key, "value": value} for key, value in sorted((planned.get("tags") or {}).items())]


def _new_elasticsearch(template: Json, planned: Values, region: str) -> dict[str, Any]:
    payload = _template_payload(template, "elasticsearch", region)
    payload["ref_id"] = planned["ref_id"]
    plan = payload["plan"]
    plan["cluster_topology"] = _topology(plan.get("cluster_topology") or (), (), planned, template)
    plan["deployment_template"] = {"id": template["id"]}
    _set_version(plan, "elasticsearch", planned["version"])
    return payload


def new_stateless(template: Json, kind: str, planned: Values, region: str, ref_id: str | None = None) -> dict[str, Any]:
    """The payload of a Kibana or Integrations Server that is not there yet.

    Raises:
        DiagnosticError: the template has none.
    """
    payload = _template_payload(template, kind, region)
    payload["ref_id"] = REF_IDS[kind]
    payload["elasticsearch_cluster_ref_id"] = ref_id or planned["ref_id"]
    _set_stateless(payload["plan"], kind, planned)
    return payload


def _template_payload(template: Json, kind: str, region: str) -> dict[str, Any]:
    payload = resource_of(template.get("deployment_template") or {}, kind)
    if payload is None:
        raise DiagnosticError(
            f"The template has no {kind}",
            f'Deployment template "{template.get("id")}" has no {kind}. Leave {kind} out, or choose a template '
            "that has it.",
            Path(kind if kind in STATELESS_KINDS else "template_id"),
        )
    copy = deepcopy(dict(payload))
    copy.setdefault("region", region)
    copy["plan"] = dict(copy.get("plan") or {})
    return copy


def _set_version(plan: dict[str, Any], kind: str, version: str) -> None:
    plan[kind] = {**(plan.get(kind) or {}), "version": version}


def _set_stateless(plan: dict[str, Any], kind: str, planned: Values) -> None:
    """Size, zones and version; templates may hold the zones on the plan, where the API no longer reads them."""
    amount = planned[kind]
    elements = plan.get("cluster_topology") or [{}]
    plan.pop("zone_count", None)
    plan["cluster_topology"] = [with_amount(elements[0], amount["size"], amount["zone_count"]), *elements[1:]]
    _set_version(plan, kind, planned["version"])


def _topology(
    elements: Collection[Json], spare: Collection[Json], planned: Values, template: Json
) -> list[dict[str, Any]]:
    """The elements with the configured tiers put in; ``spare`` are elements of the template for tiers not there yet.

    Raises:
        DiagnosticError: neither has a tier that is configured.
    """
    tiers: Mapping[str, Any] | None = planned.get("tiers")
    modern = Version.parse(planned["version"]) >= _FIRST_WITH_ROLES
    if not isinstance(tiers, dict):
        return [_with_one_role_form(element, modern) for element in elements]
    chosen, extra = by_tier(elements), by_tier(spare)
    for name in tiers:
        if name not in chosen and name not in extra:
            raise unknown_tier(name, template)
    result = [
        _with_one_role_form(_resized(element, tiers, name) if name and chosen[name] is element else element, modern)
        for element, name in ((element, tier_of(element)) for element in elements)
    ]
    for name in tiers:
        if name not in chosen:
            added = with_amount(extra[name], tiers[name]["size"], tiers[name]["zone_count"])
            result.append(_with_one_role_form(added, modern))
    return result


def _resized(element: Json, tiers: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The element of a tier as configured; a tier left out is switched off."""
    tier = tiers.get(name)
    return with_amount(element, tier["size"], tier["zone_count"]) if tier else without_size(element)


def unknown_tier(name: str, template: Json) -> DiagnosticError:
    """The error for a tier that the template lacks."""
    elasticsearch = resource_of(template.get("deployment_template") or {}, "elasticsearch") or {}
    offered = ", ".join(by_tier((elasticsearch.get("plan") or {}).get("cluster_topology") or ()))
    return DiagnosticError(
        "The template has no such tier",
        f'Deployment template "{template.get("id")}" has no tier "{name}". It has: {offered or "none"}.',
        Path("tiers").key(name),
    )


def _with_one_role_form(element: Json, modern: bool) -> dict[str, Any]:
    """Node roles from 7.10 on, node types before: the API refuses both at once."""
    copy = deepcopy(dict(element))
    if copy.get("node_roles") and copy.get("node_type"):
        copy.pop("node_type" if modern else "node_roles")
    return copy


def update_body(
    deployment: Json,
    planned: Values,
    changed: frozenset[str],
    *,
    template: Json | None = None,
    migrated: Json | None = None,
) -> dict[str, Any]:
    """The body of ``update-deployment``: only what changes, on the basis of the plans that run.

    ``deployment`` was read with ``clear_transient=true``. ``template`` gives the elements of parts that are added;
    ``migrated`` is the answer of ``migrate-deployment-template`` when the template changes.
    A body without resources starts no plan.
    """
    body: dict[str, Any] = {"prune_orphans": False}
    if "name" in changed:
        body["name"] = planned["name"]
    if "tags" in changed:
        body["metadata"] = {"tags": tags_of(planned)}
    resources = {}
    if changed & PLAN_ATTRIBUTES:
        elasticsearch = _changed_elasticsearch(deployment, planned, changed, template or {}, migrated)
        if elasticsearch:
            resources["elasticsearch"] = [elasticsearch]
        for kind in STATELESS_KINDS:
            if payload := _changed_stateless(deployment, kind, planned, changed, template or {}, migrated):
                resources[kind] = [payload]
    if resources:
        body["resources"] = resources
    return body


def _base_plan(resource: Json, kind: str, migrated: Json | None) -> dict[str, Any]:
    """A copy of the plan to start from: the migrated one when the template changes, else the one that runs."""
    other = resource_of(migrated or {}, kind)
    plan = deepcopy(dict((other or {}).get("plan") or plan_of(resource)))
    plan.pop("transient", None)
    return plan


def _changed_elasticsearch(
    deployment: Json, planned: Values, changed: frozenset[str], template: Json, migrated: Json | None
) -> dict[str, Any] | None:
    resource = resource_of(deployment, "elasticsearch") or {}
    plan = _base_plan(resource, "elasticsearch", migrated)
    if "tiers" in changed:
        offered = resource_of(template.get("deployment_template") or {}, "elasticsearch") or {}
        spare = (offered.get("plan") or {}).get("cluster_topology") or ()
        plan["cluster_topology"] = _topology(plan.get("cluster_topology") or (), spare, planned, template)
    if "template_id" in changed:
        plan["deployment_template"] = {"id": planned["template_id"]}
    if "version" in changed:
        _set_version(plan, "elasticsearch", planned["version"])
    if plan == _without_transient(plan_of(resource)):
        return None
    return {"ref_id": resource.get("ref_id"), "region": resource.get("region"), "plan": plan}


def _changed_stateless(
    deployment: Json, kind: str, planned: Values, changed: frozenset[str], template: Json, migrated: Json | None
) -> dict[str, Any] | None:
    """The payload of a part that is added or changes; a part that is removed goes by calls of its own."""
    if planned.get(kind) is None:
        return None
    elasticsearch = resource_of(deployment, "elasticsearch") or {}
    resource = resource_of(deployment, kind)
    if resource is None:
        if kind not in changed:
            return None
        return new_stateless(template, kind, planned, str(elasticsearch.get("region")), elasticsearch.get("ref_id"))
    plan = _base_plan(resource, kind, migrated)
    if kind in changed:
        _set_stateless(plan, kind, planned)
    elif "version" in changed:
        _set_version(plan, kind, planned["version"])
    if plan == _without_transient(plan_of(resource)):
        return None
    return {
        "ref_id": resource.get("ref_id"),
        "elasticsearch_cluster_ref_id": resource.get("elasticsearch_cluster_ref_id") or elasticsearch.get("ref_id"),
        "region": resource.get("region"),
        "plan": plan,
    }


def _without_transient(plan: Json) -> dict[str, Any]:
    return {name: value for name, value in plan.items() if name != "transient"}


def needs_template(deployment: Json, planned: Values, changed: frozenset[str]) -> bool:
    """True when the change adds a part whose form only the template knows: a tier, Kibana, Integrations Server."""
    added = any(
        kind in changed and planned.get(kind) is not None and resource_of(deployment, kind) is None
        for kind in STATELESS_KINDS
    )
    if added or "tiers" not in changed:
        return added
    present = by_tier(plan_of(resource_of(deployment, "elasticsearch") or {}).get("cluster_topology") or ())
    return any(name not in present for name in planned.get("tiers") or {})
