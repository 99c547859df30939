"""Where one cluster leads to: who owns an alias, who is upgraded before it, and which clusters stand in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

import ece_l1 as l1
from ece_constructs._checks import known
from ece_constructs._scopes import place_of
from ece_constructs.errors import EceValueError
from ece_domain.validations.connections import V7

if TYPE_CHECKING:
    from ece_constructs.connecting import ConnectingCluster
    from ece_constructs.remote_cluster import RemoteCluster


class Connections(Sequence["RemoteCluster"]):
    """The connections of one cluster as the local side, in the order they were made."""

    def __init__(self, cluster: ConnectingCluster) -> None:
        self._cluster = cluster
        self._made: list[RemoteCluster] = []
        self._owners: dict[str, str] = {}
        self._remotes: dict[str, ConnectingCluster] = {}
        self._circle: Connections = self
        """Follow it to the one that stands for all clusters of a circle; itself while there is none."""

    @overload
    def __getitem__(self, index: int) -> RemoteCluster: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[RemoteCluster]: ...
    def __getitem__(self, index: int | slice) -> RemoteCluster | Sequence[RemoteCluster]:
        """One connection, or some of them."""
        return self._made[index]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._made)

    def __iter__(self) -> Iterator[RemoteCluster]:
        """One after the other."""
        return iter(self._made)

    def add(self, connection: RemoteCluster) -> None:
        """One more connection.

        Raises:
            EceValueError: the alias has an owner already.
        """
        alias, path = connection.alias, place_of(connection).path
        if known(alias) and alias in self._owners:
            raise EceValueError(
                path,
                "alias",
                alias,
                f"{self._owners[alias]} owns this alias of the cluster; choose another one ({V7})",
            )
        self._owners[alias] = path
        self._made.append(connection)
        self._remotes.setdefault(place_of(connection.remote).path, connection.remote)

    def leads_to(self, other: ConnectingCluster) -> bool:
        """True when ``other`` can be reached from here over any number of connections."""
        return self.is_in_circle_with(other) or self._way_to(other.connections) is not None

    def is_in_circle_with(self, other: ConnectingCluster) -> bool:
        """True when both are known to reach each other."""
        return self._representative() is other.connections._representative()

    def closes_circle(self, remote: ConnectingCluster) -> bool:
        """True when the connection to ``remote`` is the first to make a circle of both; it is remembered."""
        if self.is_in_circle_with(remote):
            return False
        way = remote.connections._way_to(self)
        self.join(way or ())
        return way is not None

    def join(self, others: Sequence[Connections]) -> None:
        """Take these into one circle with this one."""
        for each in others:
            each._representative()._circle = self._representative()

    def _representative(self) -> Connections:
        """What stands for the circle; ways get shorter each time they are walked."""
        while self._circle._circle is not self._circle:
            self._circle = self._circle._circle
        return self._circle

    def _way_to(self, other: Connections) -> list[Connections] | None:
        """What lies on one way from here to ``other``, both included; None without one."""
        came_from: dict[int, Connections | None] = {id(self): None}
        open_: list[Connections] = [self]
        while open_:
            each = open_.pop()
            if each is other:
                return _walked_back(each, came_from)
            for remote in each._remotes.values():
                if id(remote.connections) not in came_from:
                    came_from[id(remote.connections)] = each
                    open_.append(remote.connections)
        return None

    def upgraded_before(self) -> list[l1.Deployment]:
        """Remotes that must be upgraded first: those of this stack that do not lead back here."""
        stack = place_of(self._cluster).stack
        return [
            found
            for _, remote in sorted(self._remotes.items())
            if (found := getattr(remote, "_resource", None)) is not None
            and isinstance(found, l1.Deployment)
            and place_of(remote).stack is stack
            and not remote.connections.leads_to(self._cluster)
            and remote is not self._cluster
        ]


def _walked_back(end: Connections, came_from: dict[int, Connections | None]) -> list[Connections]:
    way: list[Connections] = []
    each: Connections | None = end
    while each is not None:
        way.append(each)
        each = came_from[id(each)]
    return way
