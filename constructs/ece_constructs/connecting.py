"""The one verb of all clusters that take part in connections, wherever they run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from constructs import Construct

from ece_constructs._connections import Connections
from ece_constructs._judgement import Checked
from ece_constructs._scopes import child, place_of
from ece_constructs.access import Access
from ece_constructs.cluster import Cluster, ICluster
from ece_constructs.remote_cluster import RemoteCluster
from ece_constructs.secret import Secret
from ece_constructs.trust_relationship import TrustRelationship
from ece_l1._cdk import IResolvable

if TYPE_CHECKING:
    from ece_constructs.environment import Environment


class ConnectingCluster(Checked, Cluster):
    """A cluster that connects to others, and that others connect to."""

    if TYPE_CHECKING:  # each kind has these, in a way of its own

        @property
        def name(self) -> str:
            """Its name; may be a token."""

        @property
        def environment(self) -> Environment | None:
            """Where it runs; None for a partner."""

        @property
        def cluster_id(self) -> str:
            """Its Elasticsearch cluster id."""

        @property
        def egress(self) -> Sequence[str]:
            """Addresses and blocks that its requests come from."""

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        self._connections = Connections(self)

    @property
    def connections(self) -> Connections:
        """Its connections as the local side: a sequence of :class:`RemoteCluster`, in the order they were made."""
        return self._connections

    def connect_to(
        self,
        remote: ICluster,
        *,
        access: Access | None = None,
        alias: str | None = None,
        security_model: str | None = None,
        trust: TrustRelationship | None = None,
        expiration: str | None = None,
        rotate_after: str | None = None,
        skip_unavailable: bool | IResolvable | None = None,
        wait_for_connected: bool | IResolvable | None = None,
        certificate_identity: str | None = None,
        roles: Sequence[str] = (),
        secret_file: str | Path | None = None,
        secret: Secret | None = None,
        hand_over: str | Path | None = None,
        managed_through: str | None = None,
        scope: Construct | None = None,
    ) -> RemoteCluster:
        """Connect to a remote cluster: this one searches it, or replicates from it.

        The arguments are those of :class:`RemoteCluster`. The connection is made below this cluster unless a
        ``scope`` is given; with one of another stack it is made there, so that stacks refer to each other one way only.
        Filters of the remote are not opened: see ``allow_from``.

        Raises:
            EceValueError: see :class:`RemoteCluster`.
        """
        name = RemoteCluster.alias_for(self, remote, alias)
        home = self if scope is None else scope
        parts = ["Remote"] if scope is None else ["Remote", *place_of(self).seen_from(place_of(scope).stack)]
        return RemoteCluster(
            child(home, parts),
            name,
            local=self,
            remote=remote,
            access=access,
            alias=name,
            security_model=security_model,
            trust=trust,
            expiration=expiration,
            rotate_after=rotate_after,
            skip_unavailable=skip_unavailable,
            wait_for_connected=wait_for_connected,
            certificate_identity=certificate_identity,
            roles=roles,
            secret_file=secret_file,
            secret=secret,
            hand_over=hand_over,
            managed_through=managed_through,
        )
