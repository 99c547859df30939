"""The attributes of ``ece_cross_cluster_enablement``."""

from __future__ import annotations

from typing import Final

from ece_provider.trust import attributes as common
from terraform_plugin.schema import Schema, timeouts

TYPE_NAME: Final = "ece_cross_cluster_enablement"

TIMEOUTS: Final = {"create": "60m", "read": "30m"}
"""How long each verb waits; read only goes on with an interrupted change."""

SCHEMA: Final = Schema(
    description=(
        'What the console calls "Enable CCR": a deployment made before ECE 2.9.0 gets node certificates with its '
        "cluster in their names, without which no other cluster can trust it. Elasticsearch and its Kibana are changed "
        "by a plan; a deployment with one node or one zone may be away for a moment, and the plan of Terraform shows "
        "what ECE warns of. Nothing tells whether it was done, so it is done once when the object is created, an "
        "import takes it for done, and destroying the object changes nothing. Account trust is set by "
        "`ece_deployment_trust_account` afterwards."
    ),
    attributes={
        "deployment_id": common.deployment_id(),
        "ref_id": common.ref_id(),
        "id": common.computed("`<deployment id>/<ref_id>`."),
        "timeouts": timeouts(TIMEOUTS),
    },
)

IDENTITY: Final = common.identity()
