"""Deployments of one environment: made here, or made elsewhere and taken by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from constructs import Construct

import ece_l1 as l1
from ece_constructs._access import Access as Admission
from ece_constructs._checks import flag, judged, known, literal, text, text_mapping
from ece_constructs._scopes import place_of
from ece_constructs._trust import Trust
from ece_constructs.cluster import ICluster
from ece_constructs.connecting import ConnectingCluster
from ece_constructs.cross_cluster_enablement import CrossClusterEnablement
from ece_constructs.environment import Environment
from ece_constructs.errors import EceValueError
from ece_constructs.traffic_filter import TrafficFilter
from ece_domain.identifiers import check_hex_id
from ece_domain.sizes import parse_size
from ece_domain.versions import Version
from ece_l1._cdk import IResolvable


@dataclass(frozen=True, kw_only=True)
class Tier:
    """Size of a data tier, of Kibana, or of another component."""

    size: str
    """Memory of one zone, such as ``8g`` or ``512m``."""
    zones: int | float | None = None
    """Number of availability zones; one unless given."""


class EceDeployment(ConnectingCluster):
    """What deployments of an environment have in common, whoever made them."""

    def __init__(self, scope: Construct, id_: str, environment: Environment) -> None:
        super().__init__(scope, id_)
        if not isinstance(environment, Environment):
            raise EceValueError(place_of(self).path, "environment", environment, "an Environment is needed")
        self._environment = environment
        self._access = Admission(self)
        self._trust = Trust(self)
        self._enablement: CrossClusterEnablement | None = None

    @property
    def _attributes(self) -> l1.Deployment | l1.DataDeployment:
        """Where outputs are read from."""
        raise TypeError(f"{type(self).__name__} shows no outputs")

    @property
    def owned(self) -> bool:
        """True when this app makes, changes and destroys the deployment."""
        return isinstance(self._attributes, l1.Deployment)

    @property
    def environment(self) -> Environment:
        """Where it runs."""
        return self._environment

    @property
    def egress(self) -> Sequence[str]:
        """Addresses that its requests come from: those of its environment."""
        return self._environment.egress

    @property
    def name(self) -> str:
        """Its name."""
        return self._attributes.name

    @property
    def version(self) -> str:
        """Its version of the Elastic Stack."""
        return self._attributes.version

    @property
    def admission(self) -> Admission:
        """Who may come in; for constructs that connect."""
        return self._access

    @property
    def trust(self) -> Trust:
        """Whom it trusts; for constructs that connect."""
        return self._trust

    @property
    def deployment_id(self) -> str:
        """Its id. Not the id of its Elasticsearch cluster, though both look alike."""
        return self._attributes.id

    @property
    def ref_id(self) -> str:
        """Reference id of its Elasticsearch resource."""
        return self._attributes.ref_id

    @property
    def cluster_id(self) -> str:
        """Its Elasticsearch cluster id: what trust lists and rules for remote clusters hold."""
        return self._attributes.cluster_id

    @property
    def cloud_id(self) -> str:
        """Its cloud id, for clients and agents."""
        return self._attributes.cloud_id

    @property
    def endpoint(self) -> str:
        """Host name of Elasticsearch, without scheme and port."""
        return self._attributes.endpoint

    @property
    def https_url(self) -> str:
        """URL of Elasticsearch."""
        return self._attributes.https_url

    @property
    def kibana_url(self) -> str:
        """URL of Kibana; null without Kibana."""
        return self._attributes.kibana_url

    def share_trust(self) -> None:
        """Let several stacks, or several programs, name the clusters that this deployment trusts.

        A list of trusted clusters has one owner otherwise, in one stack. Shared, each connection by certificate adds
        its own peer (``ece_deployment_trust_member``) and takes it out again, and nobody removes what others added.
        Say it before the first such connection. For clusters of the same environment it needs a deployment that does
        not trust all of them: see :class:`DefaultTrust`.

        Raises:
            EceValueError: a connection made a list with an owner already.
        """
        self._trust.share()

    def note_enablement(self, path: str, enablement: CrossClusterEnablement) -> None:
        """Note what its connections wait for; for :class:`CrossClusterEnablement`.

        Raises:
            EceValueError: there is one already.
        """
        if self._enablement is not None:
            raise EceValueError(path, "deployment", self, f"{place_of(self._enablement).path} does it already")
        self._enablement = enablement

    def allow_from(self, *sources: TrafficFilter | ICluster | Environment, acknowledge_lockout: bool = False) -> None:
        """Let sources in; further calls add to it.

        A deployment lets in everybody until the first call. From then on it lets in who matches any source.

        Args:
            *sources: A filter: its rules count. A cluster of the same environment: may connect as a remote cluster.
                An environment: all its clusters may. A cluster or environment elsewhere: its ``egress`` may come in.
            acknowledge_lockout: Only remote clusters are to come in, no users and no clients.

        Raises:
            EceValueError: no source, a filter of another environment, the deployment itself, or missing ``egress``.
        """
        if not sources and not acknowledge_lockout:
            raise EceValueError(place_of(self).path, "allow_from", (), "at least one source is needed")
        for source in sources:
            self._access.add(source)
        if acknowledge_lockout:
            self._access.acknowledge_lockout()


class Deployment(EceDeployment):
    """A deployment that this app makes, changes and destroys."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        environment: Environment,
        version: str,
        name: str | None = None,
        template_id: str | None = None,
        hot: Tier | None = None,
        warm: Tier | None = None,
        cold: Tier | None = None,
        frozen: Tier | None = None,
        master: Tier | None = None,
        coordinating: Tier | None = None,
        ml: Tier | None = None,
        kibana: Tier | None = None,
        integrations_server: Tier | None = None,
        tags: Mapping[str, str] | None = None,
        deletion_protection: bool | IResolvable | None = None,
        timeouts: Mapping[str, str] | None = None,
    ) -> None:
        """Describe a deployment.

        Args:
            scope: Where it belongs.
            id_: Its name in that scope; part of its address and of its default name.
            environment: Where it runs.
            version: Version of the Elastic Stack, such as ``9.2.0``; raising it upgrades in place.
            name: The path below the stack unless given, in lower case; renaming is done in place.
            template_id: Deployment template; the environment's default one unless given.
            hot: Hot data and content. With no tier given at all, the template decides and sizes are not managed.
            warm: Warm data; none unless given.
            cold: Cold data; none unless given.
            frozen: Frozen data, searched in snapshots; none unless given.
            master: Dedicated masters; none unless given.
            coordinating: Dedicated coordinating nodes; none unless given.
            ml: Machine learning; none unless given.
            kibana: Kibana; none unless given.
            integrations_server: Integrations Server (APM, Fleet); none unless given.
            tags: Tags of the deployment; none unless given.
            deletion_protection: Refuse to destroy or replace it; on unless switched off.
            timeouts: How long to wait, by verb, such as ``{"create": "30m"}``.

        Raises:
            EceValueError: a value that cannot be.
        """
        super().__init__(scope, id_, environment)
        path = place_of(self).path
        if environment.KIND != Environment.KIND:
            raise EceValueError(
                path, "environment", environment, "deployments are made on ECE; HostedDeployment.from_id(…) takes one"
            )
        self._name = place_of(self).default_name if name is None else text(path, "name", name)
        tiers = {
            "hot": hot,
            "warm": warm,
            "cold": cold,
            "frozen": frozen,
            "master": master,
            "coordinating": coordinating,
            "ml": ml,
        }
        lowered = {tier: _lowered(path, tier, given) for tier, given in tiers.items() if given is not None}
        self._version = judged(path, "version", text(path, "version", version), Version.parse)
        self._resource = l1.Deployment(
            self,
            "Resource",
            name=literal(self._name),
            version=literal(self._version),
            template_id=None if template_id is None else literal(text(path, "template_id", template_id)),
            tiers=cast("Mapping[str, l1.DeploymentTiers]", lowered) or None,
            kibana=cast("l1.DeploymentKibana | None", _lowered(path, "kibana", kibana)),
            integrations_server=cast(
                "l1.DeploymentIntegrationsServer | None", _lowered(path, "integrations_server", integrations_server)
            ),
            tags=literal(text_mapping(path, "tags", tags)),
            deletion_protection=flag(path, "deletion_protection", deletion_protection),
            timeouts=cast("l1.DeploymentTimeouts | None", literal(text_mapping(path, "timeouts", timeouts))),
            provider=environment.provider_in(self),
        )
        stack = place_of(self).stack
        environment.comes_after_default(stack)
        self._resource.follow(lambda: [*environment.defaults_in(stack), *self.connections.upgraded_before()])

    @staticmethod
    def from_id(scope: Construct, id_: str, deployment_id: str, *, environment: Environment) -> ImportedDeployment:
        """A deployment that exists already and is not managed here.

        Args:
            scope: Where it belongs.
            id_: Its name in that scope.
            deployment_id: Its deployment id, 32 characters of 0-9 and a-f.
            environment: Where it runs.

        Raises:
            EceValueError: not a deployment id.
        """
        return ImportedDeployment(scope, id_, deployment_id=deployment_id, environment=environment)

    @property
    def _attributes(self) -> l1.Deployment:
        return self._resource

    @property
    def resource(self) -> l1.Deployment:
        """The Terraform resource."""
        return self._resource

    @property
    def name(self) -> str:
        """Its name, as it was given or made."""
        return self._name

    @property
    def version(self) -> str:
        """Its version, as it was given."""
        return self._version


class ImportedDeployment(EceDeployment):
    """A deployment that somebody else manages; its outputs are read, and ``allow_from`` works on it as well."""

    def __init__(self, scope: Construct, id_: str, *, deployment_id: str, environment: Environment) -> None:
        """Take a deployment by id; the same as :meth:`Deployment.from_id`."""
        super().__init__(scope, id_, environment)
        path = place_of(self).path
        text(path, "deployment_id", deployment_id)
        self._deployment_id = judged(
            path, "deployment_id", deployment_id, lambda each: check_hex_id(each, "deployment id")
        )
        self._resource = l1.DataDeployment(self, "Resource", id=deployment_id, provider=environment.provider_in(self))

    @property
    def _attributes(self) -> l1.DataDeployment:
        return self._resource

    @property
    def resource(self) -> l1.DataDeployment:
        """The Terraform data source."""
        return self._resource

    @property
    def deployment_id(self) -> str:
        """Its id, as it was given."""
        return self._deployment_id


def _lowered(path: str, property_: str, tier: Any) -> dict[str, Any] | None:
    """A tier as the provider wants it.

    Raises:
        EceValueError: no ``Tier``, a size that is none, or zones that are no number from 1 on.
    """
    if tier is None:
        return None
    if not isinstance(tier, Tier):
        raise EceValueError(path, property_, tier, 'a tier is needed, such as Tier(size="8g", zones=2)')
    judged(path, f"{property_}.size", text(path, f"{property_}.size", tier.size), parse_size)
    zones = tier.zones
    if zones is not None and known(zones) and (isinstance(zones, bool) or not isinstance(zones, int) or zones < 1):
        raise EceValueError(path, f"{property_}.zones", zones, "a whole number from 1 on is needed")
    return {"size": literal(tier.size), "zone_count": zones}
