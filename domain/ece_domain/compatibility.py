"""Which versions may be connected: cross-cluster search, cross-cluster replication, and the two security models.

Source: Elastic documentation, "Remote clusters: version compatibility" (the search table, as printed up to 9.3) and
"Cross-cluster replication: version compatibility". What lies beyond the printed tables follows their own rule and is
inferred.
"""

from __future__ import annotations

import re
from typing import Final

from ece_domain.findings import Finding, InvalidValue, Severity
from ece_domain.security_models import API_KEY_SINCE, CERTIFICATE_DEPRECATED_SINCE, SecurityModel
from ece_domain.validations.connections import V42, V45
from ece_domain.validations.versions import V1, V2, V3, V4, V5, V6, V46
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
        older = "remote" if there < here else "local"
        return V1.finding(local=local, remote=remote, supported=supported, older=older)
    if verdict is None or max(here.minor_line, there.minor_line) > NEWEST_KNOWN:
        return V1.says(
            f"Whether a local cluster on {local} may search a remote one on {remote} stands in Elastic's current "
            "table only: this provider knows versions up to "
            f"{NEWEST_KNOWN[0]}.{NEWEST_KNOWN[1]}.",
            summary="The versions are newer than what is known",
            severity=Severity.WARNING,
        )
    return None


def replication_finding(local: str, remote: str) -> Finding | None:
    """Judge a pair for replication, where the local side holds the followers: None, an error, or a warning.

    The warning is for 9.0 and leaders below 8.18: the printed table of replication has them, and the rule of which
    nodes talk to each other has not.
    """
    follower, leader = Version.parse(local), Version.parse(remote)
    if can_replicate(follower, leader):
        if follower.minor_line == (9, 0) and leader.minor_line < (8, 18):
            return V2.says(
                f"Elastic's table lets followers on {local} replicate from {remote}, but nodes on 9.0 talk to 8.18 and "
                "newer only. Upgrade the remote side to 8.18 first.",
                summary="The versions may not fit for cross-cluster replication",
                severity=Severity.WARNING,
            )
        return None
    if follower < leader:
        return V2.finding(local=local, remote=remote)
    return V2.says(f"Nodes on {local} and {remote} do not talk to each other. Upgrade the remote side.")


def connection_finding(local: str, remote: str) -> Finding | None:
    """Judge a pair whose use is not known: an error when it is fit for neither use, a warning when not for search."""
    search = search_finding(local, remote)
    if search is None or not search.is_error:
        return search
    replication = replication_finding(local, remote)
    if replication is not None and replication.is_error:
        return V1.says(
            f"{search.detail} Replication does not work between them either.", summary="The versions do not fit"
        )
    return V1.says(
        f"{search.detail} Cross-cluster replication works between them.",
        summary="The versions fit for replication only",
        severity=Severity.WARNING,
    )


def model_finding(model: SecurityModel, local: str, remote: str) -> Finding | None:
    """Judge a security model: keys need 8.14 on both sides, certificates are deprecated from 9.0 on."""
    sides = {"local": Version.parse(local), "remote": Version.parse(remote)}
    if model is SecurityModel.API_KEY:
        old = [f"the {side} side is on {version}" for side, version in sides.items() if not is_key_capable(version)]
        if old:
            return V4.finding(old=" and ".join(old).capitalize(), field="security_model")
    elif any(version.at_least(*CERTIFICATE_DEPRECATED_SINCE) for version in sides.values()):
        return V5.finding(field="security_model")
    return None


def is_key_capable(version: Version) -> bool:
    """True when the version can take part in the API-key model, and reloads its keystore without a restart."""
    return version.at_least(*API_KEY_SINCE)


def two_way_finding(local: str, remote: str) -> Finding:
    """The warning for a pair that is connected both ways; the sides are named as the reader knows them."""
    return V3.finding(local=local, remote=remote)


IDENTITY_SINCE: Final[Minor] = (9, 3)
"""First minor version that signs requests, and checks signatures, for strong identity verification (preview)."""


def identity_finding(pattern: str, local: str | None, remote: str | None) -> Finding | None:
    """Judge a key's ``certificate_identity``: 9.3 on both sides, and a regular expression that can match a name.

    None as a version is "not known yet". Source: Elasticsearch documentation, "Strong identity verification".
    """
    sides = {"local": local, "remote": remote}
    old = [
        f"the {side} side is on {version}"
        for side, version in sides.items()
        if version is not None and not Version.parse(version).at_least(*IDENTITY_SINCE)
    ]
    if old:
        return V6.finding(pattern=pattern, old=" and ".join(old), field="certificate_identity")
    try:
        re.compile(pattern)
    except re.error as problem:
        return V6.says(
            f'certificate_identity = "{pattern}" is no regular expression ({problem}): one on the subject of the local '
            'node certificates is needed, such as "CN=.*.node.<cluster id>.cluster.*".',
            summary="certificate_identity cannot be read",
            field="certificate_identity",
        )
    return None


SKIP_DEFAULT_SINCE: Final[Minor] = (8, 15)
"""First minor version on which ``skip_unavailable`` is true unless it is given."""


def skip_default_finding(local: str) -> Finding | None:
    """The warning where ``skip_unavailable`` is left out and the local side's own default is not what is written."""
    if Version.parse(local).at_least(*SKIP_DEFAULT_SINCE):
        return None
    return V45.finding(version=local, field="skip_unavailable")


def restart_finding(deployment: str, version: str) -> Finding | None:
    """The warning where a remote cluster secret changes and Elasticsearch reads it only when it starts."""
    if is_key_capable(Version.parse(version)):
        return None
    return V42.finding(deployment=deployment, version=version)


ECE_FEATURES: Final[dict[str, tuple[Minor, str, str]]] = {
    "direct": ((3, 3), "Direct trust", "use ece_deployment_trust_external with an ece_trust_relationship"),
    "proxy": ((3, 7), 'Direct trust of type "proxy"', 'use security_model = "certificate"'),
    "remote_cluster": ((3, 7), "A traffic filter of type remote_cluster", "use a filter of type ip"),
}
"""Feature → since which ECE, its words, and what to do without it (ECE API, release notes)."""

OLDEST_STACK_OF_ECE_4: Final[Minor] = (8, 0)
"""ECE 4.0 dropped stacks below 8.0 (its breaking changes)."""


def feature_finding(feature: str, ece_version: str) -> Finding | None:
    """Judge a member of ``ECE_FEATURES`` on this ECE; a version that cannot be read is not judged."""
    since, words, instead = ECE_FEATURES[feature]
    found = _ece_version(ece_version)
    if found is None or found.at_least(*since):
        return None
    return V46.finding(feature=words, since=f"{since[0]}.{since[1]}", version=ece_version, instead=instead)


def old_stack_finding(stack: str, ece_version: str) -> Finding | None:
    """Judge a stack version on this ECE: ECE 4 runs none below 8.0."""
    found = _ece_version(ece_version)
    if found is None or not found.at_least(4) or Version.parse(stack).at_least(*OLDEST_STACK_OF_ECE_4):
        return None
    return V46.says(
        f"Version {stack} is not run by ECE {ece_version}: ECE 4 needs Elastic Stack 8.0 or newer. Upgrade the "
        "deployment before the platform.",
        summary="ECE 4 runs no stack below 8.0",
        field="version",
    )


def _ece_version(text: str) -> Version | None:
    try:
        return Version.parse(text)
    except InvalidValue:
        return None
