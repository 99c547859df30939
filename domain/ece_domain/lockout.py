"""Who is shut out, or let in, when a rule set comes to a deployment or goes from it.

A deployment without rule sets lets everybody in; with one or more it lets in who matches any rule of any of them.
Rules of type ``remote_cluster`` count at port 9443 only, so alone they shut out all users (inferred from these rules).
Source: ECE documentation, "Traffic filtering".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ece_domain.findings import Finding, Severity
from ece_domain.traffic_filters import TrafficFilterType
from ece_domain.validations.filters import V30, V33


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
