"""What every cluster has, wherever it runs. What single kinds can do stands with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from constructs import Construct, Node

from ece_l1._base import Guarded

if TYPE_CHECKING:
    from ece_constructs.environment import Environment


class ICluster(Protocol):
    """A cluster as a parameter: anything with these members will do, also a class of your own around a deployment.

    Where more than these members is needed (connections), such a class names its inner cluster ``Resource``.
    """

    @property
    def node(self) -> Node:
        """Its place in the tree of constructs."""

    @property
    def name(self) -> str:
        """Its name; may be a token."""

    @property
    def environment(self) -> Environment | None:
        """Where it runs; None when that is no environment of this app."""

    @property
    def cluster_id(self) -> str:
        """Its Elasticsearch cluster id; usually a token."""

    @property
    def egress(self) -> Sequence[str]:
        """Addresses and blocks that its requests come from, as others see them."""


def is_cluster(value: object) -> bool:
    """True when ``value`` has what makes a cluster; nothing is read, as a reference once made freezes an address."""
    members = getattr(value, "__dict__", {})
    return all(hasattr(type(value), name) or name in members for name in ("node", "cluster_id", "environment"))


def inner(value: Any) -> Any:
    """The cluster inside of classes around it: their construct ``Resource``, or what they say is their default child.

    Anything else comes back as it is.
    """
    while not isinstance(value, Cluster) and isinstance(value, Construct):
        child = value.node.default_child
        if not isinstance(child, Construct) or not is_cluster(child):
            break
        value = child
    return value


class Cluster(Guarded, Construct):
    """Base of all clusters. Outputs are read-only; a misspelt attribute is refused."""

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)

    def __str__(self) -> str:
        """Kind and path."""
        return f"{type(self).__name__} {self.node.path}"
