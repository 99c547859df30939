"""The attributes of ``ece_deployment_trust_external``."""

from __future__ import annotations

from typing import Final

from ece_provider.decisions import ATTRIBUTES
from ece_provider.trust import attributes as common
from terraform_plugin.schema import Attribute, Schema, timeouts
from terraform_plugin.types import STRING
from terraform_plugin.validators import NotEmpty
from terraform_plugin.values import Values

TYPE_NAME: Final = "ece_deployment_trust_external"

SCHEMA: Final = Schema(
    description=(
        "Which clusters of another ECE a deployment trusts, for connections by certificate. The other ECE is named by "
        "an `ece_trust_relationship` of this platform. Connections need the trust of both sides: the other deployment "
        "has to trust this one, too, and nothing here can see whether it does."
    ),
    attributes={
        "deployment_id": common.deployment_id(),
        "ref_id": common.ref_id(),
        "trust_relationship_id": Attribute(
            type=STRING,
            required=True,
            replace=True,
            description="Id of the `ece_trust_relationship` that stands for the other ECE.",
            validators=(NotEmpty(),),
        ),
        "trust_all": common.trust_all("the other ECE"),
        "cluster_ids": common.cluster_ids(
            "Ids of the Elasticsearch clusters that are trusted (`cluster_id` of a deployment, not its id); an empty "
            "set trusts none. ECE verifies none of them: a wrong id fails without a word. Without `trust_all` and "
            "`cluster_ids` the list is left to `ece_deployment_trust_member`."
        ),
        "id": common.computed("`<deployment id>/<ref_id>/external/<trust relationship id>`."),
        **ATTRIBUTES,
        "timeouts": timeouts(common.TIMEOUTS),
    },
)

IDENTITY: Final = common.identity(trust_relationship_id="Trust relationship of the platform.")


def thing_of(values: Values) -> str:
    """What names the entry: a deployment has one for each relationship."""
    return f"{values['deployment_id']}/external/{values['trust_relationship_id']}"
