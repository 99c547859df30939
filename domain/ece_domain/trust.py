"""Who may trust whom: rules of trust entries (ECE API ``ElasticsearchClusterTrustSettings``) without any call.

An entry trusts all clusters of an account or environment, those of a list, or (``direct``) nodes by name. Lists hold
Elasticsearch cluster ids, never deployment ids; both have the same form.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ece_domain.findings import Finding, Severity
from ece_domain.identifiers import is_hex_id
from ece_domain.validations.trust import V14, V15, V18, V20, V38, V39


class DirectTrustType(StrEnum):
    """What a ``direct`` entry trusts (ECE API ``DirectTrustRelationship.type``)."""

    ECE = "ECE"
    """Another ECE installation, without a trust relationship of the platform."""
    ESS = "ESS"
    """Elastic Cloud Hosted."""
    GENERIC = "generic"
    """Any other environment: self-managed clusters, Kubernetes."""
    PROXY = "proxy"
    """Only the CA of a remote's proxy or server, for connections by API key (since ECE 3.7)."""


DIRECT_TYPES: Final = tuple(kind.value for kind in DirectTrustType)
"""The types by name, for validators and documentation."""

MAX_SCOPE_LENGTH: Final = 32
"""Characters of a scope id (ECE API)."""

_SCOPE: Final = re.compile(r"[0-9a-z]{1,32}")
_DOTTED_SCOPE: Final = re.compile(r"[0-9a-z]+([.-][0-9a-z]+)+")
_ACCOUNT_TYPES: Final = frozenset({DirectTrustType.ECE.value, DirectTrustType.ESS.value})


@dataclass(frozen=True)
class DirectTrust:
    """A ``direct`` entry as far as the rules look at it; None is "not given", or not known yet where so listed."""

    type: str = DirectTrustType.GENERIC
    trust_all: bool = False
    cluster_ids: Collection[str] | None = None
    scope_id: str | None = None
    node_names: Collection[str] | None = None
    unknown: frozenset[str] = frozenset()
    """Names of members that are given but not known yet: they count as given."""

    def has(self, name: str) -> bool:
        """True when the member is given."""
        return name in self.unknown or bool(getattr(self, name))


def direct_findings(entry: DirectTrust) -> Iterator[Finding]:
    """Judge a ``direct`` entry: what must, and what must not, stand beside what."""
    if entry.type == DirectTrustType.PROXY:
        yield from _proxy_findings(entry)
        return
    if not entry.has("scope_id"):
        if entry.has("trust_all") or entry.has("cluster_ids"):
            given = "trust_all = true" if entry.has("trust_all") else "cluster_ids"
            yield V18.says(V18.text.format(given=given), summary="scope_id is missing", field="scope_id")
        elif not entry.has("node_names"):
            yield V18.says(
                "Give scope_id with trust_all = true or cluster_ids, or the names of single nodes in "
                'additional_node_names. For the CA of a proxy alone (connections by API key) set type = "proxy".',
                summary="Nothing is trusted",
                field="scope_id",
            )
    if entry.scope_id is not None:
        yield from scope_findings(entry.scope_id, is_exact=entry.type in _ACCOUNT_TYPES)
    for name in entry.node_names or ():
        if "*" in name:
            yield V18.says(
                f'"{name}" holds "*": additional_node_names takes whole names. For all nodes of a cluster give '
                "scope_id and cluster_ids.",
                summary="Wildcard in a node name",
                field="additional_node_names",
            )
    for text in entry.cluster_ids or ():
        yield from cluster_id_findings(text, is_exact=entry.type in _ACCOUNT_TYPES)


def _proxy_findings(entry: DirectTrust) -> Iterator[Finding]:
    attributes = {"trust_all": "trust_all", "cluster_ids": "cluster_ids", "scope_id": "scope_id"}
    for name, attribute in {**attributes, "node_names": "additional_node_names"}.items():
        if entry.has(name):
            yield V18.says(
                f'An entry of type "proxy" is the CA of a remote\'s proxy and trusts no nodes: leave {attribute} out. '
                "Which clusters may do what is decided by API keys.",
                summary=f"{attribute} does not go with type proxy",
                field=attribute,
            )


def scope_findings(text: str, *, is_exact: bool = False) -> Iterator[Finding]:
    """Judge a scope id: lower-case letters and digits, at most 32; the dots of Kubernetes names are a warning.

    ``is_exact`` is for ECE and Elastic Cloud Hosted, whose environment and organization ids look like no cluster id.

    The API's description allows no dots, a page for Kubernetes uses ``default.es.local``: not settled (inferred).
    """
    if is_exact and is_hex_id(text):
        yield V39.finding(
            id=text,
            looks_like="a cluster or account id",
            wanted="the environment id of an ECE or the organization id of Elastic Cloud Hosted",
            hint="those are usually numbers, such as 1053523734",
            field="scope_id",
        )
    if _SCOPE.fullmatch(text):
        return
    if _DOTTED_SCOPE.fullmatch(text) and len(text) <= MAX_SCOPE_LENGTH:
        yield V18.says(
            f'"{text}" is documented for Kubernetes only; the API describes lower-case letters and digits. If trust '
            "does not come about, name the nodes in additional_node_names, or by the Elastic Cloud pattern.",
            summary="Scope id with dots or dashes",
            severity=Severity.WARNING,
            field="scope_id",
        )
        return
    yield V18.says(
        f'"{text}" ({len(text)} characters) is not a scope id: lower-case letters and digits are allowed, '
        f"at most {MAX_SCOPE_LENGTH}, no blanks.",
        summary="Invalid scope_id",
        field="scope_id",
    )


def cluster_id_findings(text: str, *, is_exact: bool = True) -> Iterator[Finding]:
    """Judge the form of an id in a list of trusted clusters.

    ``is_exact`` is for clusters of ECE and Elastic Cloud Hosted, whose ids are 32 hexadecimal characters; elsewhere
    the owner of the certificates chooses.
    """
    if is_hex_id(text) or (not is_exact and re.fullmatch(r"[0-9A-Za-z_-]+", text)):
        return
    allowed = "32 characters of 0-9 and a-f" if is_exact else 'letters, digits, "_" and "-"'
    hint = ""
    if is_exact and text.isdecimal():
        hint = " It looks like an environment or organization id, which belongs into scope_id."
    yield V15.says(
        f'"{text}" ({len(text)} characters) is not the id of an Elasticsearch cluster: {allowed} are needed. '
        f'In the console it is "Copy cluster ID" beside Elasticsearch.{hint}',
        field="cluster_ids",
    )


@dataclass(frozen=True)
class KnownDeployment:
    """A deployment of the same installation, as far as ids can be mixed up."""

    id: str
    name: str
    cluster_id: str | None


def mixed_up_findings(
    cluster_ids: Iterable[str], deployments: Collection[KnownDeployment], field: str = "cluster_ids"
) -> Iterator[Finding]:
    """Deployment ids that stand where cluster ids belong, each with the id that is meant.

    ECE does not verify the ids of a list: a wrong one is never matched, and the connection fails without a word.
    """
    by_id = {deployment.id: deployment for deployment in deployments}
    for text in cluster_ids:
        deployment = by_id.get(text)
        if deployment is not None:
            meant = (
                f"use the id of its Elasticsearch cluster, {deployment.cluster_id}"
                if deployment.cluster_id
                else ("use the id of its Elasticsearch cluster")
            )
            yield V15.says(
                f'"{text}" is the id of deployment "{deployment.name}": {meant} '
                "(cluster_id of ece_deployment). ECE would take it and never trust anybody by it.",
                summary="Deployment id in place of a cluster id",
                field=field,
            )


def unknown_findings(
    cluster_ids: Iterable[str], deployments: Collection[KnownDeployment], field: str = "cluster_ids"
) -> Iterator[Finding]:
    """Ids that name no cluster of this installation; for lists that can only hold its own clusters."""
    known = {deployment.cluster_id for deployment in deployments} | {deployment.id for deployment in deployments}
    for text in cluster_ids:
        if text not in known:
            yield V15.says(
                f'"{text}" is not the id of an Elasticsearch cluster of this environment. ECE would take it and never '
                "trust anybody by it. Clusters of other environments are trusted by ece_deployment_trust_external or "
                "ece_deployment_trust_direct.",
                summary="No cluster has this id",
                field=field,
            )


def account_id_finding(text: str) -> Finding | None:
    """Judge an account id of another installation: 32 hexadecimal characters in all samples (inferred)."""
    if is_hex_id(text):
        return None
    if not text.strip() or text != text.strip() or re.search(r"\s", text):
        return V39.says(
            f'"{text}" holds blanks: an account id has none.',
            summary="Not an account id",
            severity=Severity.ERROR,
            field="account_ids",
        )
    return V39.says(
        f'"{text}" does not look like an account id, which has 32 characters of 0-9 and a-f. ECE does not verify it. '
        "The data source ece_environment of the other installation tells account_id.",
        summary="Unusual account id",
        field="account_ids",
    )


def installation_id_finding(text: str) -> Finding | None:
    """Judge an installation id of another installation; only blanks are known to be wrong (inferred)."""
    if text.strip() == text and text and not re.search(r"\s", text):
        return None
    return V39.says(
        f'"{text}" holds blanks or is empty.',
        summary="Not an installation id",
        severity=Severity.ERROR,
        field="installation_id",
    )


def own_scope_finding(scope_id: str, own: str) -> Finding | None:
    """Judge the scope of a direct entry for another environment: the own id is the one that is at hand, and wrong."""
    if scope_id != own:
        return None
    return V39.says(
        f'"{scope_id}" is the id of the environment that the deployment itself is in. scope_id takes that of the '
        "environment which is trusted: environment_id of data.ece_environment or data.ece_certificate_authority there.",
        summary="scope_id is that of the own environment",
        field="scope_id",
    )


def one_way_finding(side: str, peer: str, cluster_id: str, *, is_back: bool) -> Finding:
    """The finding for a side that does not trust its peer; ``is_back`` when it is the remote side."""
    back = " back" if is_back else ""
    return V14.finding(side=side, peer=peer, back=back, cluster_id=cluster_id)


def lost_finding(entry: str, deployment: str, lost: Collection[str]) -> Finding | None:
    """The warning for clusters that a list trusts now and would not any more; ``entry`` says which list."""
    if not lost:
        return None
    return V20.finding(entry=entry, deployment=deployment, lost=", ".join(sorted(lost)), field="cluster_ids")


def relationship_finding(relationship: str, known: Mapping[str, str]) -> Finding | None:
    """Judge the trust relationship that an external entry names against those of the platform (id → name)."""
    if relationship in known:
        return None
    listed = ", ".join(f'{identifier} ("{name}")' for identifier, name in sorted(known.items())) or "none"
    return V38.finding(id=relationship, known=listed, field="trust_relationship_id")
