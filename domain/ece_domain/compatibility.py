"""Which versions may be connected: cross-cluster search, cross-cluster replication, and the two security models.

Source: Elastic documentation, "Remote clusters: version compatibility" (the search table, as printed up to 9.3) and
"Cross-cluster replication: version compatibility". What lies beyond the printed tables follows their own rule and is
inferred.
"""

from __future__ import annotations

from typing import Final

from ece_domain.findings import Finding, Severity
from ece_domain.security_models import API_KEY_SINCE, CERTIFICATE_DEPRECATED_SINCE, SecurityModel
from ece_domain.versions import Version

Minor = tuple[int, int]

LAST_MINOR: Final = {5: 6, 6: 8, 7: 17, 8: 19}
"""The last minor version of each major that is complete."""

NEWEST_KNOWN: Final[Minor] = (9, 5)
"""The newest minor version that these rules were checked for; printed up to 9.3, the rest is inferred."""

_TWINS: Final[frozenset[frozenset[Minor]]] = frozenset({frozenset({(8, 18), (9, 0)})})
"""Minors of two majors that came out together and search each other."""

_EXCEPTIONS: Final[frozenset[tuple[Minor, Minor]]] = frozenset({((9, 0), (8, 19))})
"""Pairs (local, remote) that the rule would allow and the table does not."""


def can_search(local: Minor, remote: Minor) -> bool | None:
    """Whether a local cluster may search a remote one; None for majors that nothing is known of.

    A minor searches the one before it, itself and every later one of its major; the last minor of a major searches
    the whole next major; the first minor of a major searches the last one before it.
    """
    if frozenset({local, remote}) in _TWINS:
        return True
    if (local, remote) in _EXCEPTIONS:
        return False
    if max(local[0], remote[0]) > NEWEST_KNOWN[0]:
        return None
    if local[0] == remote[0]:
        return remote[1] >= local[1] - 1
    if remote[0] == local[0] + 1:
        return local[1] == LAST_MINOR.get(local[0])
    return remote[0] == local[0] - 1 and local[1] == 0 and remote[1] == LAST_MINOR.get(remote[0])


def searchable(local: Minor) -> list[Minor]:
    """All known minor versions that a local cluster may search, oldest first."""
    lines = [(major, minor) for major, last in LAST_MINOR.items() if major >= 7 for minor in range(last + 1)]
    lines += [(NEWEST_KNOWN[0], minor) for minor in range(NEWEST_KNOWN[1] + 1)]
    return [line for line in lines if line >= (7, 17) and can_search(local, line)]


def can_replicate(follower: Version, leader: Version) -> bool:
    """Whether a follower's cluster may replicate from a leader's: it is not older, and their nodes may talk."""
    if follower < leader:
        return False
    before, after = leader.minor_line, follower.minor_line
    if before[0] == after[0] or frozenset({before, after}) in _TWINS:
        return True
    if after[0] != before[0] + 1:
        return False
    if after == (9, 0):  # the printed table treats 8.0 to 9.0 as one block
        return True
    return before[1] == LAST_MINOR.get(before[0])


def search_finding(local: str, remote: str) -> Finding | None:
    """Judge a pair for cross-cluster search: None, an error, or a warning beyond what is known."""
    here, there = Version.parse(local), Version.parse(remote)
    verdict = can_search(here.minor_line, there.minor_line)
    if verdict is False:
        supported = ", ".join(f"{major}.{minor}" for major, minor in searchable(here.minor_line)) or "none"
        return Finding(
            "The versions do not fit for cross-cluster search",
            f"A local cluster on {local} cannot search a remote one on {remote}: the remotes it supports are "
            f"{supported}. Upgrade the {'remote' if there < here else 'local'} side.",
        )
    if verdict is None or max(here.minor_line, there.minor_line) > NEWEST_KNOWN:
        return Finding(
            "The versions are newer than what is known",
            f"Whether a local cluster on {local} may search a remote one on {remote} stands in Elastic's current "
            "table only: this provider knows versions up to "
            f"{NEWEST_KNOWN[0]}.{NEWEST_KNOWN[1]}.",
            Severity.WARNING,
        )
    return None


def replication_finding(local: str, remote: str) -> Finding | None:
    """Judge a pair for replication, where the local side holds the followers: None or an error."""
    follower, leader = Version.parse(local), Version.parse(remote)
    if can_replicate(follower, leader):
        return None
    reason = (
        f"The follower's cluster is on {local}, older than the leader's on {remote}. Upgrade the local side first"
        if follower < leader
        else f"Nodes on {local} and {remote} do not talk to each other. Upgrade the remote side"
    )
    return Finding("The versions do not fit for cross-cluster replication", f"{reason}.")


def connection_finding(local: str, remote: str) -> Finding | None:
    """Judge a pair whose use is not known: an error when it is fit for neither use, a warning when not for search."""
    search = search_finding(local, remote)
    if search is None or not search.is_error:
        return search
    if replication_finding(local, remote) is not None:
        return Finding("The versions do not fit", f"{search.detail} Replication does not work between them either.")
    return Finding(
        "The versions fit for replication only",
        f"{search.detail} Cross-cluster replication works between them.",
        Severity.WARNING,
    )


def model_finding(model: SecurityModel, local: str, remote: str) -> Finding | None:
    """Judge a security model: keys need 8.14 on both sides, certificates are deprecated from 9.0 on."""
    sides = {"local": Version.parse(local), "remote": Version.parse(remote)}
    if model is SecurityModel.API_KEY:
        old = [f"the {side} side is on {version}" for side, version in sides.items() if not is_key_capable(version)]
        if old:
            return Finding(
                "API keys need 8.14 on both sides",
                f"{' and '.join(old).capitalize()}. Upgrade first, or use security_model = "
                f'"{SecurityModel.CERTIFICATE.value}".',
                field="security_model",
            )
    elif any(version.at_least(*CERTIFICATE_DEPRECATED_SINCE) for version in sides.values()):
        return Finding(
            "The certificate model is deprecated",
            "From Elastic Stack 9.0 on the certificate model of remote clusters is deprecated. It goes on working; "
            f'use security_model = "{SecurityModel.API_KEY.value}" for new connections.',
            Severity.WARNING,
            "security_model",
        )
    return None


def is_key_capable(version: Version) -> bool:
    """True when the version can take part in the API-key model, and reloads its keystore without a restart."""
    return version.at_least(*API_KEY_SINCE)
