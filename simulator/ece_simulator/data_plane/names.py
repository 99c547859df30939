"""Names inside node certificates, and the patterns a cluster trusts. An own reading of how ECE names its nodes.

A node of ECE or Elastic Cloud is named `<node>.node.<cluster>.cluster.<scope>.account`, where the scope is the
environment id. Elasticsearch compares such a name with its list of patterns, in which `*` stands for anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


def node_name(node_id: str, cluster_id: str, scope: str) -> str:
    """The otherName of a node's certificate."""
    return f"{node_id}.node.{cluster_id}.cluster.{scope}.account"


def cluster_pattern(cluster_id: str, scope: str) -> str:
    """Trusts every node of one cluster; `*` as cluster id trusts all clusters of the scope."""
    return f"*.node.{cluster_id}.cluster.{scope}.account"


_NAME = re.compile(r"^.+\.node\.(?P<cluster>[^.]+)\.cluster\.(?P<scope>[^.]+)\.account$")


@dataclass(frozen=True)
class NodeIdentity:
    """What a node's name tells a proxy: the cluster and the environment it belongs to."""

    cluster_id: str
    scope: str


def identity_in(name: str) -> NodeIdentity | None:
    """The identity in a name of the Elastic pattern, None for any other name."""
    found = _NAME.match(name)
    return NodeIdentity(found["cluster"], found["scope"]) if found else None


def matches_any(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name fits one of the patterns."""
    return any(_matches(name, pattern) for pattern in patterns)


def _matches(name: str, pattern: str) -> bool:
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), name) is not None
