"""Traffic filters: rule sets that say who may come in. They act where a deployment's ``allow_from`` names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from constructs import Construct

import ece_l1 as l1
from ece_constructs._checks import flag, judged, known, listed, literal, text
from ece_constructs._judgement import Checked, acknowledged_argument, escalated_argument, tell
from ece_constructs._scopes import place_of
from ece_constructs.cluster import ICluster, is_cluster
from ece_constructs.environment import Environment
from ece_constructs.errors import EceValueError
from ece_domain.identifiers import environment_id_finding
from ece_domain.platforms import FilterKind, Platform, filter_finding
from ece_domain.traffic_filters import (
    MAX_RULES,
    TrafficFilterType,
    cluster_id_finding,
    default_finding,
    source_finding,
)
from ece_domain.validations.filters import V34
from ece_l1._base import Guarded
from ece_l1._cdk import IResolvable, TerraformIterator

Rule = l1.TrafficFilterRules


class TrafficFilter(Checked, Guarded, Construct):
    """Base of the two kinds of rule sets; use :class:`IpFilter` or :class:`RemoteClusterFilter`."""

    KIND: ClassVar[TrafficFilterType]

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        environment: Environment,
        rules: Callable[[str], Sequence[Rule] | IResolvable],
        name: str | None,
        description: str | None,
        include_by_default: bool | IResolvable | None,
    ) -> None:
        super().__init__(scope, id_)
        path = place_of(self).path
        if not isinstance(environment, Environment):
            raise EceValueError(path, "environment", environment, "an Environment is needed")
        self._environment = environment
        self._name = place_of(self).default_name if name is None else text(path, "name", name)
        self._resource = l1.TrafficFilter(
            self,
            "Resource",
            name=literal(self._name),
            type=self.KIND.value,
            description=None if description is None else literal(text(path, "description", description)),
            include_by_default=flag(path, "include_by_default", include_by_default),
            rules=rules(path),
            acknowledge=l1.Deferred(lambda: literal(acknowledged_argument(self))),
            escalate=l1.Deferred(lambda: escalated_argument(self)),
            provider=environment.provider_in(self),
        )
        if include_by_default is True:
            tell(self, default_finding(self._name))

    @property
    def environment(self) -> Environment:
        """Where the rule set lives."""
        return self._environment

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def resource(self) -> l1.TrafficFilter:
        """The Terraform resource."""
        return self._resource

    @property
    def traffic_filter_id(self) -> str:
        """Its id, known after apply."""
        return self._resource.id


class IpFilter(TrafficFilter):
    """A rule set of addresses and CIDR blocks. It counts at every port of a deployment but 9400."""

    KIND = TrafficFilterType.IP

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        environment: Environment,
        sources: Sequence[str] | Mapping[str, str],
        name: str | None = None,
        description: str | None = None,
        include_by_default: bool | IResolvable | None = None,
    ) -> None:
        """Let addresses in.

        Args:
            scope: Where it belongs.
            id_: Its name in that scope.
            environment: The installation that keeps the rule set.
            sources: Addresses and CIDR blocks without host bits, or a mapping of them to descriptions; 1 to 128.
            name: The path below the stack unless given.
            description: None unless given.
            include_by_default: Every new deployment starts with it; not so unless given.

        Raises:
            EceValueError: a source that is no address or block, no source, too many, or a value of the wrong kind.
        """
        super().__init__(
            scope,
            id_,
            environment=environment,
            rules=lambda path: _ip_rules(path, sources),
            name=name,
            description=description,
            include_by_default=include_by_default,
        )


def _ip_rules(path: str, sources: Sequence[str] | Mapping[str, str]) -> Sequence[Rule] | IResolvable:
    given = listed(path, "sources", sources)
    if len(given) == 1 and str(given[0]).startswith("#{"):  # a whole list that is known later
        iterator = TerraformIterator.from_list(list(given))
        return iterator.dynamic({"source": iterator.value})
    _check_count(path, "sources", given)
    for source in given:
        judged(path, "sources", text(path, "sources", source), source_finding)
    if isinstance(sources, Mapping):
        return [{"source": source, "description": literal(told)} for source, told in sources.items()]
    return [{"source": source} for source in given]


def _check_count(path: str, property_: str, rules: Sequence[object]) -> None:
    if not 1 <= len(rules) <= MAX_RULES:
        raise EceValueError(path, property_, rules, f"1 to {MAX_RULES} are needed, got {len(rules)} ({V34})")


class RemoteClusterFilter(TrafficFilter):
    """A rule set of clusters of the same installation. It counts at port 9443 only.

    Where it is the only kind on a deployment, everybody but remote clusters is locked out: see ``allow_from``.
    """

    KIND = TrafficFilterType.REMOTE_CLUSTER

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        environment: Environment,
        peers: Sequence[ICluster] = (),
        cluster_ids: Sequence[str] = (),
        environment_ids: Sequence[str] = (),
        name: str | None = None,
        description: str | None = None,
        include_by_default: bool | IResolvable | None = None,
    ) -> None:
        """Let clusters in.

        Args:
            scope: Where it belongs.
            id_: Its name in that scope.
            environment: The installation that keeps the rule set.
            peers: Clusters of the same installation.
            cluster_ids: Elasticsearch cluster ids (not deployment ids), where there is no object for a cluster.
            environment_ids: Ids of environments, all of whose clusters may come in.
            name: The path below the stack unless given.
            description: None unless given.
            include_by_default: Every new deployment starts with it; not so unless given.

        Raises:
            EceValueError: a peer of another environment, an id of the wrong form, no rule or too many.
        """
        super().__init__(
            scope,
            id_,
            environment=environment,
            rules=lambda path: _cluster_rules(path, environment, peers, cluster_ids, environment_ids),
            name=name,
            description=description,
            include_by_default=include_by_default,
        )
        for environment_id in environment_ids:
            if known(environment_id):
                tell(self, environment_id_finding(environment_id), "environment_ids", environment_id)


def _cluster_rules(
    path: str,
    environment: Environment,
    peers: Sequence[ICluster],
    cluster_ids: Sequence[str],
    environment_ids: Sequence[str],
) -> Sequence[Rule]:
    members = listed(path, "peers", peers)
    for peer in members:
        _check_peer(path, environment, peer)
    clusters = listed(path, "cluster_ids", cluster_ids)
    for cluster_id in clusters:
        judged(path, "cluster_ids", cluster_id, cluster_id_finding)
    environments = listed(path, "environment_ids", environment_ids)
    for environment_id in environments:
        judged(path, "environment_ids", environment_id, environment_id_finding)
    _check_count(path, "peers", [*members, *clusters, *environments])
    # The id of a peer is asked for late: a reference that was made freezes the peer's address.
    rules: list[Rule] = []
    for peer in members:
        rules.append({"cluster_id": l1.Deferred(_cluster_id_of(peer)), "description": literal(peer.name)})
    rules.extend({"cluster_id": cluster_id} for cluster_id in clusters)
    rules.extend({"environment_id": environment_id} for environment_id in environments)
    return rules


def _cluster_id_of(peer: ICluster) -> Callable[[], str]:
    return lambda: peer.cluster_id


def _check_peer(path: str, environment: Environment, peer: Any) -> None:
    if not is_cluster(peer):
        raise EceValueError(path, "peers", peer, "a deployment is needed; ids go to cluster_ids")
    if peer.environment is not environment:
        finding = filter_finding(FilterKind.REMOTE_CLUSTER, Platform.ECE, Platform.ECE)
        assert finding is not None  # noqa: S101  (the pair is of two environments)
        raise EceValueError(
            path,
            "peers",
            peer,
            f"rules for clusters work inside one environment only; use an IpFilter with its egress ({finding.code})",
        )
