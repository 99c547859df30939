"""All state of one installation. Whoever changes it holds the simulator's lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ece_simulator.clock import Agenda, Clock
from ece_simulator.data_plane.network import Plane
from ece_simulator.deployments.model import Deployment, Resource
from ece_simulator.ids import Ids
from ece_simulator.plans.engine import PlanEngine
from ece_simulator.platform.chains import Chain, own_proxy_chain
from ece_simulator.problems import Problem, deployment_not_found
from ece_simulator.regions import Region
from ece_simulator.seeding import plant_system_deployments
from ece_simulator.switches import Switches
from ece_simulator.templates.catalogue import Template, configurations, templates
from ece_simulator.tls import Authority, Pair, WellKnown
from ece_simulator.traffic_filters.rules import Ruleset
from ece_simulator.trust.relationships import Relationship
from ece_simulator.users.accounts import Accounts

REGION = "ece-region"
ECE_VERSION = "4.2.0"


class World:
    """One installation's deployments, filters, users, account; `reset` starts anew with the same identity.

    `hosted` makes it an organisation on Elastic Cloud Hosted: names of its regions, and the address of each.
    """

    def __init__(
        self,
        name: str,
        clock: Clock,
        switches: Switches,
        *,
        seed: str,
        domain: str,
        session_seconds: float,
        plane: Plane | None = None,
        well_known: WellKnown | None = None,
        proxy_ca: str = "private",
        egress: str = "198.51.100.10",
        hosted: dict[str, str] | None = None,
    ) -> None:
        self.name = name
        self.clock = clock
        self.switches = switches
        self.domain = domain
        self.hosted = hosted is not None
        self.region = REGION if hosted is None else next(iter(hosted))
        self.ece_version = ECE_VERSION
        self.ids = Ids(f"{seed}/{name}")
        self.agenda = Agenda(clock)
        self.started = self.agenda.now
        self.account_id = self.ids.hex32()
        self.environment_id = self.ids.number()
        self.local_relationship_id = self.ids.hex32()
        self.authority = Authority(name)
        self.regions = self._regions(hosted, egress)
        self.plane = plane or Plane()
        self.well_known = well_known or WellKnown()
        self.proxy_ca = proxy_ca
        self.on_certificate_change: list[Callable[[str], None]] = []
        self._own_proxy_chains: dict[str, Chain] = {}
        self.accounts = Accounts(self.ids, self.agenda, session_seconds)
        self.plans = PlanEngine(self)
        self.configurations: dict[str, dict[str, Any]] = configurations()
        self.templates: dict[str, Template] = templates(self.region)
        self.reset()

    def reset(self) -> None:
        """Forgets everything that was made; identity, users and keys stay."""
        self.agenda.clear()
        self.account_trust_all = True
        self.deployments: dict[str, Deployment] = {}
        self.rulesets: dict[str, Ruleset] = {}
        self.associations: dict[str, dict[tuple[str, str], None]] = {}
        self.request_ids: dict[str, str] = {}
        self.relationships: dict[str, Relationship] = {}
        self.extra_certificates: dict[str, list[str]] = {}
        self.chains: dict[str, Chain] = {}
        self.plans.seconds_of.clear()
        self.plans.orders.clear()
        if not self.hosted:
            plant_system_deployments(self)

    def _regions(self, hosted: dict[str, str] | None, egress: str) -> dict[str, Region]:
        """One region on ECE; of an organisation (names and their addresses) one domain and one authority for each."""
        if hosted is None:
            return {REGION: Region(REGION, self.domain, self.authority, egress)}
        return {
            name: Region(name, f"{name}.{self.domain}", Authority(f"{self.name} {name}"), address)
            for name, address in hosted.items()
        }

    def region_of(self, resource: Resource) -> Region:
        """Where a resource lives."""
        return self.regions.get(resource.region) or next(iter(self.regions.values()))

    def internal_authorities(self) -> list[Pair]:
        """The CAs that nodes accept among themselves: those of all regions."""
        return [pair for region in self.regions.values() for pair in region.authority.internal_authorities()]

    @property
    def egress(self) -> str:
        """The address that others see (of the first region)."""
        return next(iter(self.regions.values())).egress

    @egress.setter
    def egress(self, address: str) -> None:
        for region in self.regions.values():
            region.egress = address

    def own_proxy_chain(self) -> Chain:
        """The chain the installation gave its proxies itself."""
        if self.proxy_ca not in self._own_proxy_chains:
            self._own_proxy_chains[self.proxy_ca] = own_proxy_chain(self, self.proxy_ca)
        return self._own_proxy_chains[self.proxy_ca]

    def proxy_chain(self) -> Chain:
        """The chain the proxies show: the uploaded one, else their own."""
        return self.chains.get("proxy") or self.own_proxy_chain()

    def tell_certificate_change(self, service: str) -> None:
        """Lets those who serve TLS know that the chain of a service is another one now."""
        for listener in self.on_certificate_change:
            listener(service)

    def deployment(self, deployment_id: str) -> Deployment:
        """A deployment by id; 404 when there is none."""
        deployment = self.deployments.get(deployment_id)
        if deployment is None:
            raise deployment_not_found(deployment_id)
        return deployment

    def refuse_system_owned(self, deployment: Deployment) -> None:
        """System-owned deployments are changed by the platform only (status and code inferred)."""
        if self.switches.system_owned_protected and deployment.system_owned:
            text = f"The deployment [{deployment.id}] is owned by the system and cannot be changed"
            raise Problem(self.switches.system_owned_status, "deployments.system_owned", text)

    def template_of(self, plan: dict[str, Any]) -> Template | None:
        """The template a plan was made from."""
        return self.templates.get((plan.get("deployment_template") or {}).get("id", ""))

    def rulesets_of(self, entity_type: str, entity_id: str) -> list[str]:
        """Ids of the rule sets associated with a deployment or cluster."""
        return [name for name, pairs in self.associations.items() if (entity_type, entity_id) in pairs]

    def cluster_owner(self, cluster_id: str) -> Deployment | None:
        """The deployment an Elasticsearch cluster id belongs to."""
        for deployment in self.deployments.values():
            if any(resource.id == cluster_id for resource in deployment.of_kind("elasticsearch")):
                return deployment
        return None

    def forget(self, deployment: Deployment) -> None:
        """Takes a deployment away, with or without its filter associations (switch)."""
        self.deployments.pop(deployment.id)
        for resource in deployment.resources:
            if resource.pending is not None:
                self.agenda.cancel(resource.pending.event)
        if self.switches.associations_after_delete == "clean":
            gone = [("deployment", deployment.id), *(("cluster", r.id) for r in deployment.resources)]
            for pairs in self.associations.values():
                for pair in gone:
                    pairs.pop(pair, None)
