"""The attributes of ``ece_traffic_filter_association``."""

from __future__ import annotations

from typing import Final

from ece_provider.decisions import ATTRIBUTES
from ece_provider.validators import DEPLOYMENT_ID, TRAFFIC_FILTER_ID
from terraform_plugin.schema import Attribute, IdentityAttribute, IdentitySchema, Schema
from terraform_plugin.types import BOOL, STRING, ListOf

TYPE_NAME: Final = "ece_traffic_filter_association"

SCHEMA: Final = Schema(
    description=(
        "Puts a rule set of traffic filters on a deployment. The first one turns the deployment from letting in "
        "everybody to letting in who matches a rule."
    ),
    attributes={
        "deployment_id": Attribute(
            type=STRING,
            required=True,
            replace=True,
            description="Id of the deployment.",
            validators=(DEPLOYMENT_ID,),
        ),
        "traffic_filter_id": Attribute(
            type=STRING,
            required=True,
            replace=True,
            description="Id of the `ece_traffic_filter`.",
            validators=(TRAFFIC_FILTER_ID,),
        ),
        "requires": Attribute(
            type=ListOf(STRING),
            optional=True,
            local=True,
            description=(
                "Ids of associations of the same deployment that must be there first. A rule set of type "
                "`remote_cluster` alone locks out all users, so it must come after an IP rule set: name the "
                "association of that one here. Lives in Terraform only."
            ),
        ),
        "acknowledge_lockout": Attribute(
            type=BOOL,
            optional=True,
            computed=True,
            default=False,
            local=True,
            description=(
                "Associate a `remote_cluster` rule set although no IP rule set is there, so that only remote clusters "
                "get in; default `false`. Lives in Terraform only."
            ),
        ),
        **ATTRIBUTES,
        "id": Attribute(type=STRING, computed=True, description="`<deployment id>/<traffic filter id>`."),
    },
)

IDENTITY: Final = IdentitySchema(
    {
        "deployment_id": IdentityAttribute(STRING, "Id of the deployment."),
        "traffic_filter_id": IdentityAttribute(STRING, "Id of the traffic filter."),
    }
)
