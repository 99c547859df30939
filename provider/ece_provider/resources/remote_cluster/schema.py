"""The attributes of ``ece_remote_cluster``."""

from __future__ import annotations

from typing import Final

from ece_domain.security_models import MODELS
from ece_provider.decisions import ATTRIBUTES
from ece_provider.sides import address_attributes, side_attributes
from ece_provider.validators import ALIAS, PROXY_ADDRESS, SERVER_NAME
from terraform_plugin.schema import Attribute, IdentityAttribute, IdentitySchema, Nested, Nesting, Schema, timeouts
from terraform_plugin.types import BOOL, STRING, SetOf
from terraform_plugin.validators import NotEmpty, OneOf

TYPE_NAME: Final = "ece_remote_cluster"

ELASTICSEARCH: Final = "elasticsearch"
PLATFORM: Final = "platform"

TIMEOUTS: Final = {"create": "5m", "update": "5m", "delete": "5m"}
"""How long each verb waits for other changes of the local deployment, and for the connection."""

_FROM_REMOTE: Final = ("remote", "security_model")

SCHEMA: Final = Schema(
    description=(
        "A remote cluster: an alias in the local deployment, and where it leads. By default it waits until the "
        "connection stands, and says what is wrong when it does not."
    ),
    attributes={
        **side_attributes("the local deployment, which sends the requests", replace=True),
        "alias": Attribute(
            type=STRING,
            required=True,
            replace=True,
            description="Name of the remote cluster in the local one, as in `<alias>:logs-*`.",
            validators=(ALIAS,),
        ),
        "security_model": Attribute(
            type=STRING,
            required=True,
            description=(
                "`api_key`: both sides from 8.14 on, port 9443, a key in the local keystore. `certificate`: port 9400 "
                "(9300 outside of ECE and Elastic Cloud Hosted), trust on both sides; deprecated from 9.0 on. It can "
                "be changed with the alias kept."
            ),
            validators=(OneOf(*MODELS),),
        ),
        "remote": Attribute(
            optional=True,
            description="The remote deployment or cluster. Exactly one of `remote` and `proxy_address` is given.",
            nested=Nested(
                Nesting.SINGLE,
                {
                    **side_attributes("the remote deployment", replace=False, changes_with="remote"),
                    **address_attributes(),
                },
            ),
        ),
        "proxy_address": Attribute(
            type=STRING,
            optional=True,
            computed=True,
            changes_with=_FROM_REMOTE,
            description="`host:port` of the remote cluster; found when `remote` is given.",
            validators=(PROXY_ADDRESS,),
        ),
        "server_name": Attribute(
            type=STRING,
            optional=True,
            computed=True,
            changes_with=_FROM_REMOTE,
            description=(
                "Host name that TLS asks for, by which proxies of ECE find the deployment; goes with `proxy_address`, "
                "and is found when `remote` is given."
            ),
            validators=(SERVER_NAME,),
        ),
        "cross_cluster_api_key_id": Attribute(
            type=STRING,
            optional=True,
            local=True,
            description=(
                "Id of the `ece_cross_cluster_api_key` of the same deployment and alias; needed for `api_key` unless "
                "`external_secret` is true."
            ),
            validators=(NotEmpty(),),
        ),
        "external_secret": Attribute(
            type=BOOL,
            optional=True,
            computed=True,
            default=False,
            local=True,
            description=(
                "The secret of the alias is put into the keystore by something else, such as an `ece_keystore_secret`; "
                "default `false`."
            ),
        ),
        "roles": Attribute(
            type=SetOf(STRING),
            optional=True,
            local=True,
            description=(
                "Names of roles whose users use the connection. For `certificate` they are needed on both sides, for "
                "`api_key` one of them must reach the alias: the plan warns otherwise."
            ),
        ),
        "skip_unavailable": Attribute(
            type=BOOL,
            optional=True,
            computed=True,
            default=True,
            description=(
                "Whether searches go on without this remote while it cannot be reached; default `true`, as in "
                "Elasticsearch from 8.15 on. Always written, as older versions default to `false`."
            ),
        ),
        "wait_for_connected": Attribute(
            type=BOOL,
            optional=True,
            computed=True,
            default=True,
            local=True,
            description=(
                "Wait until the connection stands, and plan a repair when it is found down; default `true`. "
                "Lives in Terraform only."
            ),
        ),
        "managed_through": Attribute(
            type=STRING,
            optional=True,
            computed=True,
            default=ELASTICSEARCH,
            replace=True,
            description=(
                "`elasticsearch`: the cluster's settings. `platform`: ECE's own list of remote clusters, for two "
                "deployments of one ECE on the certificate model only; deprecated by Elastic. A change replaces."
            ),
            validators=(OneOf(ELASTICSEARCH, PLATFORM),),
        ),
        "id": Attribute(
            type=STRING,
            computed=True,
            description="`<deployment id>/<ref_id>/<alias>`; for kind `elasticsearch` `<cluster UUID>/-/<alias>`.",
        ),
        "connected": Attribute(
            type=BOOL,
            computed=True,
            description="Whether the connection stood, on the wanted security model, when it was last looked at.",
        ),
        **ATTRIBUTES,
        "timeouts": timeouts(TIMEOUTS),
    },
)

IDENTITY: Final = IdentitySchema(
    {
        "deployment_id": IdentityAttribute(STRING, "Id of the local deployment, or UUID of a cluster without one."),
        "ref_id": IdentityAttribute(
            STRING, "Its reference id of Elasticsearch, `-` without a deployment.", required_for_import=False
        ),
        "alias": IdentityAttribute(STRING, "Name of the remote cluster in the local one."),
    }
)
