"""The attributes of ``ece_traffic_filter``."""

from __future__ import annotations

from typing import Any, Final

from ece_domain.traffic_filters import MAX_RULES, TYPES
from ece_provider.decisions import ATTRIBUTES
from terraform_plugin.schema import Attribute, IdentityAttribute, IdentitySchema, Nested, Nesting, Schema, timeouts
from terraform_plugin.types import BOOL, STRING
from terraform_plugin.validators import NotEmpty, OneOf

TYPE_NAME: Final = "ece_traffic_filter"

TIMEOUTS: Final = {"delete": "60m"}
"""How long a delete waits for associated deployments that are being deleted at the same time."""


def _same_text(left: Any, right: Any) -> bool:
    """A blank description is none: the API does not tell them apart."""
    return (left or "") == (right or "")


def _same_rules(left: Any, right: Any) -> bool:
    from ece_provider.resources.traffic_filter.mapping import same_state_rules

    return same_state_rules(left, right)


_RULES: Final = Attribute(
    required=True,
    description=(
        f"Who may come in, 1 to {MAX_RULES} rules. A deployment lets in whoever matches any rule of any of its sets. "
        "Rules are compared by content."
    ),
    equivalent=_same_rules,
    nested=Nested(
        Nesting.SET,
        {
            "source": Attribute(
                type=STRING,
                optional=True,
                description=(
                    "For type `ip`: an address or CIDR block without host bits, such as `192.0.2.7` or "
                    "`192.0.2.0/24`. IPv6 is documented since ECE 4.2. DNS names are not allowed."
                ),
            ),
            "environment_id": Attribute(
                type=STRING,
                optional=True,
                description="For type `remote_cluster`: let in all clusters of this environment.",
            ),
            "cluster_id": Attribute(
                type=STRING,
                optional=True,
                description=(
                    "For type `remote_cluster`: let in this Elasticsearch cluster (`cluster_id` of a deployment, "
                    "not its id). With `environment_id` beside it both must match (inferred)."
                ),
            ),
            "description": Attribute(type=STRING, optional=True, description="What the rule is for."),
        },
    ),
)

SCHEMA: Final = Schema(
    description=(
        "A rule set of traffic filters. It does nothing by itself: an `ece_traffic_filter_association` puts it on a "
        "deployment."
    ),
    attributes={
        "name": Attribute(type=STRING, required=True, description="Name of the rule set.", validators=(NotEmpty(),)),
        "type": Attribute(
            type=STRING,
            required=True,
            replace=True,
            description=(
                "`ip`: rules hold addresses and count at all ports but 9400. `remote_cluster`: rules hold clusters or "
                "environments and count at port 9443 only, within one ECE. A change replaces the rule set."
            ),
            validators=(OneOf(*TYPES),),
        ),
        "rules": _RULES,
        "description": Attribute(
            type=STRING, optional=True, description="What the rule set is for.", equivalent=_same_text
        ),
        "include_by_default": Attribute(
            type=BOOL,
            optional=True,
            computed=True,
            default=False,
            description="Put the rule set on every deployment that is created from now on; default `false`.",
        ),
        "region": Attribute(
            type=STRING,
            optional=True,
            computed=True,
            replace=True,
            description=(
                "Region of the rule set; `ece-region` on ECE. On Elastic Cloud Hosted a rule set works for deployments "
                "of its region only: left out, it is the provider's, or the only one that has deployments."
            ),
            validators=(NotEmpty(),),
        ),
        "id": Attribute(type=STRING, computed=True, description="Id of the rule set."),
        **ATTRIBUTES,
        "timeouts": timeouts(TIMEOUTS),
    },
)

IDENTITY: Final = IdentitySchema({"id": IdentityAttribute(STRING, "Id of the rule set.")})
