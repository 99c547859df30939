"""The attributes of ``ece_cross_cluster_api_key``. The key itself is none of them: it never leaves the provider."""

from __future__ import annotations

from typing import Any, Final

from ece_domain.time_values import same_time
from ece_provider.decisions import ATTRIBUTES
from ece_provider.sides import address_attributes, side_attributes
from ece_provider.validators import ALIAS, LOCAL_NAME, TIME_VALUE
from terraform_plugin.schema import Attribute, IdentityAttribute, IdentitySchema, Nested, Nesting, Schema, timeouts
from terraform_plugin.types import BOOL, STRING, ListOf, SetOf
from terraform_plugin.validators import NotEmpty

TYPE_NAME: Final = "ece_cross_cluster_api_key"

TIMEOUTS: Final = {"create": "10m", "update": "10m", "delete": "10m"}
"""How long each verb waits for plans of the local deployment, and for the connection to come back."""


def _same_time(left: Any, right: Any) -> bool:
    return isinstance(left, str) and isinstance(right, str) and same_time(left, right)


def _same_access(left: Any, right: Any) -> bool:
    from ece_provider.resources.cross_cluster_api_key.access import same_access

    return same_access(left, right)


def _strings(description: str, *, required: bool = False) -> Attribute:
    return Attribute(type=ListOf(STRING), required=required, optional=not required, description=description)


_NAMES: Final = _strings("Index patterns, such as `logs-*`.", required=True)
_RESTRICTED: Final = Attribute(
    type=BOOL, optional=True, description="Let the patterns match system indices too; off unless given."
)
_SEARCH: Final = {
    "names": _NAMES,
    "query": Attribute(
        type=STRING,
        optional=True,
        description="Only documents that this query (JSON) matches; not together with `replication`.",
        validators=(NotEmpty(),),
    ),
    "field_security": Attribute(
        optional=True,
        description="Only some fields; not together with `replication`.",
        nested=Nested(
            Nesting.SINGLE,
            {"grant": _strings("Fields that can be read."), "except": _strings("Fields of these that cannot.")},
        ),
    ),
    "allow_restricted_indices": _RESTRICTED,
}

_ACCESS: Final = Attribute(
    required=True,
    equivalent=_same_access,
    description="What the key gives access to; a change updates the key that is in use.",
    nested=Nested(
        Nesting.SINGLE,
        {
            "search": Attribute(
                optional=True,
                description="Indices for cross-cluster search.",
                nested=Nested(Nesting.LIST, _SEARCH),
            ),
            "replication": Attribute(
                optional=True,
                description="Indices for cross-cluster replication.",
                nested=Nested(Nesting.LIST, {"names": _NAMES, "allow_restricted_indices": _RESTRICTED}),
            ),
        },
    ),
)

_ROTATION: Final = ("name", "remote", "expiration", "certificate_identity")

SCHEMA: Final = Schema(
    description=(
        "A cross-cluster API key: made on the remote side, put into the keystore of the local side under an alias. "
        "The key is in the provider's memory only between these two steps, never in state, plan or logs."
    ),
    attributes={
        "name": Attribute(
            type=STRING,
            required=True,
            description="Name of the key on the remote side. A change makes a new key in its place.",
            validators=(NotEmpty(),),
        ),
        "access": _ACCESS,
        "expiration": Attribute(
            type=STRING,
            optional=True,
            equivalent=_same_time,
            description="Life of the key, such as `90d`; left out: it never expires. A change makes a new key.",
            validators=(TIME_VALUE,),
        ),
        "rotate_after": Attribute(
            type=STRING,
            optional=True,
            equivalent=_same_time,
            description=(
                "Age at which the next plan makes a new key, such as `60d`; shorter than `expiration`. "
                "Left out: the key is not rotated by age."
            ),
            validators=(TIME_VALUE,),
        ),
        "certificate_identity": Attribute(
            type=STRING,
            optional=True,
            description=(
                "Regular expression on the subject of the local node certificates, such as "
                "`CN=.*.node.<cluster id>.cluster.*`: requests must then be signed by one (strong identity "
                "verification, both sides from 9.3 on, preview; the signing settings of the local side are yours). "
                "A change makes a new key."
            ),
            validators=(NotEmpty(),),
        ),
        "roles": Attribute(
            type=SetOf(STRING),
            optional=True,
            local=True,
            description=(
                "Names of roles of the local side whose users use the connection: the plan warns when none of them "
                "reaches the alias, or asks for more than the key allows."
            ),
        ),
        "remote": Attribute(
            required=True,
            description="Where the key is made. A change makes a new key there and invalidates the old one.",
            nested=Nested(
                Nesting.SINGLE,
                {
                    **side_attributes("the remote deployment", replace=False, changes_with="remote"),
                    **address_attributes(),
                },
            ),
        ),
        "local": Attribute(
            required=True,
            description=(
                "Whose keystore receives the key: a deployment, an environment of kind `elasticsearch`, or a cluster "
                "known by `name` only. Another one, or another alias, replaces the object."
            ),
            nested=Nested(
                Nesting.SINGLE,
                {
                    **side_attributes("the local deployment", replace=True, changes_with="local"),
                    "alias": Attribute(
                        type=STRING,
                        required=True,
                        replace=True,
                        description="The name of the remote cluster in the local one.",
                        validators=(ALIAS,),
                    ),
                    "name": Attribute(
                        type=STRING,
                        optional=True,
                        replace=True,
                        description=(
                            "Name of a local cluster that no API is reached of, such as `onprem`; then neither "
                            "`deployment_id` nor `environment` is given, and `secret_file` is."
                        ),
                        validators=(LOCAL_NAME,),
                    ),
                    "secret_file": Attribute(
                        type=STRING,
                        optional=True,
                        description=(
                            "File that gets the key, for a local cluster whose keystore no API writes (self-managed, "
                            "ECK): mode 0600, written at once or not at all, without a line break at its end. It is "
                            "written again when the key is rotated, and removed by destroy while it holds this key. "
                            "A relative path starts where Terraform runs."
                        ),
                        validators=(NotEmpty(),),
                    ),
                },
            ),
        ),
        "abandon_remote_key": Attribute(
            type=BOOL,
            optional=True,
            computed=True,
            default=False,
            local=True,
            description=(
                "Let a destroy succeed while the remote side cannot be reached: the secret is removed, and the key "
                "is left to expire; needs `expiration`. Lives in Terraform only."
            ),
        ),
        "id": Attribute(
            type=STRING,
            computed=True,
            description=(
                "`<local deployment>/<ref_id>/<alias>`; for kind `elasticsearch` `<cluster UUID>/-/<alias>`, and for a "
                "cluster known by name only `-/<name>/<alias>`. It never changes."
            ),
        ),
        "key_id": Attribute(
            type=STRING, computed=True, changes_with=_ROTATION, description="Id of the key that is in use."
        ),
        "expires_at": Attribute(
            type=STRING,
            computed=True,
            changes_with=_ROTATION,
            description="When the key in use expires (UTC); null for one that does not.",
        ),
        "secret_present": Attribute(
            type=BOOL,
            computed=True,
            description="Whether the local keystore, or `secret_file`, holds a secret for the alias.",
        ),
        "rotation_due": Attribute(
            type=BOOL,
            computed=True,
            description="Whether the key is old, dead or half made, so that the next apply makes a new one.",
        ),
        **ATTRIBUTES,
        "timeouts": timeouts(TIMEOUTS),
    },
)

IDENTITY: Final = IdentitySchema(
    {
        "deployment_id": IdentityAttribute(
            STRING, "Id of the local deployment, UUID of a cluster without one, or `-` for one known by name only."
        ),
        "ref_id": IdentityAttribute(
            STRING,
            "Its reference id of Elasticsearch, `-` without a deployment, or the name.",
            required_for_import=False,
        ),
        "alias": IdentityAttribute(STRING, "The name of the remote cluster in the local one."),
    }
)
