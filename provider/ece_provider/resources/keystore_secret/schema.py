"""The attributes of ``ece_keystore_secret``. No value is among what state holds."""

from __future__ import annotations

from typing import Final

from ece_provider.decisions import ATTRIBUTES
from ece_provider.sides import side_attributes
from terraform_plugin.schema import Attribute, IdentityAttribute, IdentitySchema, Schema, timeouts
from terraform_plugin.types import BOOL, NUMBER, STRING
from terraform_plugin.validators import Matches, NotEmpty

TYPE_NAME: Final = "ece_keystore_secret"

VALUES: Final = ("value_wo", "value_env", "value_file")
"""The ways to give the value; exactly one is used."""

TIMEOUTS: Final = {"create": "10m", "update": "10m", "delete": "10m"}
"""How long each verb waits for other changes of the deployment."""

NAME: Final = Matches(r"[A-Za-z0-9_\-.]+", "letters, digits, `_`, `-` and `.`")

SCHEMA: Final = Schema(
    description=(
        "One entry of the Elasticsearch keystore of a deployment. Entries beside it stay as they are. "
        "Most secure settings take effect after a restart of Elasticsearch, credentials of remote clusters at once."
    ),
    attributes={
        **side_attributes("the deployment", replace=True, only_deployments=True),
        "name": Attribute(
            type=STRING,
            required=True,
            replace=True,
            description="Name of the setting, such as `s3.client.default.secret_key`.",
            validators=(NAME,),
        ),
        "value_wo": Attribute(
            type=STRING,
            optional=True,
            sensitive=True,
            write_only=True,
            description=(
                "The value, which is written and kept nowhere. Needs Terraform 1.11; with an older one use `value_env` "
                "or `value_file`."
            ),
            validators=(NotEmpty(),),
        ),
        "value_env": Attribute(
            type=STRING,
            optional=True,
            description="Name of the environment variable that holds the value, where Terraform runs.",
            validators=(NotEmpty(),),
        ),
        "value_file": Attribute(
            type=STRING,
            optional=True,
            description="File that holds the value; a line break at its end does not count.",
            validators=(NotEmpty(),),
        ),
        "value_wo_version": Attribute(
            type=NUMBER,
            optional=True,
            description=(
                "Any number; a change writes the value again. Terraform cannot see that a value is another one, "
                "whichever way it is given."
            ),
        ),
        "as_file": Attribute(
            type=BOOL,
            optional=True,
            computed=True,
            default=False,
            description="Put the entry into the keystore as a file, such as a service account's JSON; default `false`.",
        ),
        "id": Attribute(type=STRING, computed=True, description="`<deployment id>/<ref_id>/<name>`."),
        **ATTRIBUTES,
        "timeouts": timeouts(TIMEOUTS),
    },
)

IDENTITY: Final = IdentitySchema(
    {
        "deployment_id": IdentityAttribute(STRING, "Id of the deployment."),
        "ref_id": IdentityAttribute(STRING, "Its reference id of Elasticsearch.", required_for_import=False),
        "name": IdentityAttribute(STRING, "Name of the setting."),
    }
)
