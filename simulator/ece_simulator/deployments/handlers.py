"""Calls on whole deployments: HTTP shapes of what creation, changes and lifecycle decide."""

from __future__ import annotations

from typing import Any

from ece_simulator.call import Answer, Call
from ece_simulator.clock import iso
from ece_simulator.deployments import changes, creation, lifecycle
from ece_simulator.deployments.migration import migrated
from ece_simulator.deployments.model import Deployment, check_version
from ece_simulator.deployments.search import search
from ece_simulator.deployments.views import (
    created_summary,
    deployment_settings,
    deployment_view,
    resource_summary,
)
from ece_simulator.problems import Problem
from ece_simulator.trust.direct_entries import trusted_also_by
from ece_simulator.users.rights import PLATFORM_ADMIN

VERSION_HEADERS = ("x-cloud-resource-version", "x-cloud-resource-created", "x-cloud-resource-last-modified")


def version_headers(deployment: Deployment) -> dict[str, str]:
    """The three headers that tell version and times of a deployment."""
    values = (str(deployment.version), iso(deployment.created), iso(deployment.modified))
    return dict(zip(VERSION_HEADERS, values, strict=True))


def list_deployments(call: Call) -> Answer:
    """GET /deployments: all that are not hidden."""
    shown = [
        {
            "id": deployment.id,
            "name": deployment.name,
            "resources": [resource_summary(call.world, deployment, r) for r in deployment.resources if not r.hidden],
        }
        for deployment in call.world.deployments.values()
        if not deployment.hidden
    ]
    return Answer({"deployments": shown})


def create_deployment(call: Call) -> Answer:
    """POST /deployments: 201 new, 202 known request_id, 200 for validate_only."""
    request_id = call.query["request_id"]
    if request_id is not None and not 32 <= len(request_id) <= 128:
        text = f"request_id must have 32 to 128 characters, has {len(request_id)}"
        raise Problem(400, creation.INVALID, text, ["request_id"])
    known = call.world.deployments.get(call.world.request_ids.get(request_id or "", ""))
    if known is not None:
        return Answer(_created(call, known, first=False), 202)
    drafts = creation.drafts_for_create(call.world, call.body, call.query["template_id"])
    if call.query["validate_only"]:
        name = call.body.get("name") or ""
        diagnostics = {"creates": creation.backend_plans(call.world, drafts, name)}
        return Answer({"id": "", "name": name, "created": False, "resources": [], "diagnostics": diagnostics})
    deployment = creation.create(call.world, call.body, drafts, call.user, request_id)
    return Answer(_created(call, deployment, first=True), 201, version_headers(deployment))


def _created(call: Call, deployment: Deployment, *, first: bool) -> dict[str, Any]:
    reply: dict[str, Any] = {
        "id": deployment.id,
        "name": deployment.name,
        "created": first,
        "resources": [created_summary(call.world, deployment, r, first=first) for r in deployment.resources],
    }
    return {**reply, "alias": deployment.alias} if deployment.alias else reply


def search_deployments(call: Call) -> Answer:
    """POST /deployments/_search. The document promises the version headers here too; what they hold is inferred."""
    times = iso(call.world.started), iso(call.world.agenda.now)
    headers = dict(zip(VERSION_HEADERS, ("0", *times), strict=True))
    return Answer(search(call.world, call.body or {}), headers=headers)


def get_deployment(call: Call) -> Answer:
    """GET /deployments/{deployment_id}."""
    deployment = call.world.deployment(call.path["deployment_id"])
    view = deployment_view(call.world, deployment, call.query)
    if call.query["show_plans"]:
        for resource in deployment.resources:
            call.world.plans.note_read(resource)
    return Answer(view, headers=version_headers(deployment))


def update_deployment(call: Call) -> Answer:
    """PUT /deployments/{deployment_id}."""
    world, body = call.world, call.body
    deployment = world.deployment(call.path["deployment_id"])
    takes_flag = (body.get("metadata") or {}).get("system_owned") is False and PLATFORM_ADMIN in call.user.roles
    if not takes_flag:
        world.refuse_system_owned(deployment)
    check_version(deployment, call.query["version"], world.switches.deployment_conflict_status)
    update = changes.check_update(world, deployment, body)
    reply: dict[str, Any] = {"id": deployment.id, "name": body.get("name") or deployment.name, "resources": []}
    if call.query["validate_only"]:
        reply["diagnostics"] = {"updates": creation.backend_plans(world, update.drafts, reply["name"])}
    else:
        hide = bool(call.query["hide_pruned_orphans"])
        named = changes.carry_out(world, deployment, body, update, call.user, hide=hide)
        reply["resources"] = [resource_summary(world, deployment, resource) for resource in named]
        reply["settings"] = deployment_settings(world, deployment)
    if body["prune_orphans"]:
        reply["shutdown_resources"] = changes.pruned(update)
    if deployment.alias:
        reply["alias"] = deployment.alias
    return Answer(reply, headers=version_headers(deployment))


def shutdown_deployment(call: Call) -> Answer:
    """POST /deployments/{deployment_id}/_shutdown."""
    deployment = call.world.deployment(call.path["deployment_id"])
    refuse_hide(call)
    call.world.refuse_system_owned(deployment)
    stopped = lifecycle.shutdown(call.world, deployment, call.user, hide=bool(call.query["hide"]))
    reply = {"id": deployment.id, "name": deployment.name, "orphaned": lifecycle.orphans_of(stopped)}
    return Answer(reply)


def refuse_hide(call: Call) -> None:
    """`hide` is for platform admins."""
    if call.query["hide"] is not None and PLATFORM_ADMIN not in call.user.roles:
        text = "The parameter [hide] is restricted to platform administrators"
        raise Problem(400, "deployments.restricted_parameter", text, ["hide"])


def restore_deployment(call: Call) -> Answer:
    """POST /deployments/{deployment_id}/_restore."""
    deployment = call.world.deployment(call.path["deployment_id"])
    call.world.refuse_system_owned(deployment)
    lifecycle.restore(call.world, deployment, call.user)
    return Answer({"id": deployment.id})


def delete_deployment(call: Call) -> Answer:
    """DELETE /deployments/{deployment_id}."""
    deployment = call.world.deployment(call.path["deployment_id"])
    call.world.refuse_system_owned(deployment)
    gone = lifecycle.delete(call.world, deployment)
    return Answer({"id": deployment.id, "name": deployment.name, "orphaned": lifecycle.orphans_of(gone)})


def migrate_deployment_template(call: Call) -> Answer:
    """GET …/migrate_template: the update that would move the deployment to another template. Changes nothing."""
    deployment = call.world.deployment(call.path["deployment_id"])
    return Answer(migrated(call.world, deployment, call.query["template_id"]))


def get_deployment_certificate_authority(call: Call) -> Answer:
    """GET …/certificate-authority."""
    deployment = call.world.deployment(call.path["deployment_id"])
    environment = call.world.environment_id
    authority = call.world.region_of(deployment.elasticsearch).authority
    pattern = f"*.node.{deployment.elasticsearch.id}.cluster.{environment}.account"
    certificates = [
        public.view(trusted_also_by(call.world, public.certificate, deployment.elasticsearch))
        for public in authority.public_certificates()
    ]
    return Answer({"recommended_trust_restriction": pattern, "public_certificates": certificates})
