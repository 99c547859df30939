"""A cluster where it stands: its own state, and what its platform says about it, at one moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ece_simulator.data_plane.dial import Caller
from ece_simulator.data_plane.elasticsearch_log import Line
from ece_simulator.data_plane.network import Plane
from ece_simulator.elasticsearch.cluster import SUPERUSER, Cluster
from ece_simulator.ids import Ids


@dataclass(frozen=True)
class Site:
    """Made anew for each request, under the plane's lock. `now` is in seconds since the epoch."""

    cluster: Cluster
    cluster_id: str
    installation: str
    deployment: str
    version: str
    now: float
    ids: Ids
    plane: Plane
    caller: Callable[[str | None], Caller]
    """Who dials for this cluster, with the secret for an alias if there is one."""
    again: Callable[[], Site | None]
    """The same cluster at the present moment; None when it is gone. Takes the lock."""
    reload: Callable[[], None]
    """The nodes read their keystore, as far as that works without a restart."""

    def note(self, message: str, alias: str | None = None) -> None:
        """Writes a line into the log of the cluster's nodes."""
        self.plane.log.add(Line(self.now, self.installation, self.deployment, self.cluster_id, alias, message))


@dataclass(frozen=True)
class Who:
    """The user behind a request to Elasticsearch, or a node of another cluster."""

    name: str
    roles: tuple[str, ...]
    key_id: str | None = None
    """Set when the caller used an API key."""
    definitions: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The caller's roles that this cluster knows."""

    @property
    def is_superuser(self) -> bool:
        """May do everything."""
        return SUPERUSER in self.roles

    def told(self) -> str:
        """As Elasticsearch's messages name a user."""
        return f"user [{self.name}] with effective roles [{','.join(self.roles)}]"

    def index_patterns(self, privilege: str) -> list[str]:
        """Index patterns for which a role grants the privilege (`read`, `write` …) in this cluster."""
        return [
            name
            for role in self.definitions.values()
            for entry in role.get("indices", ())
            if {privilege, "all"} & set(entry.get("privileges", ()))
            for name in entry.get("names", ())
        ]
