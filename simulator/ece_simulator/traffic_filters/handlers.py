"""Traffic filter calls. None of them makes a plan."""

from __future__ import annotations

from typing import Any

from ece_simulator.call import Answer, Call
from ece_simulator.problems import Problem, deployment_not_found, ruleset_not_found
from ece_simulator.traffic_filters.rules import Ruleset, check_room, from_request

ENTITY_TYPES = ("deployment", "cluster")


def get_traffic_filter_rulesets(call: Call) -> Answer:
    """GET …/rulesets."""
    region, with_associations = call.query["region"], call.query["include_associations"]
    shown = [
        _info(call, ruleset, with_associations=with_associations)
        for ruleset in call.world.rulesets.values()
        if region in (None, ruleset.region)
    ]
    return Answer({"rulesets": shown})


def create_traffic_filter_ruleset(call: Call) -> Answer:
    """POST …/rulesets: 201 with the id."""
    check_room(call.world)
    ruleset = from_request(call.world, call.body, call.world.ids.hex32())
    call.world.rulesets[ruleset.id] = ruleset
    return Answer({"id": ruleset.id}, 201)


def get_traffic_filter_ruleset(call: Call) -> Answer:
    """GET …/rulesets/{ruleset_id}."""
    return Answer(_info(call, _ruleset(call), with_associations=call.query["include_associations"]))


def update_traffic_filter_ruleset(call: Call) -> Answer:
    """PUT …/rulesets/{ruleset_id}: replaces everything, all rules get new ids. The type cannot change (inferred)."""
    old = _ruleset(call)
    new = from_request(call.world, call.body, old.id)
    if new.type != old.type:
        text = f"The type of a ruleset cannot change from [{old.type}] to [{new.type}]"
        raise Problem(400, "traffic_filter.invalid_input", text, ["type"])
    call.world.rulesets[old.id] = new
    return Answer({"id": old.id})


def delete_traffic_filter_ruleset(call: Call) -> Answer:
    """DELETE …/rulesets/{ruleset_id}: refused while associated, unless `ignore_associations`."""
    ruleset = _ruleset(call)
    associated = call.world.associations.get(ruleset.id)
    if associated and not call.query["ignore_associations"]:
        text = f"The ruleset [{ruleset.id}] is associated with {len(associated)} deployments"
        status = call.world.switches.ruleset_in_use_status
        raise Problem(status, "traffic_filter.request_execution_failed", text)
    call.world.rulesets.pop(ruleset.id)
    call.world.associations.pop(ruleset.id, None)
    return Answer()


def get_traffic_filter_ruleset_deployment_associations(call: Call) -> Answer:
    """GET …/rulesets/{ruleset_id}/associations."""
    associations = _associations(call, _ruleset(call))
    return Answer({"associations": associations, "total_associations": len(associations)})


def create_traffic_filter_ruleset_association(call: Call) -> Answer:
    """POST …/associations: 201 new, 200 already there."""
    ruleset = _ruleset(call)
    pair = _entity(call, call.body["entity_type"], call.body["id"])
    _check_same_region(call, ruleset, call.body["id"])
    associated = call.world.associations.setdefault(ruleset.id, {})
    status = 200 if pair in associated else 201
    associated[pair] = None
    return Answer({}, status)


def delete_traffic_filter_ruleset_association(call: Call) -> Answer:
    """DELETE …/associations/{association_type}/{associated_entity_id}."""
    ruleset = _ruleset(call)
    pair = call.path["association_type"], call.path["associated_entity_id"]
    _check_type(pair[0])
    associated = call.world.associations.get(ruleset.id, {})
    if pair not in associated:
        text = f"The ruleset [{ruleset.id}] is not associated with the {pair[0]} [{pair[1]}]"
        status = call.world.switches.missing_association_status
        if status >= 400:
            raise Problem(status, "traffic_filter.not_found", text)
    associated.pop(pair, None)
    return Answer()


def get_traffic_filter_deployment_ruleset_associations(call: Call) -> Answer:
    """GET …/traffic-filter/associations/{type}/{id}/rulesets: ids only."""
    association_type = call.path["association_type"]
    _check_type(association_type)
    return Answer({"rulesets": call.world.rulesets_of(association_type, call.path["associated_entity_id"])})


def _ruleset(call: Call) -> Ruleset:
    ruleset_id = call.path["ruleset_id"]
    ruleset = call.world.rulesets.get(ruleset_id)
    if ruleset is None:
        raise ruleset_not_found(ruleset_id)
    return ruleset


def _check_type(association_type: str) -> None:
    if association_type not in ENTITY_TYPES:
        text = f"The association type [{association_type}] is not one of {', '.join(ENTITY_TYPES)}"
        raise Problem(400, "traffic_filter.invalid_association_type", text)


def _entity(call: Call, entity_type: str, entity_id: str) -> tuple[str, str]:
    _check_type(entity_type)
    world = call.world
    known = entity_id in world.deployments if entity_type == "deployment" else world.cluster_owner(entity_id)
    if not known:
        raise deployment_not_found(entity_id)  # that a missing deployment is a 404 here is inferred
    return entity_type, entity_id


def _check_same_region(call: Call, ruleset: Ruleset, entity_id: str) -> None:
    """A rule set is bound to its region (documented for the hosted service; status and code inferred)."""
    deployment = call.world.deployments.get(entity_id) or call.world.cluster_owner(entity_id)
    region = deployment.elasticsearch.region if deployment is not None else ruleset.region
    if region != ruleset.region:
        text = f"The ruleset [{ruleset.id}] belongs to the region [{ruleset.region}], the deployment to [{region}]"
        raise Problem(400, "traffic_filter.invalid_input", text, ["id"])


def _associations(call: Call, ruleset: Ruleset) -> list[dict[str, str]]:
    return [{"entity_type": kind, "id": entity} for kind, entity in call.world.associations.get(ruleset.id, ())]


def _info(call: Call, ruleset: Ruleset, *, with_associations: bool) -> dict[str, Any]:
    info: dict[str, Any] = {
        "id": ruleset.id,
        "name": ruleset.name,
        "type": ruleset.type,
        "region": ruleset.region,
        "include_by_default": ruleset.include_by_default,
        "rules": ruleset.rules,
    }
    if ruleset.description is not None:
        info["description"] = ruleset.description
    if with_associations:
        info["associations"] = _associations(call, ruleset)
        info["total_associations"] = len(info["associations"])
    return info
