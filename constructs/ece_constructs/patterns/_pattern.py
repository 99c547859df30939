"""What all patterns do: make connections in their own scope, and let members in where that is wanted.

Ids of constructs made here are contract: they are part of Terraform's addresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from constructs import Construct

from ece_constructs._checks import listed
from ece_constructs._judgement import Checked
from ece_constructs._routes import partner
from ece_constructs._scopes import place_of
from ece_constructs.cluster import ICluster
from ece_constructs.deployment import EceDeployment
from ece_constructs.errors import EceValueError
from ece_constructs.remote_cluster import RemoteCluster, connecting
from ece_l1._base import Guarded


class Pattern(Checked, Guarded, Construct):
    """Base of the patterns."""

    def __init__(self, scope: Construct, id_: str, *, open_filters: bool, options: Mapping[str, Any]) -> None:
        super().__init__(scope, id_)
        self._path = place_of(self).path
        if not isinstance(open_filters, bool):
            raise EceValueError(self._path, "open_filters", open_filters, "True or False is needed")
        self._open_filters = open_filters
        self._options = dict(options)
        self._made: dict[tuple[str, str], RemoteCluster] = {}

    @property
    def connections(self) -> Sequence[RemoteCluster]:
        """All its connections, in the order they were made."""
        return tuple(self._made.values())

    def connection(self, local: ICluster, remote: ICluster) -> RemoteCluster:
        """The connection of two members.

        Raises:
            EceValueError: the pattern makes none of ``local`` to ``remote``.
        """
        key = (place_of(local).path, place_of(remote).path)
        if key not in self._made:
            raise EceValueError(self._path, "connection", " to ".join(key), "the pattern makes no such connection")
        return self._made[key]

    def _members(self, property_: str, given: Iterable[ICluster], least: int) -> list[Any]:
        members = listed(self._path, property_, given)
        for number, member in enumerate(members):
            connecting(self._path, f"{property_}[{number}]", member)
        paths = [place_of(member).path for member in members]
        for path in paths:
            if paths.count(path) > 1:
                raise EceValueError(self._path, property_, path, "each member stands in the list once")
        if len(members) < least:
            raise EceValueError(self._path, property_, paths, f"at least {least} are needed")
        return list(members)

    def _connect(self, local: Any, remote: Any, **more: Any) -> None:
        """One connection; where filters are opened, the remote lets the local side in."""
        stack = place_of(self).stack
        names = ["-".join(place_of(side).seen_from(stack)) for side in (local, remote)]
        connection = RemoteCluster(
            self, f"{names[0]}-to-{names[1]}", local=local, remote=remote, **{**self._options, **more}
        )
        self._made[place_of(local).path, place_of(remote).path] = connection
        inner = connection.remote
        if self._open_filters and partner(inner) is None and isinstance(inner, EceDeployment):
            inner.admission.add(local, stack)
