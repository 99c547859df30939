"""Calls on one resource of a deployment."""

from __future__ import annotations

from typing import Any

from ece_simulator.call import Answer, Call
from ece_simulator.deployments import lifecycle
from ece_simulator.deployments.handlers import refuse_hide
from ece_simulator.deployments.model import Deployment, Resource
from ece_simulator.deployments.views import attempt_view, resource_view
from ece_simulator.elasticsearch.cluster import ELASTIC
from ece_simulator.problems import Problem, resource_not_found


def _target(call: Call, kind: str | None = None) -> tuple[Deployment, Resource]:
    deployment = call.world.deployment(call.path["deployment_id"])
    kind = kind or call.path.get("resource_kind") or call.path.get("stateless_resource_kind") or "elasticsearch"
    return deployment, deployment.find(kind, call.path["ref_id"])


def _writable(call: Call) -> tuple[Deployment, Resource]:
    deployment, resource = _target(call)
    call.world.refuse_system_owned(deployment)
    return deployment, resource


def _crud(resource: Resource) -> dict[str, Any]:
    return {"id": resource.id, "kind": resource.kind, "ref_id": resource.ref_id}


def _info(call: Call, kind: str) -> Answer:
    deployment = call.world.deployment(call.path["deployment_id"])
    try:
        resource = deployment.find(kind, call.path["ref_id"])
    except Problem as missing:  # the document knows only the deployment's code for this 404
        raise Problem(404, "deployments.deployment_not_found", missing.complaints[0].message) from missing
    view = resource_view(call.world, deployment, resource, call.query)
    if call.query["show_plans"]:
        call.world.plans.note_read(resource)
    return Answer(view)


def get_deployment_es_resource_info(call: Call) -> Answer:
    """GET …/elasticsearch/{ref_id}."""
    return _info(call, "elasticsearch")


def get_deployment_kib_resource_info(call: Call) -> Answer:
    """GET …/kibana/{ref_id}."""
    return _info(call, "kibana")


def get_deployment_apm_resource_info(call: Call) -> Answer:
    """GET …/apm/{ref_id}."""
    return _info(call, "apm")


def get_deployment_integrations_server_resource_info(call: Call) -> Answer:
    """GET …/integrations_server/{ref_id}."""
    return _info(call, "integrations_server")


def get_deployment_enterprise_search_resource_info(call: Call) -> Answer:
    """GET …/enterprise_search/{ref_id}."""
    return _info(call, "enterprise_search")


def shutdown_resource(call: Call) -> Answer:
    """POST …/{kind}/{ref_id}/_shutdown; Elasticsearch takes its dependents down with it (inferred)."""
    deployment, resource = _writable(call)
    refuse_hide(call)
    affected = deployment.resources if resource.kind == "elasticsearch" else [resource]
    lifecycle.free_of_plans(
        call.world, affected, cancel=call.world.switches.shutdown_during_plan == "cancel"
    )  # fmt: skip
    for each in affected:
        action = f"deployments.{call.operation_id}"
        lifecycle.stop_resource(call.world, deployment, each, call.user, hide=bool(call.query["hide"]), action=action)
    deployment.touch(call.world.agenda.now)
    return Answer({"warnings": []})


def restart_resource(call: Call) -> Answer:
    """POST …/{kind}/{ref_id}/_restart: 422 while a plan is pending, unless it is to be cancelled."""
    deployment, resource = _writable(call)
    if resource.pending is not None and not call.query["cancel_pending"]:
        text = f"The [{resource.kind}] resource [{resource.ref_id}] has a plan still pending"
        raise Problem(422, "deployments.deployment_resource_plan_change_error", text)
    call.world.plans.cancel(resource)
    lifecycle.start_resource(call.world, deployment, resource, call.user, f"deployments.{call.operation_id}")
    return Answer({"warnings": []}, 202)


def restore_deployment_resource(call: Call) -> Answer:
    """POST …/{kind}/{ref_id}/_restore."""
    deployment, resource = _writable(call)
    if not resource.stopped:
        raise lifecycle.not_shut_down(resource)
    lifecycle.start_resource(call.world, deployment, resource, call.user, f"deployments.{call.operation_id}")
    return Answer(_crud(resource))


def cancel_deployment_resource_pending_plan(call: Call) -> Answer:
    """DELETE …/{kind}/{ref_id}/plan/pending."""
    _, resource = _writable(call)
    if resource.pending is None and not call.query["ignore_missing"]:
        text = f"The [{resource.kind}] resource [{resource.ref_id}] has no pending plan"
        raise Problem(400, "deployments.resource_does_not_have_a_pending_plan", text)
    call.world.plans.cancel(resource, forget=bool(call.query["force_delete"]))
    return Answer(_crud(resource))


def delete_deployment_stateless_resource(call: Call) -> Answer:
    """DELETE …/{stateless kind}/{ref_id}: for good, once it is shut down."""
    deployment, resource = _writable(call)
    lifecycle.delete_resource(call.world, deployment, resource)
    return Answer(_crud(resource))


def reset_elasticsearch_user_password(call: Call) -> Answer:
    """POST …/elasticsearch/{ref_id}/_reset-password: a new password of the user elastic, shown this once."""
    _, resource = _writable(call)
    elastic = resource.cluster.users[ELASTIC]
    elastic.password = call.world.ids.word(24)
    return Answer({"username": elastic.name, "password": elastic.password})


def get_deployment_resource_plan_activity(call: Call) -> Answer:
    """GET …/{kind}/{ref_id}/activity/{attempt_id}: one attempt, pending or past, with its log."""
    deployment, resource = _target(call)
    wanted = call.path["attempt_id"]
    for attempt in resource.attempts():
        if attempt.attempt_id == wanted and attempt.started <= call.world.agenda.now:
            return Answer(attempt_view(call.world, attempt, {"show_plan_logs": True, "enrich_with_template": False}))
    missing = resource_not_found(deployment.id, resource.kind, resource.ref_id)
    raise Problem(404, missing.complaints[0].code, f"The plan attempt [{wanted}] was not found")  # code inferred
