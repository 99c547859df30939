"""The attributes of ``ece_deployment``."""

from __future__ import annotations

from typing import Any, Final

from ece_domain.sizes import same_size
from ece_provider.validators import SIZE, VERSION
from terraform_plugin.schema import Attribute, IdentityAttribute, IdentitySchema, Nested, Nesting, Schema, timeouts
from terraform_plugin.types import BOOL, NUMBER, STRING, MapOf
from terraform_plugin.validators import Between, LengthBetween, NotEmpty

TIMEOUTS: Final = {"create": "60m", "read": "30m", "update": "60m", "delete": "60m"}
"""How long each verb waits unless ``timeouts`` says otherwise; read waits only to go on with an interrupted create."""

DEFAULT_REF_ID: Final = "main-elasticsearch"
"""The ``ref_id`` of Elasticsearch in deployments made here; Elastic's own provider uses the same."""

STATELESS_KINDS: Final = ("kibana", "integrations_server")
"""The kinds beside Elasticsearch that are attributes; other kinds (apm, enterprise_search …) are never touched."""

STATELESS_DEFAULT_SIZE: Final = "1g"


def _same_size(left: Any, right: Any) -> bool:
    return isinstance(left, str) and isinstance(right, str) and same_size(left, right)


def _same_tags(left: Any, right: Any) -> bool:
    return (left or {}) == (right or {})


def _same_cloud_id(left: Any, right: Any) -> bool:
    """The part before the colon is a label made of the name; only the rest is an address."""
    return isinstance(left, str) and isinstance(right, str) and left.rpartition(":")[2] == right.rpartition(":")[2]


def _zone_count() -> Attribute:
    return Attribute(
        type=NUMBER,
        optional=True,
        computed=True,
        default=1,
        description="Number of availability zones.",
        validators=(Between(1, 10),),
    )


def _stateless(name: str) -> Attribute:
    return Attribute(
        optional=True,
        description=f"{name}; left out: none. Removing it shuts it down and deletes it.",
        nested=Nested(
            Nesting.SINGLE,
            {
                "size": Attribute(
                    type=STRING,
                    optional=True,
                    computed=True,
                    default=STATELESS_DEFAULT_SIZE,
                    description="Memory per zone, such as `1g`; a size of the template's instance configuration.",
                    validators=(SIZE,),
                    equivalent=_same_size,
                ),
                "zone_count": _zone_count(),
            },
        ),
    )


_TIERS: Final = Attribute(
    optional=True,
    computed=True,
    description=(
        "Elasticsearch tiers by name: `hot`, `warm`, `cold`, `frozen`, `ml`, `master`, `coordinating`. "
        "Left out: the template's when the deployment is made, and not managed afterwards. "
        "A tier left out of given tiers has size 0."
    ),
    nested=Nested(
        Nesting.MAP,
        {
            "size": Attribute(
                type=STRING,
                required=True,
                description="Memory per zone, such as `8g`; a size of the tier's instance configuration.",
                validators=(SIZE,),
                equivalent=_same_size,
            ),
            "zone_count": _zone_count(),
        },
    ),
)

_EFFECTIVE_TIERS: Final = Attribute(
    computed=True,
    changes_with=("tiers", "template_id"),
    description="The tiers that have size, as the platform runs them.",
    nested=Nested(
        Nesting.MAP,
        {
            "size": Attribute(type=STRING, computed=True, description="Memory per zone."),
            "zone_count": Attribute(type=NUMBER, computed=True, description="Number of availability zones."),
            "instance_configuration_id": Attribute(
                type=STRING, computed=True, description="The instance configuration that the tier runs on."
            ),
        },
    ),
)


def _address(description: str, **more: Any) -> Attribute:
    return Attribute(type=STRING, computed=True, description=description, **more)


DEPLOYMENT_SCHEMA: Final = Schema(
    description=(
        "A deployment. Trust, remote clusters, keystore and traffic filters are objects of their own; "
        "what stands beside this object in the deployment stays as it is."
    ),
    attributes={
        "name": Attribute(type=STRING, required=True, description="Name of the deployment.", validators=(NotEmpty(),)),
        "version": Attribute(
            type=STRING,
            required=True,
            description=(
                "Version of the Elastic Stack. A newer one upgrades in place; an older one is refused. "
                "In state it is the oldest of the managed parts, so an upgrade that stopped halfway is finished."
            ),
            validators=(VERSION,),
        ),
        "template_id": Attribute(
            type=STRING,
            optional=True,
            computed=True,
            description="Deployment template; left out: the environment's `default`. A change migrates in place.",
            validators=(NotEmpty(),),
        ),
        "ref_id": Attribute(
            type=STRING,
            optional=True,
            computed=True,
            replace=True,
            description=f"Reference id of Elasticsearch within the deployment; `{DEFAULT_REF_ID}` unless given.",
            validators=(NotEmpty(),),
        ),
        "tiers": _TIERS,
        "kibana": _stateless("Kibana"),
        "integrations_server": _stateless("Integrations Server (APM and Fleet)"),
        "tags": Attribute(
            type=MapOf(STRING),
            optional=True,
            description="Tags of the deployment; left out: none.",
            equivalent=_same_tags,
        ),
        "deletion_protection": Attribute(
            type=BOOL,
            optional=True,
            computed=True,
            default=True,
            local=True,
            description=(
                "Refuse to destroy or replace the deployment. Set it to false and apply before destroying. "
                "Lives in Terraform only."
            ),
        ),
        "request_id": Attribute(
            type=STRING,
            optional=True,
            local=True,
            description=(
                "Makes creation safe to repeat: two requests with one id make one deployment. "
                "32 to 128 characters; made up unless given."
            ),
            validators=(LengthBetween(32, 128),),
        ),
        "id": _address("Id of the deployment."),
        "cluster_id": _address("Id of the Elasticsearch cluster: what trust and traffic filters name."),
        "cloud_id": _address("Cloud id, for clients.", equivalent=_same_cloud_id),
        "endpoint": _address("Host name of Elasticsearch, without scheme and port."),
        "https_url": _address("URL of Elasticsearch."),
        "kibana_url": _address("URL of Kibana; null without Kibana."),
        "effective_tiers": _EFFECTIVE_TIERS,
        "timeouts": timeouts(TIMEOUTS),
    },
)

DEPLOYMENT_IDENTITY: Final = IdentitySchema({"id": IdentityAttribute(STRING, "Id of the deployment.")})
