"""The attributes of ``ece_platform_certificate``. The private key is among none that state holds."""

from __future__ import annotations

from typing import Any, Final

from ece_provider.private_keys import private_key_attributes
from ece_provider.trust.attributes import CA_PEM
from terraform_plugin.schema import Attribute, IdentityAttribute, IdentitySchema, Schema, timeouts
from terraform_plugin.types import BOOL, STRING, ListOf
from terraform_plugin.validators import EachItem, ItemsBetween, OneOf

TYPE_NAME: Final = "ece_platform_certificate"

SERVICES: Final = ("proxy", "ui", "adminconsole")
"""Services whose chain can be uploaded; ``internalca`` is left alone, as what hangs on it is not documented."""

TIMEOUTS: Final = {"create": "5m", "update": "5m"}
"""How long each verb waits for the API to show the new chain."""


def same_chains(left: Any, right: Any) -> bool:
    """True when both lists hold the same certificates in the same order."""
    from ece_domain.certificate_chains import same_chain

    return isinstance(left, list) and isinstance(right, list) and same_chain(left, right)


def chain_attribute(description: str) -> Attribute:
    """The chain."""
    return Attribute(
        type=ListOf(STRING),
        required=True,
        description=f"{description} Never with a private key. Certificates are compared by fingerprint.",
        validators=(ItemsBetween(1), EachItem(CA_PEM)),
        equivalent=same_chains,
    )


SCHEMA: Final = Schema(
    description=(
        "The certificate chain that a service of the platform shows: `proxy` at the ports of deployments (9243, 9343 "
        "and, for clusters that connect by API key, 9443), `ui` and `adminconsole` at those of the API. ECE takes it "
        "over everywhere after a while. There is always one, so destroying the object leaves the chain as it is."
    ),
    attributes={
        "service": Attribute(
            type=STRING,
            optional=True,
            computed=True,
            default="proxy",
            replace=True,
            description="`proxy` (default), `ui` or `adminconsole`.",
            validators=(OneOf(*SERVICES),),
        ),
        "chain_pem": chain_attribute(
            "The whole chain as PEM texts: the server's certificate first, each signed by the next, the root last."
        ),
        **private_key_attributes("It is needed whenever a chain is uploaded, and must be an RSA key."),
        "id": Attribute(type=STRING, computed=True, description="The service."),
        "ca_pem": Attribute(
            type=STRING,
            computed=True,
            changes_with=("chain_pem",),
            description="The last certificate of the chain: what others have to trust if the CA is a private one.",
        ),
        "expires_at": Attribute(
            type=STRING,
            computed=True,
            changes_with=("chain_pem",),
            description="When the first certificate of the chain expires, as ECE tells it.",
        ),
        "user_supplied": Attribute(
            type=BOOL,
            computed=True,
            changes_with=("chain_pem",),
            description="`false`: the chain that ECE made when it was installed.",
        ),
        "timeouts": timeouts(TIMEOUTS),
    },
)

IDENTITY: Final = IdentitySchema({"service": IdentityAttribute(STRING, "The service.")})
