"""The attributes of ``ece_default_trust``."""

from __future__ import annotations

from typing import Final

from terraform_plugin.schema import Attribute, IdentityAttribute, IdentitySchema, Schema
from terraform_plugin.types import BOOL, STRING

TYPE_NAME: Final = "ece_default_trust"

SCHEMA: Final = Schema(
    description=(
        "Whom deployments of the environment trust that are created later: all others of it, or none. Existing "
        "deployments keep their own setting. There is one such setting, so one object per environment; destroying it "
        "leaves the setting as it is. Connections by API key need no trust, so `false` loses nothing for them."
    ),
    attributes={
        "trust_all": Attribute(
            type=BOOL,
            required=True,
            description="`true`: new deployments trust all deployments of the environment (as ECE is delivered); "
            "`false`: none.",
        ),
        "id": Attribute(type=STRING, computed=True, description="Account of the environment."),
    },
)

IDENTITY: Final = IdentitySchema({"id": IdentityAttribute(STRING, "Account of the environment.")})
