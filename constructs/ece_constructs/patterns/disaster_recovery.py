"""Disaster recovery: a second cluster that holds copies of the first one's indices."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from ece_constructs._checks import listed
from ece_constructs.access import Access
from ece_constructs.cluster import ICluster
from ece_constructs.errors import EceValueError
from ece_constructs.patterns._pattern import Pattern
from ece_constructs.remote_cluster import connecting, security_model_of
from ece_domain.security_models import SecurityModel
from ece_l1._cdk import IResolvable


class DisasterRecoveryPair(Pattern):
    """The secondary cluster replicates indices of the primary one (cross-cluster replication).

    It makes the connection; follower indices and auto-follow patterns are made in Elasticsearch, on the secondary.
    With ``both_ways`` the primary can follow the secondary too: to fail back after a disaster, or for writes on both.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        primary: ICluster,
        secondary: ICluster,
        indices: Sequence[str],
        both_ways: bool = False,
        security_model: str | None = None,
        expiration: str | None = None,
        rotate_after: str | None = None,
        wait_for_connected: bool | IResolvable | None = None,
        open_filters: bool = False,
    ) -> None:
        """Connect a pair.

        Args:
            scope: Where it belongs; its stack refers to the stacks of both clusters.
            id_: Its name in that scope.
            primary: Holds the leaders.
            secondary: Holds the followers; its version is at least that of the primary.
            indices: Index patterns that may be replicated, such as ``orders-*``; in the API-key model.
            both_ways: Connect the primary to the secondary as well; both need the same version then.
            security_model: As in :class:`RemoteCluster`.
            expiration: Life of the keys, such as ``90d``; they never expire unless given.
            rotate_after: Age at which the next deploy makes new keys, such as ``60d``; never unless given.
            wait_for_connected: Wait until the connections stand, and repair them; so unless switched off.
            open_filters: Whoever is followed lets the follower in, as ``allow_from`` does. Users need a filter of their
                own, see ``allow_from``.

        Raises:
            EceValueError: the same cluster twice, no index pattern, or see :class:`RemoteCluster`.
        """
        options = {
            "security_model": security_model,
            "expiration": expiration,
            "rotate_after": rotate_after,
            "wait_for_connected": wait_for_connected,
        }
        super().__init__(scope, id_, open_filters=open_filters, options=options)
        if not isinstance(both_ways, bool):
            raise EceValueError(self._path, "both_ways", both_ways, "True or False is needed")
        leader, follower = self._members("primary and secondary", [primary, secondary], 2)
        access = Access.replicate(*listed(self._path, "indices", indices))
        sides = [connecting(self._path, "secondary", follower), connecting(self._path, "primary", leader)]
        by_key = security_model_of(self._path, security_model, *sides) is SecurityModel.API_KEY
        self._connect(follower, leader, access=access if by_key else None)
        if both_ways:
            self._connect(leader, follower, access=access if by_key else None)
