"""The attributes of ``ece_extra_certificate``. A private key is among none that state holds."""

from __future__ import annotations

from typing import Final

from ece_provider.private_keys import private_key_attributes
from ece_provider.resources.platform_certificate.schema import chain_attribute
from terraform_plugin.schema import Attribute, IdentityAttribute, IdentitySchema, Schema
from terraform_plugin.types import STRING
from terraform_plugin.validators import Matches

TYPE_NAME: Final = "ece_extra_certificate"

CERT_ID: Final = Matches(r"[A-Za-z0-9][A-Za-z0-9_.-]*", "letters, digits, `_`, `-` and `.`")

SCHEMA: Final = Schema(
    description=(
        "A certificate chain that the platform keeps beside those of its services, under an id of your choice. What "
        "ECE uses it for is not documented; it is one of the named ways to make the CA of another environment's region "
        "known to the platform, which nothing does by itself."
    ),
    attributes={
        "cert_id": Attribute(
            type=STRING,
            required=True,
            replace=True,
            description="Id of the certificate, such as `star_my_domain_com`.",
            validators=(CERT_ID,),
        ),
        "chain_pem": chain_attribute(
            "The certificates as PEM texts: a server's chain with the server first and the root last, or CAs."
        ),
        **private_key_attributes("Only for a server's certificate that ECE is to show."),
        "id": Attribute(type=STRING, computed=True, description="The id of the certificate."),
    },
)

IDENTITY: Final = IdentitySchema({"cert_id": IdentityAttribute(STRING, "Id of the certificate.")})
