"""Attributes that the resources of a deployment's trust have in common."""

from __future__ import annotations

from typing import Any, Final

from ece_domain.findings import Finding, InvalidValue
from ece_domain.trust import cluster_id_findings
from ece_provider.validators import DEPLOYMENT_ID, Rule
from terraform_plugin.schema import Attribute, IdentityAttribute, IdentitySchema
from terraform_plugin.types import BOOL, STRING, SetOf
from terraform_plugin.validators import EachItem, NotEmpty, OneOf

TIMEOUTS: Final = {"create": "60m", "read": "30m", "update": "60m", "delete": "60m"}
"""How long each verb waits for other changes and for its own plan; read only goes on with an interrupted change."""


def _check_cluster_id(text: str) -> None:
    problem: Finding | None = next(cluster_id_findings(text), None)
    if problem is not None:
        raise InvalidValue(problem.detail.rstrip("."), problem.code)


CLUSTER_ID: Final = Rule("an Elasticsearch cluster id: 32 hexadecimal characters", _check_cluster_id)
"""The id of an Elasticsearch cluster, which is not that of its deployment."""


def _check_pem(text: str) -> None:
    from ece_domain.certificates import read_certificates

    read_certificates(text)


CA_PEM: Final = Rule("CA certificates as PEM text", _check_pem)
"""A text that holds certificates and no private key."""


def deployment_id() -> Attribute:
    """The deployment whose trust it is."""
    return Attribute(
        type=STRING,
        required=True,
        replace=True,
        description="Id of the deployment whose trust this is: it lets the others in, and dials them.",
        validators=(DEPLOYMENT_ID,),
    )


def ref_id() -> Attribute:
    """The Elasticsearch of the deployment."""
    return Attribute(
        type=STRING,
        optional=True,
        computed=True,
        replace=True,
        description="`ref_id` of its Elasticsearch; left out: the only one it has.",
        validators=(NotEmpty(),),
    )


def computed(description: str) -> Attribute:
    """A text that only the API gives."""
    return Attribute(type=STRING, computed=True, description=description)


def trust_all(whom: str) -> Attribute:
    """The switch for everybody."""
    return Attribute(
        type=BOOL,
        optional=True,
        description=f"`true` trusts all clusters of {whom}, later ones included. To trust some, or none, leave it out "
        "and give `cluster_ids`.",
        validators=(OneOf(True),),
    )


def same_sets(left: Any, right: Any) -> bool:
    """No set and an empty one are the same."""
    return set(left or ()) == set(right or ())


def cluster_ids(description: str, *, is_exact: bool = True) -> Attribute:
    """The list of those who are trusted."""
    return Attribute(
        type=SetOf(STRING),
        optional=True,
        description=description,
        validators=(EachItem(CLUSTER_ID),) if is_exact else (EachItem(NotEmpty()),),
    )


def identity(**parts: str) -> IdentitySchema:
    """The identity of an entry: the deployment, its ``ref_id`` (may be left out in an import), and these parts."""
    return IdentitySchema(
        {
            "deployment_id": IdentityAttribute(STRING, "Id of the deployment."),
            "ref_id": IdentityAttribute(STRING, "`ref_id` of its Elasticsearch.", required_for_import=False),
            **{name: IdentityAttribute(STRING, description) for name, description in parts.items()},
        }
    )
