"""Two ways to give a deployment company defaults: derive from it, or put it inside a construct of your own."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from ece_constructs import Deployment, Environment, ICluster, Tier, TrafficFilter

VERSION = "9.2.0"
"""Raise it here, and all deployments are upgraded in place."""


class CompanyDeployment(Deployment):
    """Derived: everything a deployment can do, with fewer decisions left."""

    team: str
    """Declared here, so that it may be set below."""

    def __init__(self, scope: Construct, id_: str, *, environment: Environment, team: str, size: str = "4g") -> None:
        super().__init__(
            scope,
            id_,
            environment=environment,
            version=VERSION,
            hot=Tier(size=size, zones=2),
            kibana=Tier(size="1g"),
            tags={"team": team},
        )
        self.team = team


class OfficeDeployment(Construct):
    """Wrapped: shows what its users need and nothing else, and is reached from the office only.

    With the members of ``ICluster`` it can be named in ``allow_from`` like any cluster.
    The inner id ``Resource`` keeps names and addresses short: the deployment is called like the wrapper.
    """

    def __init__(
        self, scope: Construct, id_: str, *, environment: Environment, team: str, office: TrafficFilter
    ) -> None:
        super().__init__(scope, id_)
        self._inner = CompanyDeployment(self, "Resource", environment=environment, team=team)
        self._inner.allow_from(office)

    def allow_from(self, *peers: ICluster) -> None:
        """Let clusters in; people come from the office, and nobody can change that."""
        self._inner.allow_from(*peers)

    @property
    def name(self) -> str:
        """Its name."""
        return self._inner.name

    @property
    def environment(self) -> Environment:
        """Where it runs."""
        return self._inner.environment

    @property
    def cluster_id(self) -> str:
        """Its Elasticsearch cluster id."""
        return self._inner.cluster_id

    @property
    def egress(self) -> Sequence[str]:
        """Where its requests come from."""
        return self._inner.egress

    @property
    def https_url(self) -> str:
        """URL of Elasticsearch."""
        return self._inner.https_url
