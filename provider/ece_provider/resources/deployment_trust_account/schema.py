"""The attributes of ``ece_deployment_trust_account``."""

from __future__ import annotations

from typing import Final

from ece_provider.decisions import ATTRIBUTES
from ece_provider.trust import attributes as common
from terraform_plugin.schema import Schema, timeouts
from terraform_plugin.values import Values

TYPE_NAME: Final = "ece_deployment_trust_account"

SCHEMA: Final = Schema(
    description=(
        "Which clusters of the same environment a deployment trusts, for connections by certificate. Every deployment "
        "has this entry from the start (the default trust of the environment), so it is taken over as it is, and put "
        "back as it was when this object is destroyed. One object per deployment holds the whole list; to add single "
        "clusters from other states use `ece_deployment_trust_member` in its place. Connections need the trust of both "
        "sides, those by API key need none."
    ),
    attributes={
        "deployment_id": common.deployment_id(),
        "ref_id": common.ref_id(),
        "trust_all": common.trust_all("the environment"),
        "cluster_ids": common.cluster_ids(
            "Ids of the Elasticsearch clusters that are trusted (`cluster_id` of a deployment, not its id); an empty "
            "set trusts none. The whole list: what it does not hold is removed."
        ),
        "account_id": common.computed("Account of the environment, which has exactly one."),
        "id": common.computed("`<deployment id>/<ref_id>/account/<account id>`."),
        **ATTRIBUTES,
        "timeouts": timeouts(common.TIMEOUTS),
    },
)

IDENTITY: Final = common.identity(account_id="Account of the environment.")


def thing_of(values: Values) -> str:
    """What names the entry before its account is known: a deployment has one such entry."""
    return f"{values['deployment_id']}/account"
