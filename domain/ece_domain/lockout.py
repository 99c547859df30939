"""Who is shut out, or let in, when a rule set comes to a deployment or goes from it.

A deployment without rule sets lets everybody in; with one or more it lets in who matches any rule of any of them.
Rules of type ``remote_cluster`` count at port 9443 only, so alone they shut out all users (inferred from these rules).
Source: ECE documentation, "Traffic filtering".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ece_domain.findings import Finding, Severity
from ece_domain.traffic_filters import Rule, TrafficFilterType
from ece_domain.validations.filters import V30, V31, V33


def association_finding(
    deployment: str,
    filter_type: str,
    attached_types: Iterable[str],
    *,
    requires: Collection[object] = (),
    acknowledged: bool = False,
) -> Finding | None:
    """Judge a rule set that is to be associated with a deployment: None, or the error that all users would be shut out.

    ``deployment`` names it in the text; ``attached_types`` are the types of the sets it carries already;
    ``requires`` names associations that come first and is taken as proof that one of them is an IP set.
    """
    if filter_type != TrafficFilterType.REMOTE_CLUSTER or acknowledged or requires:
        return None
    if TrafficFilterType.IP in set(attached_types):
        return None
    return V30.finding(deployment=deployment, field="requires")


def removal_finding(deployment: str, removed_type: str, remaining_types: Iterable[str]) -> Finding | None:
    """Judge a rule set that is to be taken from a deployment: None, or the warning about what changes for it.

    ``remaining_types`` are the types of the sets that stay.
    """
    remaining = set(remaining_types)
    if not remaining:
        return V33.finding(deployment=deployment)
    if removed_type == TrafficFilterType.IP and remaining == {TrafficFilterType.REMOTE_CLUSTER.value}:
        return V30.says(
            f"This takes the last IP rule set from deployment {deployment}: "
            "only rule sets of type remote_cluster stay, so everybody but remote clusters is denied.",
            summary="All users will be locked out",
            severity=Severity.WARNING,
        )
    return None


@dataclass(frozen=True)
class KeyPeer:
    """A local cluster that comes in at port 9443 with a key."""

    words: str
    """The local side, for messages."""
    alias: str
    cluster_id: str
    environment_id: str | None
    """Id of its environment; None where it is not known."""
    is_same_environment: bool
    """True when it runs in the ECE that keeps the rule sets: rules for clusters see no others."""


def is_named(rule: Rule, peer: KeyPeer) -> bool:
    """Whether a rule for clusters lets a peer in; one with both ids asks for both (inferred)."""
    if not peer.is_same_environment or not (rule.cluster_id or rule.environment_id):
        return False
    here = peer.environment_id
    return rule.cluster_id in ("", peer.cluster_id) and (not rule.environment_id or here in (None, rule.environment_id))


def blocked_finding(remote: str, peer: KeyPeer, rules: Collection[Rule]) -> Finding | None:
    """Judge a remote that carries these rules, of all its sets together, for a connection by key: the peer comes in.

    Addresses are not judged, as nobody can tell here where requests of the peer come from; they are named as the way
    that may be open.
    """
    if any(is_named(rule, peer) for rule in rules):
        return None
    kind = f'cluster_id = "{peer.cluster_id}"' if peer.is_same_environment else "the addresses that it comes from"
    finding = V31.finding(remote=f"{remote[:1].upper()}{remote[1:]}", local=peer.words, alias=peer.alias, kind=kind)
    if any(rule.source for rule in rules):
        detail = f"{finding.detail[:-1]}, unless one of the IP rules covers the addresses that it comes from."
        return V31.says(detail)
    return finding
