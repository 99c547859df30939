"""Calls on remote clusters within one installation, on candidates for them, and on the migration before them."""

from __future__ import annotations

import copy
import re
from typing import Any

from ece_simulator.call import Answer, Call, Later, Outcome
from ece_simulator.deployments.cluster import site_of
from ece_simulator.deployments.model import Deployment, Resource
from ece_simulator.deployments.search import search
from ece_simulator.elasticsearch.compatibility import can_search
from ece_simulator.elasticsearch.remotes import is_connected, side_by_side
from ece_simulator.problems import Complaint, Problem, plan_still_pending
from ece_simulator.remote_clusters.settings import relation, resolve, write
from ece_simulator.stack.versions import parse

INVALID = "root.invalid_data"
NOT_FOUND = "deployments.deployment_remote_resource_not_found"
_ALIAS = re.compile(r"[A-Za-z0-9_-]+\Z")


def _target(call: Call) -> tuple[Deployment, Resource]:
    deployment = call.world.deployment(call.path["deployment_id"])
    return deployment, deployment.find("elasticsearch", call.path["ref_id"])


def get_deployment_es_resource_remote_clusters(call: Call) -> Outcome:
    """GET …/remote-clusters: the remotes this call manages; `connected` is what a handshake says now."""
    local = _target(call)
    entries = copy.deepcopy(local[1].remote_clusters)
    relations = {entry["alias"]: relation(call.world, local, entry) for entry in entries}
    site = site_of(call.world, *local)

    def look() -> Answer:
        connected = side_by_side(lambda alias: is_connected(site, alias), list(relations))
        for entry in entries:
            info = {"connected": connected[entry["alias"]], **relations[entry["alias"]]}
            entry["info"] = {"healthy": all(info.values()), **info}
        return Answer({"resources": entries})

    return Later(look)


def set_deployment_es_resource_remote_clusters(call: Call) -> Answer:
    """PUT …/remote-clusters: replaces the list; certificate model, same installation only."""
    world = call.world
    deployment, resource = _target(call)
    world.refuse_system_owned(deployment)
    wanted = [_entry(given) for given in call.body["resources"]]
    complaints = list(_wrong_aliases(wanted))
    if complaints:
        raise Problem.of(400, complaints)
    for index, entry in enumerate(wanted):
        found = resolve(world, entry)
        if found is None:
            text = f"The remote resource [{entry['deployment_id']}/{entry['elasticsearch_ref_id']}] was not found"
            raise Problem(world.switches.remote_not_found_status, NOT_FOUND, text, [f"resources[{index}]"])
        world.refuse_system_owned(found[0])
    before, resource.remote_clusters = resource.remote_clusters, wanted
    deployment.touch(world.agenda.now)
    delay = world.switches.remote_clusters_effect_seconds
    world.agenda.schedule(world.agenda.now + delay, lambda: write(world, resource, before, wanted))
    world.agenda.run_due()
    return Answer({}, 202)


def _entry(given: dict[str, Any]) -> dict[str, Any]:
    kept = {name: given[name] for name in ("deployment_id", "elasticsearch_ref_id", "alias")}
    return {**kept, "skip_unavailable": bool(given.get("skip_unavailable"))}


def _wrong_aliases(entries: list[dict[str, Any]]) -> Any:
    aliases = [entry["alias"] for entry in entries]
    for index, alias in enumerate(aliases):
        place = (f"resources[{index}].alias",)
        if not _ALIAS.match(alias):
            text = f"The alias [{alias}] must only contain letters, digits, dashes and underscores"
            yield Complaint(INVALID, text, place)
        if aliases.index(alias) != index:
            yield Complaint(INVALID, f"The alias [{alias}] is given twice", place)


def search_eligible_remote_clusters(call: Call) -> Answer:
    """POST /deployments/eligible-remote-clusters: what a cluster of `version` could search."""
    version = call.query["version"]
    try:
        parse(version)
    except ValueError as error:
        raise Problem(400, "stackpack.invalid_version", f"[{version}] is no version", ["version"]) from error
    return _eligible(call, version, None)


def get_deployment_es_resource_eligible_remote_clusters(call: Call) -> Answer:
    """POST …/eligible-remote-clusters: what this cluster could search."""
    deployment, resource = _target(call)
    return _eligible(call, resource.stack_version, deployment)


def _eligible(call: Call, version: str, local: Deployment | None) -> Answer:
    """System-owned deployments and the local one itself are left out; the version rule is that of searches."""

    def fits(deployment: Deployment) -> bool:
        fitting = can_search(version, deployment.elasticsearch.stack_version)
        return fitting and deployment is not local and not deployment.system_owned

    return Answer(search(call.world, call.body or {}, fits))


def enable_deployment_resource_ccr(call: Call) -> Answer:
    """POST …/_enable-ccr: new node names for Elasticsearch and its Kibana; nothing to do is no error (inferred)."""
    world = call.world
    deployment, resource = _target(call)
    world.refuse_system_owned(deployment)
    if resource.scoped_names:
        return Answer({"warnings": []})
    warnings = _warnings(resource)
    if call.query["validate_only"]:
        return Answer({"warnings": warnings})
    affected = [resource, *(r for r in deployment.of_kind("kibana") if not r.stopped)]
    for each in affected:
        if each.pending is not None:
            raise plan_still_pending(each.kind, each.ref_id, f"resources.{each.kind}[0].plan")

    def renamed() -> None:
        resource.scoped_names = True

    for each in affected:
        world.plans.begin(
            deployment, each, each.newest_plan(), action="deployments.enable-deployment-resource-ccr",
            user_id=call.user.user_id, during="reconfiguring", done=renamed if each is resource else None,
        )  # fmt: skip
    deployment.touch(world.agenda.now)
    return Answer({"warnings": warnings})


def _warnings(resource: Resource) -> list[dict[str, str]]:
    """Elements that may be away for a moment: those in a single zone."""
    topology = resource.newest_plan().get("cluster_topology", [])
    single = [e for e in topology if e["size"]["value"] and e.get("zone_count") == 1]
    text = "The element [{}] is in a single availability zone and may be unavailable during the migration"
    code = "deployments.enable_ccr.single_zone"  # inferred
    return [{"code": code, "message": text.format(element.get("id", "?"))} for element in single]
