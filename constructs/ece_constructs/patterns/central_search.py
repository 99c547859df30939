"""Central search: one cluster that searches many."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from ece_constructs.access import Access
from ece_constructs.cluster import ICluster
from ece_constructs.patterns._pattern import Pattern
from ece_l1._cdk import IResolvable


class CentralSearch(Pattern):
    """One cluster is connected to each of the others, which do not know each other."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        central: ICluster,
        remotes: Sequence[ICluster],
        access: Access | None = None,
        security_model: str | None = None,
        expiration: str | None = None,
        rotate_after: str | None = None,
        skip_unavailable: bool | IResolvable | None = None,
        wait_for_connected: bool | IResolvable | None = None,
        open_filters: bool = False,
    ) -> None:
        """Connect one to many.

        Args:
            scope: Where it belongs; its stack refers to the stacks of all clusters.
            id_: Its name in that scope.
            central: The cluster that searches.
            remotes: The clusters that are searched, one or more.
            access: What the central cluster may do in each of them; needed in the API-key model.
            security_model: As in :class:`RemoteCluster`, for all of them.
            expiration: Life of the keys, such as ``90d``; they never expire unless given.
            rotate_after: Age at which the next deploy makes new keys, such as ``60d``; never unless given.
            skip_unavailable: Searches go on without remotes that are away; they do unless switched off.
            wait_for_connected: Wait until the connections stand, and repair them; so unless switched off.
            open_filters: Each remote lets the central cluster in, as ``allow_from`` does. Users need a filter of their
                own, see ``allow_from``.

        Raises:
            EceValueError: no remote, one of them twice, or see :class:`RemoteCluster`.
        """
        options = {
            "access": access,
            "security_model": security_model,
            "expiration": expiration,
            "rotate_after": rotate_after,
            "skip_unavailable": skip_unavailable,
            "wait_for_connected": wait_for_connected,
        }
        super().__init__(scope, id_, open_filters=open_filters, options=options)
        (local,) = self._members("central", [central], 1)
        for remote in self._members("remotes", remotes, 1):
            self._connect(local, remote)
