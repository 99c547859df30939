"""The attributes of ``ece_deployment_trust_direct``."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from ece_domain.trust import DIRECT_TYPES
from ece_provider.decisions import ATTRIBUTES
from ece_provider.trust import attributes as common
from ece_provider.trust.attributes import CA_PEM
from terraform_plugin.schema import Attribute, Schema, timeouts
from terraform_plugin.types import STRING, ListOf, SetOf
from terraform_plugin.validators import EachItem, ItemsBetween, NotEmpty, OneOf
from terraform_plugin.values import Values, is_set, is_wholly_known

TYPE_NAME: Final = "ece_deployment_trust_direct"


def same_pems(left: Any, right: Any) -> bool:
    """True when both lists hold the same certificates."""
    from ece_domain.certificates import same_certificates

    return isinstance(left, list) and isinstance(right, list) and same_certificates(left, right)


SCHEMA: Final = Schema(
    description=(
        "Trust of a deployment in the holders of certificates of a CA: another ECE, Elastic Cloud Hosted, Kubernetes, "
        "self-managed clusters, or (type `proxy`) the private CA of a remote's proxy for connections by API key. ECE "
        "knows a CA under one `uid`, so that trust of several deployments in the same CA is one environment to it: a "
        "change of `certificates` reaches all of them, and each needs the same certificates."
    ),
    attributes={
        "deployment_id": common.deployment_id(),
        "ref_id": common.ref_id(),
        "name": Attribute(
            type=STRING, required=True, description="Name, as the console shows it.", validators=(NotEmpty(),)
        ),
        "type": Attribute(
            type=STRING,
            optional=True,
            computed=True,
            default="generic",
            description=(
                "`ECE`: another ECE, without a trust relationship of the platform; `ESS`: Elastic Cloud Hosted; "
                "`generic`: anything else; `proxy`: only the CA of a remote's proxy or server, for API keys "
                "(since ECE 3.7)."
            ),
            validators=(OneOf(*DIRECT_TYPES),),
        ),
        "certificates": Attribute(
            type=ListOf(STRING),
            required=True,
            description=(
                "CA certificates as PEM texts, never with a private key; several during a rotation. They are compared "
                "by fingerprint, so spelling and order do not count."
            ),
            validators=(ItemsBetween(1), EachItem(CA_PEM)),
            equivalent=same_pems,
        ),
        "scope_id": Attribute(
            type=STRING,
            optional=True,
            description=(
                "Last part of the names of the nodes that are trusted: the environment id of an ECE, the organization "
                "id of Elastic Cloud Hosted, or what the owner of the CA chose. Lower-case letters and digits, at "
                "most 32. Required beside `trust_all` and `cluster_ids`; not for type `proxy`."
            ),
        ),
        "trust_all": common.trust_all("the scope"),
        "cluster_ids": common.cluster_ids(
            "Ids of the Elasticsearch clusters that are trusted; an empty set trusts none. ECE verifies none of them. "
            "Without `trust_all` and `cluster_ids` the list is left to `ece_deployment_trust_member`.",
            is_exact=False,
        ),
        "additional_node_names": Attribute(
            type=SetOf(STRING),
            optional=True,
            description=(
                "Names of single nodes whose certificates do not follow the pattern with scope and cluster. No "
                "wildcards. Required without `scope_id`; not for type `proxy`."
            ),
            validators=(EachItem(NotEmpty()),),
            equivalent=common.same_sets,
        ),
        "uid": common.computed(
            "What ECE calls the trusted environment; the same in all deployments that trust the CA."
        ),
        "id": common.computed("`<deployment id>/<ref_id>/direct/<uid>`."),
        **ATTRIBUTES,
        "timeouts": timeouts(common.TIMEOUTS),
    },
)

IDENTITY: Final = common.identity(uid="What ECE calls the trusted environment.")


def thing_of(values: Values) -> str | None:
    """What names the entry before its ``uid`` is known: a deployment has one entry for a CA; None while not known."""
    from ece_domain.certificates import fingerprints
    from ece_domain.findings import InvalidValue

    pems = values.get("certificates")
    if not is_set(values.get("deployment_id")) or not is_set(pems) or not is_wholly_known(pems):
        return None
    try:
        found = sorted(fingerprints(pems))
    except InvalidValue:
        return None
    return f"{values['deployment_id']}/direct/{hashlib.sha256(' '.join(found).encode()).hexdigest()[:32]}"
