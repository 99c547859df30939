"""The management channel: calls of Elasticsearch's API through ECE, as a privileged user of the platform."""

from __future__ import annotations

from ece_simulator.call import Call, Later, Outcome
from ece_simulator.deployments.cluster import is_running, site_of
from ece_simulator.elasticsearch.api import API
from ece_simulator.elasticsearch.cluster import SUPERUSER
from ece_simulator.elasticsearch.site import Who
from ece_simulator.message import Reply
from ece_simulator.problems import Problem

HEADER = "x-management-request"
USER = "found-internal-admin-proxy"
"""Whom Elasticsearch sees; inferred."""


def proxied(call: Call) -> Outcome:
    """GET, POST, PUT, DELETE …/{resource_kind}/{ref_id}/proxy/{proxy_path}: the target's own status and body."""
    if call.request.headers.get(HEADER, "").lower() != "true":  # the refusal is inferred
        raise Problem(400, "root.invalid_data", f"The header [{HEADER}] must be [true]", [HEADER])
    if call.world.switches.management_channel == "refused":
        raise Problem(403, "root.unauthorized", "The management channel to Elasticsearch is not open to this user")
    deployment = call.world.deployment(call.path["deployment_id"])
    kind = call.path["resource_kind"]
    resource = deployment.find(kind, call.path["ref_id"])
    if kind != "elasticsearch":
        raise Problem(501, "sim.not_supported", f"The simulator has nothing behind the proxy of [{kind}]")
    path = call.path["proxy_path"]
    if API.is_write(call.request.method, path):
        call.world.refuse_system_owned(deployment)
    if not is_running(resource):  # status and code inferred
        raise Problem(503, "clusters.cluster_not_available", f"The cluster [{resource.id}] is not running")
    who = Who(USER, (SUPERUSER,))
    found = API.answer(site_of(call.world, deployment, resource), who, call.request, path)
    return found if isinstance(found, Reply) else Later(found)


def is_write(method: str, parameters: dict[str, str]) -> bool:
    """Whether a call through the channel changes anything."""
    return API.is_write(method, parameters["proxy_path"])
