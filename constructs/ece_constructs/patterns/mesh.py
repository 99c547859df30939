"""A mesh: every member searches every other one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from constructs import Construct

from ece_constructs._judgement import tell
from ece_constructs._scopes import place_of
from ece_constructs.access import Access
from ece_constructs.cluster import ICluster
from ece_constructs.patterns._pattern import Pattern
from ece_constructs.remote_cluster import connecting
from ece_domain.compatibility import two_way_finding
from ece_l1._cdk import IResolvable


class Mesh(Pattern):
    """Each member is connected to each other one, in both directions: n members make n · (n - 1) connections.

    Members that come later add connections and change none.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        members: Sequence[ICluster],
        access: Access | None = None,
        security_model: str | None = None,
        expiration: str | None = None,
        rotate_after: str | None = None,
        skip_unavailable: bool | IResolvable | None = None,
        wait_for_connected: bool | IResolvable | None = None,
        open_filters: bool = False,
    ) -> None:
        """Connect all members.

        Args:
            scope: Where it belongs; its stack refers to the stacks of all members.
            id_: Its name in that scope.
            members: Two or more clusters.
            access: What each may do in each other one; needed in the API-key model.
            security_model: As in :class:`RemoteCluster`, for all of them.
            expiration: Life of the keys, such as ``90d``; they never expire unless given.
            rotate_after: Age at which the next deploy makes new keys, such as ``60d``; never unless given.
            skip_unavailable: Searches go on without members that are away; they do unless switched off.
            wait_for_connected: Wait until the connections stand, and repair them; so unless switched off.
            open_filters: Each member lets the others in, as ``allow_from`` does, with one rule set for each member.
                Users need a filter of their own, see ``allow_from``.

        Raises:
            EceValueError: fewer than two members, one of them twice, or see :class:`RemoteCluster`.
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
        given = self._members("members", members, 2)
        first, *others = (connecting(self._path, "members", each) for each in given)
        first.connections.join([each.connections for each in others])
        tell(self, two_way_finding(place_of(first).path, place_of(others[0]).path))
        for local, remote in permutations(given, 2):
            self._connect(local, remote)
