"""Names inside node certificates, by which the certificate model tells clusters apart, and patterns that match them.

Elasticsearch compares the otherName (common name, OID 2.5.4.3) of a peer's leaf certificate with its trust list.
Sources: ECE documentation, "Remote clusters with self-managed clusters", "… with ECK"; the code of ECK for its names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from ece_domain.findings import Finding
from ece_domain.validations.trust import V44

_CLOUD: Final = re.compile(r"(?P<node>.+)\.node\.(?P<cluster>[^.]+)\.cluster\.(?P<scope>.+)\.account")
_ECK: Final = re.compile(r"(?P<node>[^.]+)\.node\.(?P<cluster>[^.]+)\.(?P<namespace>[^.]+)\.es\.local")


@dataclass(frozen=True)
class NodeName:
    """What an otherName says."""

    node: str
    cluster: str
    """The Elasticsearch cluster id; of ECK the name of the resource."""
    scope: str
    """Environment id, organization id, or what the owner of the CA chose; of ECK ``<namespace>.es.local``."""
    is_eck: bool = False

    @classmethod
    def read(cls, text: str) -> NodeName | None:
        """Read an otherName; None for a name of another form, such as a host name."""
        if (found := _CLOUD.fullmatch(text)) is not None:
            return cls(found["node"], found["cluster"], found["scope"])
        if (found := _ECK.fullmatch(text)) is not None:
            return cls(found["node"], found["cluster"], f"{found['namespace']}.es.local", is_eck=True)
        return None

    def __str__(self) -> str:
        """As certificates hold it."""
        if self.is_eck:
            return f"{self.node}.node.{self.cluster}.{self.scope}"
        return f"{self.node}.node.{self.cluster}.cluster.{self.scope}.account"


def common_name(node: str, cluster_id: str, scope: str) -> str:
    """The subject of a node certificate on ECE and Elastic Cloud Hosted."""
    return f"{node}.node.{cluster_id}.cluster.{scope}"


def cluster_pattern(cluster_id: str, scope: str) -> str:
    """Matches all nodes of one cluster that follows the pattern of Elastic Cloud."""
    return f"*.node.{cluster_id}.cluster.{scope}.account"


def environment_pattern(scope: str) -> str:
    """Matches all nodes of all clusters of an environment."""
    return f"*.node.*.cluster.{scope}.account"


def eck_pattern(name: str, namespace: str) -> str:
    """Matches all nodes of an ECK cluster with ECK's own names, which have neither ``.cluster.`` nor ``.account``."""
    return f"*.node.{name}.{namespace}.es.local"


def eck_suffix(cluster_id: str, scope: str) -> str:
    """Value of ``spec.transport.tls.otherNameSuffix`` that makes ECK follow the pattern of Elastic Cloud (inferred)."""
    return f"node.{cluster_id}.cluster.{scope}.account"


def matches(pattern: str, name: str) -> bool:
    """Whether a line of a trust file (``trust.subject_name``) lets in a name; ``*`` is the only wildcard."""
    return fnmatchcase(name, pattern.replace("[", "[[]").replace("?", "[?]"))


def trust_file_finding(patterns: Collection[str], own_names: Iterable[str]) -> Finding | None:
    """Judge a trust file: it must let in every node of the cluster that uses it, else they refuse each other."""
    shut_out = [name for name in own_names if not any(matches(pattern, name) for pattern in patterns)]
    if not shut_out:
        return None
    return V44.finding(patterns=", ".join(patterns) or "(none)", nodes=", ".join(shut_out))
