"""Keystore calls."""

from __future__ import annotations

from ece_simulator.call import Answer, Call
from ece_simulator.deployments.model import Resource
from ece_simulator.keystore.rules import merge, redacted
from ece_simulator.problems import Problem


def get_deployment_es_resource_keystore(call: Call) -> Answer:
    """GET …/keystore: names only."""
    return Answer(redacted(_resource(call).keystore))


def set_deployment_es_resource_keystore(call: Call) -> Answer:
    """PATCH …/keystore."""
    deployment = call.world.deployment(call.path["deployment_id"])
    call.world.refuse_system_owned(deployment)
    resource = _resource(call)
    if resource.stopped and not call.world.switches.keystore_on_stopped:
        raise Problem(500, "deployments.metadata_internal_error", "The resource is shut down")
    merge(resource.keystore, call.body["secrets"])
    resource.keystore_changed()
    return Answer(redacted(resource.keystore))


def _resource(call: Call) -> Resource:
    deployment = call.world.deployment(call.path["deployment_id"])
    return deployment.find("elasticsearch", call.path["ref_id"])
