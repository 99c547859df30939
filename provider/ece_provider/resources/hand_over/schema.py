"""The attributes of ``ece_hand_over``."""

from __future__ import annotations

from typing import Final

from ece_domain.hand_over.facts import (
    DEFAULT_CA_FILE,
    DEFAULT_CONFIG,
    DEFAULT_HOME,
    DEFAULT_RESTART,
    PLATFORMS,
)
from ece_domain.security_models import MODELS
from ece_provider.resources.cross_cluster_api_key.schema import SCHEMA as KEY_SCHEMA
from ece_provider.validators import ALIAS, DEPLOYMENT_ID, REMOTE_ADDRESS, SERVER_NAME, VERSION
from terraform_plugin.schema import Attribute, IdentityAttribute, IdentitySchema, Nested, Nesting, Schema
from terraform_plugin.types import BOOL, NUMBER, STRING, ListOf, MapOf
from terraform_plugin.validators import NotEmpty, OneOf

TYPE_NAME: Final = "ece_hand_over"

INPUTS: Final = ("alias", "security_model", "local", "remote", "secret_file", "skip_unavailable", "access")
"""Attributes that decide what the files hold, beside what the API tells."""

COMPUTED: Final = ("route", "files", "steps", "up_to_date")
"""Attributes that are known when the files are written."""


def same_access(left: object, right: object) -> bool:
    """True when two values of ``access`` let the same things through."""
    from ece_provider.resources.cross_cluster_api_key.access import same_access as same

    return same(left, right)


def _text(description: str, *validators: object, required: bool = False) -> Attribute:
    return Attribute(
        type=STRING,
        required=required,
        optional=not required,
        description=description,
        validators=validators,  # type: ignore[arg-type]  # validators of any kind of value
    )


def _texts(description: str) -> Attribute:
    return Attribute(type=ListOf(STRING), optional=True, description=description)


def _flag(description: str) -> Attribute:
    return Attribute(type=BOOL, optional=True, description=description)


def _side(words: str) -> Attribute:
    return Attribute(
        required=True,
        description=f"The {words} cluster. Of a deployment, what is not given is read by API.",
        nested=Nested(Nesting.SINGLE, {**_EVERYWHERE, **_OUTSIDE}),
    )


_EVERYWHERE: Final = {
    "kind": _text("Where the cluster runs.", OneOf(*PLATFORMS), required=True),
    "name": _text(
        "What the run-book calls it; letters, digits, `-`, `_` and `.`, as it is part of file names.",
        NotEmpty(),
        required=True,
    ),
    "deployment_id": _text("For `ece` and `ech`: id of the deployment.", DEPLOYMENT_ID),
    "environment": _text(
        "Entry of the provider's `environments`: for `ece` and `ech` the one that the deployment is in, left out the "
        "provider's own; for the other kinds one of kind `elasticsearch`, by which Terraform writes keys and settings, "
        "so that they are not handed over.",
        NotEmpty(),
    ),
    "address": _text(
        "`host` or `host:port` under which the other side reaches its remote cluster endpoint; the port is that of the "
        "security model unless given.",
        REMOTE_ADDRESS,
    ),
    "server_name": _text("Host name that TLS asks for, where it is not the host of `address`.", SERVER_NAME),
    "version": _text("Version of the Elastic Stack, for the run-book.", VERSION),
    "ca_pem": _texts(
        "CA certificates (PEM), the one in use first. Certificate model: those that sign its nodes' certificates. "
        "API keys: that of its server."
    ),
    "public_ca": _flag(
        "API keys: its server's certificate is signed by a CA that everybody trusts, so none is handed over; default "
        "`true` for `ech`, else `false`."
    ),
    "scope_id": _text("Last part of the names in its node certificates: environment, organization or own id."),
    "cluster_id": _text("Elasticsearch cluster id, or what stands for it in the names of its nodes."),
    "egress": _texts("Addresses or CIDR blocks from which it connects, as the other side sees them."),
}

_OUTSIDE: Final = {
    "node_names": _texts(
        "Names of its nodes. With `scope_id` and `cluster_id` the certificates carry "
        "`<name>.node.<cluster_id>.cluster.<scope_id>.account`, without them exactly these names."
    ),
    "new_certificates": _flag(
        "For `self_managed`, certificate model: hand over what makes certificates with these names; default `true`. "
        "`false` where the nodes carry them already."
    ),
    "cluster_name": _text("For `eck`: name of the Elasticsearch resource."),
    "namespace": _text("For `eck`: its namespace."),
    "manifest": _text(
        'For `eck`: the Elasticsearch resource as JSON, such as `jsonencode(yamldecode(file("elasticsearch.yaml")))`. '
        "Needed where the patch changes node sets or secure settings: a merge patch replaces a list as a whole, so "
        "what stands in it is kept."
    ),
    "home": _text(f"For `self_managed`: folder of Elasticsearch on its nodes; default `{DEFAULT_HOME}`.", NotEmpty()),
    "config_folder": _text(
        f"For `self_managed`: folder of `elasticsearch.yml`; default `{DEFAULT_CONFIG}`.", NotEmpty()
    ),
    "ca_file": _text(
        f"For `self_managed`: file of its CA as `elasticsearch-certutil` takes it, seen from `home`; default "
        f"`{DEFAULT_CA_FILE}`.",
        NotEmpty(),
    ),
    "ca_key_file": _text("For `self_managed`: key of a `ca_file` in PEM form, seen from `home`.", NotEmpty()),
    "restart_command": _text(f"For `self_managed`: what restarts one node; default `{DEFAULT_RESTART}`.", NotEmpty()),
}

_STEPS: Final = {
    "number": Attribute(type=NUMBER, computed=True, description="Place in the order, from 1."),
    "who": Attribute(type=STRING, computed=True, description="Who does it; `Terraform` for what an apply does."),
    "what": Attribute(type=STRING, computed=True, description="What is done."),
    "commands": Attribute(
        type=ListOf(STRING), computed=True, description="Shell commands, none where nothing is typed."
    ),
    "check": Attribute(type=STRING, computed=True, description="How to see that it is done."),
    "undo": Attribute(type=STRING, computed=True, description="How to take it back."),
}

SCHEMA: Final = Schema(
    description=(
        "Ready files and a run-book for one connection: everything that no API can do, with all values filled in. The "
        "files change only when their content does, and hold no secret. What lies in the folder beside them is never "
        "touched."
    ),
    attributes={
        "folder": Attribute(
            type=STRING,
            required=True,
            replace=True,
            description=(
                "Folder of the files, made when missing; each hand-over has its own. A relative path starts where "
                "Terraform runs."
            ),
            validators=(NotEmpty(),),
        ),
        "alias": _text("The name of the remote cluster in the local one.", ALIAS, required=True),
        "security_model": _text("How the connection is secured.", OneOf(*MODELS), required=True),
        "local": _side("local"),
        "remote": _side("remote"),
        "secret_file": _text(
            "File that holds the key when the commands of the run-book are run, as "
            "`ece_cross_cluster_api_key.local.secret_file` writes it; it is named, never read. Needed for API keys "
            "whose local side is no deployment.",
            NotEmpty(),
        ),
        "access": Attribute(
            optional=True,
            equivalent=same_access,
            nested=KEY_SCHEMA.attributes["access"].nested,
            description=(
                "For API keys whose remote side Terraform does not reach: what the key gives access to. The request "
                "that makes the key is then handed over."
            ),
        ),
        "skip_unavailable": Attribute(
            type=BOOL,
            optional=True,
            computed=True,
            default=True,
            description="Where the settings are handed over: whether searches go on without this remote.",
        ),
        "id": Attribute(type=STRING, computed=True, description="The folder."),
        "route": Attribute(
            type=STRING,
            computed=True,
            changes_with=INPUTS,
            description="`O1` to `O5` and `I3` to `I5`: the direction, as the guides number them.",
        ),
        "files": Attribute(
            type=MapOf(STRING),
            computed=True,
            changes_with=INPUTS,
            description="SHA-256 of each file that was written, by its name below the folder.",
        ),
        "steps": Attribute(
            computed=True,
            changes_with=INPUTS,
            description="The run-book: who does what, how to see it, how to take it back.",
            nested=Nested(Nesting.LIST, _STEPS),
        ),
        "up_to_date": Attribute(
            type=BOOL,
            computed=True,
            changes_with=INPUTS,
            description="`false`: a file was changed or is missing, or a fact changed; the next apply writes again.",
        ),
    },
)

IDENTITY: Final = IdentitySchema({"id": IdentityAttribute(STRING, "The folder.")})
