"""What an installation holds, as plain JSON for tests and the demo. Secrets appear as digests only."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ece_simulator.keystore.rules import fingerprints
from ece_simulator.tls import fingerprint_of
from ece_simulator.trust.pem import read_certificates

if TYPE_CHECKING:
    from ece_simulator.deployments.model import Deployment, Resource
    from ece_simulator.elasticsearch.cluster import Cluster
    from ece_simulator.partners.partner import Partner
    from ece_simulator.trust.relationships import Relationship
    from ece_simulator.world import World


def snapshot_of(world: World) -> dict[str, Any]:
    """Deployments by name (by id where names repeat), rule sets, associations, account."""
    names = [deployment.name for deployment in world.deployments.values()]
    return {
        "account": {"id": world.account_id, "trust_all": world.account_trust_all},
        "environment_id": world.environment_id,
        "deployments": {
            d.name if names.count(d.name) == 1 else d.id: _deployment(world, d) for d in world.deployments.values()
        },
        "relationships": {record.id: _relationship(record) for record in world.relationships.values()},
        "uploaded_chains": sorted(world.chains),
        "extra_certificates": sorted(world.extra_certificates),
        "rulesets": {r.id: {**vars(r), "rules": copy.deepcopy(r.rules)} for r in world.rulesets.values()},
        "associations": [
            {"ruleset_id": ruleset_id, "entity_type": kind, "id": entity}
            for ruleset_id, pairs in world.associations.items()
            for kind, entity in pairs
        ],
    }


def _deployment(world: World, deployment: Deployment) -> dict[str, Any]:
    return {
        "id": deployment.id,
        "name": deployment.name,
        "alias": deployment.alias,
        "healthy": deployment.healthy,
        "hidden": deployment.hidden,
        "system_owned": deployment.system_owned,
        "tags": {tag["key"]: tag["value"] for tag in deployment.tags},
        "version": deployment.version,
        "request_id": deployment.request_id,
        "rulesets": world.rulesets_of("deployment", deployment.id),
        "resources": {resource.ref_id: _resource(resource, world.agenda.now) for resource in deployment.resources},
    }


def _relationship(record: Relationship) -> dict[str, Any]:
    fingerprints = [fingerprint_of(certificate) for certificate in read_certificates(record.public_ca_cert)]
    return {**record.view(dates=False, certificate=False), "fingerprints": fingerprints, "version": record.version}


def _resource(resource: Resource, now: float) -> dict[str, Any]:
    topology = resource.newest_plan().get("cluster_topology", [])
    shown: dict[str, Any] = {
        "kind": resource.kind,
        "id": resource.id,
        "status": resource.status,
        "hidden": resource.hidden,
        "stack_version": resource.stack_version,
        "pending": resource.pending is not None,
        "plan_healthy": resource.plan_healthy,
        "sizes": {
            e.get("id", resource.kind): {"size": e["size"]["value"], "zone_count": e.get("zone_count")}
            for e in topology
            if e["size"]["value"]
        },
    }
    if resource.kind == "elasticsearch":
        shown["trust"] = copy.deepcopy(resource.settings["trust"])
        shown["keystore"] = fingerprints(resource.keystore)
        shown["remote_clusters"] = copy.deepcopy(resource.remote_clusters)
        shown["scoped_names"] = resource.scoped_names
        shown |= _cluster(resource.cluster, now)
    return shown


def partner_snapshot(partner: Partner) -> dict[str, Any]:
    """A cluster outside of installations: its facts, and what its Elasticsearch keeps."""
    with partner.plane.lock:
        facts = {name: value for name, value in partner.facts().items() if name != "password"}
        return {**facts, **_cluster(partner.state, partner.around.clock.now())}


def _cluster(cluster: Cluster, now: float) -> dict[str, Any]:
    """What Elasticsearch itself keeps; secrets of keys are left out."""
    keys = {
        key.id: {
            "name": key.name,
            "type": key.type,
            "live": key.live(now),
            "expiration": key.expiration,
            "access": copy.deepcopy(key.access),
            "metadata": copy.deepcopy(key.metadata),
        }
        for key in cluster.keys.values()
    }
    return {
        "settings": dict(cluster.persistent),
        "keys": keys,
        "loaded_secrets": sorted(cluster.credentials),
        "indices": {name: len(documents) for name, documents in cluster.indices.items()},
    }


def history_of(world: World) -> Iterator[dict[str, Any]]:
    """All plan attempts of an installation; `ended` is None while one is pending."""
    for deployment in world.deployments.values():
        for resource in deployment.resources:
            for attempt in resource.attempts():
                yield {
                    "installation": world.name,
                    "deployment": deployment.name,
                    "deployment_id": deployment.id,
                    "kind": resource.kind,
                    "attempt_id": attempt.attempt_id,
                    "action": attempt.action,
                    "started": attempt.started,
                    "ended": attempt.ended,
                    "healthy": attempt.healthy,
                }
