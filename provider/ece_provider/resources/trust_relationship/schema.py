"""The attributes of ``ece_trust_relationship``."""

from __future__ import annotations

from typing import Any, Final

from ece_provider.decisions import ATTRIBUTES
from ece_provider.trust.attributes import CA_PEM, same_sets
from terraform_plugin.schema import Attribute, IdentityAttribute, IdentitySchema, Schema
from terraform_plugin.types import BOOL, STRING, SetOf
from terraform_plugin.validators import EachItem, NotEmpty

TYPE_NAME: Final = "ece_trust_relationship"


def _same_pem(left: Any, right: Any) -> bool:
    from ece_domain.certificates import same_certificates

    return isinstance(left, str) and isinstance(right, str) and same_certificates([left], [right])


SCHEMA: Final = Schema(
    description=(
        "Another ECE that this platform knows by its CA, so that deployments can trust clusters of it "
        "(`ece_deployment_trust_external`). It must be made on both sides: each ECE needs a record of the other. What "
        "it takes is told by `ece_environment` of the other ECE: `ca_pem`, `account_id`, `installation_id`. ECE "
        "verifies none of the ids: a wrong one fails without a word."
    ),
    attributes={
        "name": Attribute(
            type=STRING, required=True, description="Name, as the console shows it.", validators=(NotEmpty(),)
        ),
        "public_ca_cert": Attribute(
            type=STRING,
            required=True,
            description="CA certificate of the other ECE (PEM), one only; compared by fingerprint.",
            validators=(CA_PEM,),
            equivalent=_same_pem,
        ),
        "account_ids": Attribute(
            type=SetOf(STRING),
            optional=True,
            description="Accounts of the other ECE; it has exactly one.",
            validators=(EachItem(NotEmpty()),),
            equivalent=same_sets,
        ),
        "installation_id": Attribute(
            type=STRING, optional=True, description="Installation id of the other ECE.", validators=(NotEmpty(),)
        ),
        "trust_by_default": Attribute(
            type=BOOL,
            optional=True,
            computed=True,
            default=False,
            description="All deployments of this platform trust all clusters of the other ECE; default `false`.",
        ),
        **ATTRIBUTES,
        "id": Attribute(type=STRING, computed=True, description="Id of the trust relationship on this platform."),
    },
)

IDENTITY: Final = IdentitySchema({"id": IdentityAttribute(STRING, "Id of the trust relationship.")})
