"""A deployment as a cluster in the data plane: its node certificate, who dials for it, how others reach it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ece_simulator.data_plane.certificates import node_certificate
from ece_simulator.data_plane.dial import Caller
from ece_simulator.data_plane.names import node_name
from ece_simulator.data_plane.party import FilterRule
from ece_simulator.data_plane.tls_files import Shown
from ece_simulator.elasticsearch.remote_server import ServedCluster
from ece_simulator.elasticsearch.site import Site
from ece_simulator.trust.effect import server_authorities, transport_trust

if TYPE_CHECKING:
    from ece_simulator.deployments.model import Deployment, Resource
    from ece_simulator.world import World

SHORT = "es"
"""What stands between alias and domain in the aliased endpoint of Elasticsearch."""


def endpoint_of(world: World, resource: Resource) -> str:
    """The host name of a deployment's Elasticsearch."""
    return f"{resource.id}.{world.region_of(resource).domain}"


def alias_of(world: World, deployment: Deployment) -> str | None:
    """The other host name, if the deployment has an alias."""
    if not deployment.alias:
        return None
    return f"{deployment.alias}.{SHORT}.{world.region_of(deployment.elasticsearch).domain}"


def is_running(resource: Resource) -> bool:
    """Whether nodes answer; while a plan restarts them they do not."""
    return resource.current is not None and resource.status in ("started", "reconfiguring")


def site_of(world: World, deployment: Deployment, resource: Resource) -> Site:
    """The cluster where it stands. Call it under the lock."""
    return Site(
        cluster=resource.cluster,
        cluster_id=resource.id,
        installation=world.name,
        deployment=deployment.name,
        version=resource.stack_version,
        now=world.agenda.now,
        ids=world.ids,
        plane=world.plane,
        caller=partial(_caller, world, deployment, resource),
        again=partial(_again, world, deployment.id, resource.id),
        reload=resource.keystore_changed,
    )


def _again(world: World, deployment_id: str, cluster_id: str) -> Site | None:
    with world.plane.lock:
        world.agenda.run_due()
        deployment = world.deployments.get(deployment_id)
        found = deployment.of_kind("elasticsearch") if deployment is not None else []
        resource = next((resource for resource in found if resource.id == cluster_id), None)
        return site_of(world, deployment, resource) if deployment is not None and resource is not None else None


def node_of(world: World, deployment: Deployment, resource: Resource) -> Shown:
    """The certificate of the nodes: signed by the active internal CA, named by cluster and environment."""
    hosts = tuple(host for host in (endpoint_of(world, resource), alias_of(world, deployment)) if host)
    authority = world.region_of(resource).authority
    key = (authority.active, resource.scoped_names, hosts)
    if resource.node is None or resource.node[0] != key:
        name = node_name("instance-0000000000", resource.id, world.environment_id) if resource.scoped_names else None
        resource.node = (key, node_certificate(authority.internal, name, hosts))
    return resource.node[1]


def _caller(world: World, deployment: Deployment, resource: Resource, alias: str | None) -> Caller:
    region = world.region_of(resource)
    return Caller(
        source=region.egress,
        shown=node_of(world, deployment, resource),
        issuer=region.authority.internal.pem,
        transport=transport_trust(world, resource),
        server_authorities=server_authorities(world, resource),
        credentials=resource.cluster.credentials.get(alias) if alias is not None else None,
    )


def served(world: World, deployment: Deployment, resource: Resource) -> ServedCluster:
    """The cluster as others reach it. Call it under the lock."""
    return ServedCluster(
        site=site_of(world, deployment, resource),
        running=is_running(resource),
        node=node_of(world, deployment, resource),
        trust=transport_trust(world, resource),
        filters=filter_rules(world, deployment, resource),
    )


def filter_rules(world: World, deployment: Deployment, resource: Resource) -> list[FilterRule] | None:
    """The rules of all associated rule sets; None without any rule set."""
    ids = [*world.rulesets_of("deployment", deployment.id), *world.rulesets_of("cluster", resource.id)]
    rulesets = [world.rulesets[name] for name in ids if name in world.rulesets]
    if not rulesets:
        return None
    return [
        FilterRule(rule.get("source"), rule.get("remote_cluster_org_id"), rule.get("remote_cluster_id"))
        for ruleset in rulesets
        for rule in ruleset.rules
    ]
