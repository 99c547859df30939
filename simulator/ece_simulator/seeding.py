"""Deployments that are there from the start, or were made by somebody in the UI: finished, with foreign parts."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ece_simulator.deployments.creation import create, drafts_for_create
from ece_simulator.deployments.model import SYSTEM_NAMES, Deployment, Resource
from ece_simulator.keystore.rules import merge
from ece_simulator.remote_clusters.settings import write
from ece_simulator.templates.handlers import adapted
from ece_simulator.traffic_filters.rules import from_request
from ece_simulator.trust.direct_entries import authority_complaints
from ece_simulator.trust.settings import taken_over

if TYPE_CHECKING:
    from ece_simulator.world import World

DEFAULT_VERSION = "9.2.0"


@dataclass
class Seed:
    """What to make; every part is optional.

    `body` is a whole create request and replaces what template, version and kinds would give. `traffic_filters` holds
    rule set ids or whole rule set requests. `remotes` are RemoteResourceRef objects, `trust` the three lists,
    `keystore` secrets by name, `documents` sources by index and id.
    """

    name: str = "made-in-ui"
    version: str = DEFAULT_VERSION
    template_id: str = "default"
    sizes: dict[str, int] = field(default_factory=dict)
    kinds: tuple[str, ...] = ("kibana", "integrations_server")
    alias: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    traffic_filters: list[Any] = field(default_factory=list)
    remotes: list[dict[str, Any]] = field(default_factory=list)
    keystore: dict[str, Any] = field(default_factory=dict)
    trust: dict[str, Any] | None = None
    system_owned: bool = False
    hidden: bool = False
    documents: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    created_before_2_9_0: bool = False
    body: dict[str, Any] | None = None
    region: str | None = None


def plant(world: World, seed: Seed) -> Deployment:
    """Makes the deployment, started and healthy, without any pending plan."""
    body = copy.deepcopy(seed.body) if seed.body is not None else _request(world, seed)
    body.setdefault("name", seed.name)
    rulesets = [_ruleset(world, given) for given in seed.traffic_filters]
    body["settings"] = {**(body.get("settings") or {}), "traffic_filter_settings": {"rulesets": rulesets}}
    drafts = drafts_for_create(world, body, seed.template_id)
    deployment = create(world, body, drafts, world.accounts.users["admin"], None)
    for resource in deployment.resources:
        world.plans.complete_now(resource)
    search = deployment.elasticsearch
    merge(search.keystore, {name: {"value": value} for name, value in seed.keystore.items()})
    search.cluster.load(search.keystore, search.stack_version)
    search.cluster.indices = copy.deepcopy(seed.documents)
    search.remote_clusters = copy.deepcopy(seed.remotes)
    write(world, search, [], seed.remotes)
    if seed.trust is not None:
        _check_certificates(seed.trust)
        search.settings["trust"] = taken_over(world, search, {**search.settings["trust"], **seed.trust}, whole=True)
        search.settle_trust()
    deployment.system_owned = seed.system_owned
    deployment.hidden = seed.hidden
    if seed.created_before_2_9_0:
        age(search)
    return deployment


def _check_certificates(trust: dict[str, Any]) -> None:
    """A seed may hold what the API would refuse, but not what nobody could show."""
    for index, entry in enumerate(trust.get("direct") or []):
        for complaint in authority_complaints(entry, [], f"trust.direct[{index}]", ""):
            raise ValueError(f"{complaint.fields[0]}: {complaint.message}")


def age(search: Resource) -> None:
    """Lets a deployment be one from before ECE 2.9.0: it trusts only itself, its nodes have no scoped names."""
    search.scoped_names = False
    search.settings["trust"] = {"accounts": [], "external": [], "direct": []}
    search.settle_trust()


def plant_system_deployments(world: World) -> None:
    """The platform's own deployments, as on every ECE."""
    for name in SYSTEM_NAMES:
        plant(world, Seed(name=name, template_id="internal-system", kinds=("kibana",), system_owned=True))


def _ruleset(world: World, given: Any) -> str:
    if isinstance(given, str):
        return given
    defaults = {"region": world.region, "include_by_default": False}
    ruleset = from_request(world, {**defaults, **given}, world.ids.hex32())
    world.rulesets[ruleset.id] = ruleset
    return ruleset.id


def _request(world: World, seed: Seed) -> dict[str, Any]:
    if seed.template_id not in world.templates:
        raise ValueError(f"template_id: one of {', '.join(world.templates)}; got {seed.template_id!r}")
    resources = adapted(world.templates[seed.template_id].body, None, seed.region or world.region)["resources"]
    resources = {kind: payloads for kind, payloads in resources.items() if kind in ("elasticsearch", *seed.kinds)}
    for kind, payloads in resources.items():
        for payload in payloads:
            payload["ref_id"] = f"main-{kind}"  # the names the UI gives
            payload["plan"][kind]["version"] = seed.version
            if kind != "elasticsearch":
                payload["elasticsearch_cluster_ref_id"] = "main-elasticsearch"
    plan = resources["elasticsearch"][0]["plan"]
    plan["deployment_template"] = {"id": seed.template_id}
    for element in plan["cluster_topology"]:
        if element["id"] in seed.sizes:
            element["size"]["value"] = seed.sizes[element["id"]]
    tags = [{"key": key, "value": value} for key, value in seed.tags.items()]
    request = {"name": seed.name, "resources": resources, "metadata": {"tags": tags}}
    return {**request, "alias": seed.alias} if seed.alias else request
