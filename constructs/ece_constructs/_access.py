"""Who may come in to one deployment: rule sets and associations behind ``allow_from``.

Ids of constructs made here are contract: they are part of Terraform's addresses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from constructs import Construct

import ece_l1 as l1
from ece_constructs._checks import literal
from ece_constructs._judgement import acknowledged_argument, decided, escalated_argument, tell
from ece_constructs._scopes import child, place_of, validate_with
from ece_constructs.cluster import ICluster, is_cluster
from ece_constructs.environment import Environment
from ece_constructs.errors import EceValueError
from ece_constructs.traffic_filter import Rule, TrafficFilter
from ece_domain.platforms import unreached_filter_finding
from ece_domain.traffic_filters import MAX_RULES, TrafficFilterType
from ece_domain.validations.filters import V30, V34
from ece_l1._cdk import TerraformStack

if TYPE_CHECKING:
    from ece_constructs.deployment import EceDeployment
    from ece_constructs.remote_cluster import RemoteCluster

Peer = ICluster | Environment

IP = TrafficFilterType.IP
REMOTE_CLUSTER = TrafficFilterType.REMOTE_CLUSTER
SCOPES = {IP: "Egress", REMOTE_CLUSTER: "Peers"}
"""Construct ids of the shared rule sets, by kind."""


class PeerRules:
    """One rule set for all peers of one stack and one kind; its rules are asked for when the stack is written."""

    def __init__(self, kind: TrafficFilterType, deployment: EceDeployment) -> None:
        self.kind = kind
        self._deployment = deployment
        self._peers: dict[str, Peer] = {}

    def add(self, peer: Peer) -> None:
        """One more peer; the same one again changes nothing."""
        self._peers.setdefault(place_of(peer).path, peer)

    def rules(self) -> list[Rule]:
        """The rules, in an order that does not depend on the order of calls."""
        found: dict[str, Rule] = {}
        for _, peer in sorted(self._peers.items()):
            for rule in self._rules_of(peer):
                found.setdefault(str(rule), rule)
        return list(found.values())

    def _rules_of(self, peer: Peer) -> list[Rule]:
        if self.kind is IP:
            return [{"source": source, "description": literal(_origin(peer))} for source in peer.egress]
        if isinstance(peer, Environment):
            return [{"environment_id": peer.lookup(self._deployment).environment_id, "description": peer.node.id}]
        return [{"cluster_id": peer.cluster_id, "description": literal(peer.name)}]

    def size(self) -> int:
        """Number of rules, without asking for ids."""
        if self.kind is REMOTE_CLUSTER:
            return len(self._peers)
        return len({(source, _origin(peer)) for peer in self._peers.values() for source in peer.egress})


def _origin(peer: Peer) -> str:
    """Whose addresses a rule holds: the environment, else the cluster itself."""
    environment = peer if isinstance(peer, Environment) else peer.environment
    return environment.node.id if environment is not None else str(getattr(peer, "name", peer.node.id))


class Access:
    """The rule sets of one deployment that this app knows of."""

    def __init__(self, deployment: EceDeployment) -> None:
        self._deployment = deployment
        self._associations: dict[str, tuple[TrafficFilterType, TerraformStack, l1.TrafficFilterAssociation]] = {}
        self._peer_rules: dict[str, PeerRules] = {}
        self._acknowledged = False
        self._certificate_peers: list[RemoteCluster] = []
        self._is_filtering = False
        self._is_guarded = False

    def acknowledge_lockout(self) -> None:
        """Only remote clusters are to come in, and that is meant."""
        self._acknowledged = True

    def note_certificate_peer(self, connection: RemoteCluster) -> None:
        """A connection by certificate leads here: filters do not reach it, whichever of both comes first."""
        self._certificate_peers.append(connection)
        if self._is_filtering:
            tell(connection, unreached_filter_finding(place_of(self._deployment).path))

    def _note_filtering(self) -> None:
        """The first source: from now on the deployment filters."""
        if not self._is_filtering:
            self._is_filtering = True
            for connection in self._certificate_peers:
                tell(connection, unreached_filter_finding(place_of(self._deployment).path))

    def add(self, source: Any, stack: TerraformStack | None = None) -> None:
        """Let one source in; a peer's rules stand in ``stack``, which is its own unless given.

        Raises:
            EceValueError: no source, or one that cannot come in.
        """
        if isinstance(source, TrafficFilter):
            self._add_filter(source)
        elif isinstance(source, Environment):
            self._add_peer(source, source, stack)
        elif not is_cluster(source):
            raise self._refusal(source, "a traffic filter, a cluster or an environment is needed, such as IpFilter(…)")
        else:
            self._add_peer(source, source.environment, stack)
        self._note_filtering()

    def _refusal(self, source: Any, allowed: str) -> EceValueError:
        return EceValueError(place_of(self._deployment).path, "allow_from", source, allowed)

    @property
    def _stack(self) -> TerraformStack:
        return place_of(self._deployment).stack

    def _add_filter(self, source: TrafficFilter) -> None:
        if source.environment is not self._deployment.environment:
            raise self._refusal(source, f"a filter of {place_of(self._deployment.environment).path} is needed")
        place = place_of(source)
        if place.path not in self._associations:
            scope = child(self._deployment, ["Allow", *place.seen_from(self._stack)])
            self._associate(place.path, scope, "Resource", source.KIND, source.resource, self._stack)

    def _add_peer(self, peer: Peer, environment: Environment | None, stack: TerraformStack | None) -> None:
        if peer is self._deployment:
            raise self._refusal(peer, "a deployment always reaches itself; name another one")
        kind = REMOTE_CLUSTER if environment is self._deployment.environment else IP
        if kind is IP and not peer.egress:
            named = place_of(environment if environment is not None else peer).path
            raise self._refusal(
                peer,
                f'it is of another environment, so its addresses are needed: give {named} egress=["198.51.100.0/28"]',
            )
        self._rules_for(peer, kind, stack).add(peer)

    def _rules_for(self, peer: Peer, kind: TrafficFilterType, given: TerraformStack | None) -> PeerRules:
        """The rule set of the peer's stack: a reference from here to a later stack would close a circle."""
        own = self._stack if isinstance(peer, Environment) else place_of(peer).stack
        stack = own if given is None else given
        key = f"{place_of(stack).path}:{kind.value}"
        if key not in self._peer_rules:
            self._peer_rules[key] = self._make_peer_rules(key, stack, kind)
        return self._peer_rules[key]

    def _make_peer_rules(self, key: str, stack: TerraformStack, kind: TrafficFilterType) -> PeerRules:
        at_home = stack is self._stack
        home: Construct = self._deployment
        if not at_home:
            home = child(stack, ["Allow", *place_of(self._deployment).seen_from(stack)])
        scope = child(home, [SCOPES[kind]])
        name = f"{self._deployment.name}-{SCOPES[kind].lower()}" + (
            "" if at_home else f"-{place_of(stack).path.rpartition('/')[2]}"
        )
        peer_rules = PeerRules(kind, self._deployment)
        rule_set = l1.TrafficFilter(
            scope,
            "Resource",
            name=literal(name),
            type=kind.value,
            region=getattr(self._deployment, "region", None),
            rules=l1.Deferred(peer_rules.rules),
            provider=self._deployment.environment.provider_in(stack),
        )
        self._associate(key, scope, "Association", kind, rule_set, stack)
        return peer_rules

    def _associate(
        self,
        key: str,
        scope: Construct,
        id_: str,
        kind: TrafficFilterType,
        rule_set: l1.TrafficFilter,
        stack: TerraformStack,
    ) -> None:
        """Attach a rule set. Ids are asked for late, so that addresses can still be overridden."""
        is_cluster_set, is_peer_set = kind is REMOTE_CLUSTER, id_ != "Resource"
        guarded = is_cluster_set or is_peer_set
        if guarded and not self._is_guarded:
            self._is_guarded = True
            validate_with(self._deployment, self._problems)  # sets that users gave cannot lock them out together
        self._associations[key] = (
            kind,
            stack,
            l1.TrafficFilterAssociation(
                scope,
                id_,
                deployment_id=l1.Deferred(lambda: self._deployment.deployment_id),
                traffic_filter_id=l1.Deferred(lambda: rule_set.id),
                requires=l1.Deferred(lambda: self._requires(stack)) if guarded else None,
                acknowledge_lockout=l1.Deferred(lambda: self._is_lockout_meant or None) if is_cluster_set else None,
                acknowledge=l1.Deferred(lambda: literal(acknowledged_argument(self._deployment))),
                escalate=l1.Deferred(lambda: escalated_argument(self._deployment)),
                provider=self._deployment.environment.provider_in(stack),
            ),
        )

    def _requires(self, stack: TerraformStack) -> list[str] | None:
        """Sets of users that must be there before a set for clusters in ``stack``: its own and the deployment's."""
        return [association.id for association in self._of_users(stack)] or None

    def _of_users(self, stack: TerraformStack) -> list[l1.TrafficFilterAssociation]:
        """Sets of addresses that the program gave, by path, so that the order of calls does not count.

        Addresses of environments and partners are not among them: machines come from there, and nobody else.
        """
        found = sorted(self._associations.items())
        return [
            each
            for key, (kind, home, each) in found
            if kind is IP and key not in self._peer_rules and home in (stack, self._stack)
        ]

    @property
    def _is_lockout_meant(self) -> bool:
        return self._acknowledged or V30.id in decided(self._deployment, "acknowledge")

    def _problems(self) -> list[str]:
        return [*self._too_many(), *self._lockouts()]

    def _too_many(self) -> list[str]:
        return [
            f"allow_from: {rules.size()} peers of one stack, at most {MAX_RULES} are allowed in one rule set; "
            f"name further ones in a RemoteClusterFilter ({V34})"
            for rules in self._peer_rules.values()
            if rules.size() > MAX_RULES
        ]

    def _lockouts(self) -> Sequence[str]:
        """Stacks from which users would be locked out. Foreign IP sets of an imported deployment are not known here."""
        if self._is_lockout_meant or not self._deployment.owned:
            return []
        stacks = {
            place_of(home).path: home
            for key, (kind, home, _) in self._associations.items()
            if kind is REMOTE_CLUSTER or key in self._peer_rules
        }
        return [
            f"allow_from: stack {path} lets in remote clusters only, so all users would be locked out of "
            f"{place_of(self._deployment).path}: let addresses in too, allow_from(IpFilter(…)), "
            f"or say allow_from(…, acknowledge_lockout=True) ({V30})"
            for path, stack in sorted(stacks.items())
            if not self._of_users(stack)
        ]
