"""The attributes of ``ece_deployment_trust_member``."""

from __future__ import annotations

from typing import Final

from ece_domain.findings import InvalidValue
from ece_provider.trust import attributes as common
from ece_provider.trust.entries import ACCOUNT, DIRECT, EXTERNAL
from ece_provider.validators import Rule
from terraform_plugin.schema import Attribute, Schema, timeouts
from terraform_plugin.types import STRING
from terraform_plugin.validators import NotEmpty
from terraform_plugin.values import Values

TYPE_NAME: Final = "ece_deployment_trust_member"


def check_trust(text: str) -> None:
    """Refuse what names no entry.

    Raises:
        InvalidValue: another form.
    """
    kind, _, name = text.partition("/")
    if text == ACCOUNT or (kind in (EXTERNAL, DIRECT) and name and "/" not in name):
        return
    raise InvalidValue(
        f'"{text}" names no entry: "account", "external/<trust relationship id>" or "direct/<uid>" is needed'
    )


SCHEMA: Final = Schema(
    description=(
        "One cluster in the list of a trust entry, for lists that several states share. The entry itself belongs to "
        "nobody, or to an object without `cluster_ids`; an object with `cluster_ids` owns the whole list and removes "
        "what it does not know. An entry that trusts all has no list, and is refused."
    ),
    attributes={
        "deployment_id": common.deployment_id(),
        "ref_id": common.ref_id(),
        "trust": Attribute(
            type=STRING,
            required=True,
            replace=True,
            description="The entry: `account` for clusters of the same environment, "
            "`external/<trust relationship id>`, or `direct/<uid>`.",
            validators=(Rule("`account`, `external/<trust relationship id>` or `direct/<uid>`", check_trust),),
        ),
        "cluster_id": Attribute(
            type=STRING,
            required=True,
            replace=True,
            description="Id of the Elasticsearch cluster that is trusted (`cluster_id` of a deployment, not its id).",
            validators=(NotEmpty(),),
        ),
        "id": common.computed("`<deployment id>/<ref_id>/member/<trust>/<cluster id>`."),
        "timeouts": timeouts(common.TIMEOUTS),
    },
)

IDENTITY: Final = common.identity(trust="The entry.", cluster_id="The cluster that is trusted.")


def thing_of(values: Values) -> str:
    """What names the member."""
    return f"{values['deployment_id']}/member/{values['trust']}/{values['cluster_id']}"
