"""Rule sets: types, valid rules, limits. The codes of refusals are inferred; the document names none."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ece_simulator.problems import Complaint, Problem

if TYPE_CHECKING:
    from ece_simulator.world import World

MAX_RULESETS = 512
MAX_HOSTED_RULESETS = 1024
MAX_RULES = 128
TYPES = ("ip", "remote_cluster")
"""What ECE has; the other known types need a cloud provider."""
INVALID = "traffic_filter.invalid_input"
LIMIT = "traffic_filter.limit_exceeded"
_CLUSTER_ID = re.compile(r"[0-9a-f]{32}\Z")
_FIELDS = {"ip": {"source"}, "remote_cluster": {"remote_cluster_id", "remote_cluster_org_id"}}
_COMMON = {"id", "description"}


@dataclass
class Ruleset:
    """A rule set; `rules` are the vendor's rule objects with their ids."""

    id: str
    name: str
    type: str
    region: str
    include_by_default: bool
    description: str | None = None
    rules: list[dict[str, Any]] = field(default_factory=list)


def from_request(world: World, body: dict[str, Any], ruleset_id: str) -> Ruleset:
    """A checked rule set with new rule ids; 400 lists all that is wrong."""
    complaints = _complaints(world, body)
    if complaints:
        raise Problem.of(400, complaints)
    return Ruleset(
        id=ruleset_id,
        name=body["name"],
        type=body["type"],
        region=body["region"],
        include_by_default=body["include_by_default"],
        description=body.get("description"),
        rules=[{**_set_only(rule), "id": world.ids.hex32()} for rule in body["rules"]],
    )


def _set_only(rule: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if value is not None}


def check_room(world: World) -> None:
    """Refuses a rule set above the limit of the account."""
    most = MAX_HOSTED_RULESETS if world.hosted else MAX_RULESETS
    if len(world.rulesets) >= most:
        raise Problem(400, LIMIT, f"The account has {most} traffic filter rulesets, no more are possible")


def _complaints(world: World, body: dict[str, Any]) -> list[Complaint]:
    found = []
    if not body["name"].strip():
        found.append(Complaint(INVALID, "The name is empty", ("name",)))
    if body["region"] not in world.regions:
        found.append(Complaint(INVALID, f"The region [{body['region']}] does not exist", ("region",)))
    if len(body["rules"]) > MAX_RULES:
        text = f"A ruleset can hold {MAX_RULES} rules, got {len(body['rules'])}"
        found.append(Complaint(LIMIT, text, ("rules",)))
    if body["type"] not in TYPES:
        text = f"The type [{body['type']}] is not one of {', '.join(TYPES)}"
        return [*found, Complaint(INVALID, text, ("type",))]
    for index, rule in enumerate(body["rules"]):
        found += [Complaint(INVALID, text, (place,)) for place, text in _wrong(body["type"], rule, f"rules[{index}]")]
    return found


def _wrong(type_name: str, rule: dict[str, Any], place: str) -> list[tuple[str, str]]:
    given = _set_only(rule)
    wrong = [
        (f"{place}.{name}", f"A rule of type [{type_name}] has no [{name}]")
        for name in sorted(given.keys() - _FIELDS[type_name] - _COMMON)
    ]
    if type_name == "ip":
        return wrong + _wrong_source(given.get("source"), place)
    return wrong + _wrong_peer(given, place)


def _wrong_source(source: Any, place: str) -> list[tuple[str, str]]:
    if not source:
        return [(f"{place}.source", "An IP rule needs a source: an address or a CIDR block")]
    try:
        ipaddress.ip_network(source)
    except ValueError as error:
        return [(f"{place}.source", f"[{source}] is no address or CIDR block: {error}")]
    return []


def _wrong_peer(rule: dict[str, Any], place: str) -> list[tuple[str, str]]:
    cluster, organization = rule.get("remote_cluster_id"), rule.get("remote_cluster_org_id")
    wrong = []
    if not cluster and not organization:
        wrong.append((place, "A remote cluster rule needs remote_cluster_id or remote_cluster_org_id"))
    if cluster and not _CLUSTER_ID.match(cluster):
        wrong.append((f"{place}.remote_cluster_id", f"[{cluster}] is no Elasticsearch cluster id (32 hex characters)"))
    if organization and not organization.isdigit():
        wrong.append((f"{place}.remote_cluster_org_id", f"[{organization}] is no environment id (digits)"))
    return wrong
