"""Trust settings of a deployment: what may be written, what ECE makes of it, what a read shows.

Models ElasticsearchClusterTrustSettings, AccountTrustRelationship, ExternalTrustRelationship, DirectTrustRelationship.
Allowlists are never verified: the id of nobody is accepted and has no effect. Error codes are inferred.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ece_simulator.problems import Complaint
from ece_simulator.tls import certificate_metadata
from ece_simulator.trust.direct_entries import (
    DirectEntries,
    authority_complaints,
    certificates_of,
    fingerprints_of,
    trusted_also_by,
)

if TYPE_CHECKING:
    from ece_simulator.deployments.model import Resource
    from ece_simulator.world import World

LISTS = ("accounts", "external", "direct")
DEFAULT_NAME = "Default trust for own organization"
INVALID = "deployments.elasticsearch.invalid_trust_settings"
_SCOPE = re.compile(r"[a-z0-9]{1,32}\Z")
_SCOPE_WITH_DOTS = re.compile(r"[a-z0-9.-]{1,64}\Z")


def default_trust(world: World) -> dict[str, Any]:
    """What a new deployment starts with: the account's default."""
    account = {"account_id": world.account_id, "trust_all": world.account_trust_all, "name": DEFAULT_NAME}
    return {"accounts": [account], "external": [], "direct": []}


def complaints(world: World, resource: Resource | None, given: dict[str, Any], place: str) -> Iterator[Complaint]:
    """Everything that is wrong with trust settings about to be written to a resource (None: a new one)."""
    stored = resource.settings["trust"] if resource is not None else {}
    yield from _accounts(given, place)
    yield from _external(world, stored, given, place)
    entries = given.get("direct") or []
    for index, entry in enumerate(entries):
        where = f"{place}.direct[{index}]"
        yield from authority_complaints(entry, stored.get("direct") or [], where, INVALID)
        yield from _direct(world, entry, where)
    yield from DirectEntries(world, resource).complaints(entries, f"{place}.direct", INVALID)


def _twice(ids: list[str], place: str) -> Iterator[Complaint]:
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield Complaint(INVALID, f"[{name}] is named twice", (place,))


def _accounts(given: dict[str, Any], place: str) -> Iterator[Complaint]:
    yield from _twice([entry["account_id"] for entry in given.get("accounts") or []], f"{place}.accounts")


def _external(world: World, stored: dict[str, Any], given: dict[str, Any], place: str) -> Iterator[Complaint]:
    wanted = [entry["trust_relationship_id"] for entry in given.get("external") or []]
    yield from _twice(wanted, f"{place}.external")
    dangling = {entry["trust_relationship_id"] for entry in stored.get("external") or []}
    for index, relationship_id in enumerate(wanted):
        if relationship_id not in world.relationships and relationship_id not in dangling:
            text = f"The trust relationship [{relationship_id}] does not exist on this platform"
            yield Complaint(INVALID, text, (f"{place}.external[{index}].trust_relationship_id",))


def _direct(world: World, entry: dict[str, Any], place: str) -> Iterator[Complaint]:
    scope, names = entry.get("scope_id"), entry.get("additional_node_names")
    listed = bool(entry["trust_all"] or entry.get("trust_allowlist"))
    if not entry["name"].strip():
        yield Complaint(INVALID, "The name is empty", (f"{place}.name",))
    if entry.get("type") == "proxy":
        if listed or scope or names:
            text = "Trust of type [proxy] has trust_all false and no trust_allowlist, scope_id, additional_node_names"
            yield Complaint(INVALID, text, (place,))
        return
    if listed and not scope:
        text = "scope_id is required when trust_all is true or trust_allowlist is not empty"
        yield Complaint(INVALID, text, (f"{place}.scope_id",))
    elif not scope and not names:
        text = "additional_node_names is required when there is no scope_id"
        yield Complaint(INVALID, text, (f"{place}.additional_node_names",))
    form = _SCOPE_WITH_DOTS if world.switches.scope_id_with_dots else _SCOPE
    if scope and not form.match(scope):
        text = f"[{scope}] is no scope id: lower-case letters and digits, at most 32"
        yield Complaint(INVALID, text, (f"{place}.scope_id",))
    for name in names or ():
        if "*" in name:
            text = f"Wildcards are not allowed in node names, got [{name}]"
            yield Complaint(INVALID, text, (f"{place}.additional_node_names",))


def taken_over(world: World, resource: Resource, given: dict[str, Any], *, whole: bool) -> dict[str, Any]:
    """The settings as ECE keeps them: names and uids filled, what is not settable left out.

    `whole` replaces all three lists, otherwise lists that are not given stay.
    """
    kept = {} if whole else resource.settings["trust"]
    trust = {name: copy.deepcopy(given.get(name, kept.get(name)) or []) for name in LISTS}
    for entry in trust["accounts"]:
        if entry["account_id"] == world.account_id:
            entry.setdefault("name", DEFAULT_NAME)
    for entry in trust["external"]:
        entry.pop("name", None)
    known = DirectEntries(world, resource)
    trust["direct"] = [known.adopted(entry) for entry in trust["direct"]]
    for entries in trust.values():
        for entry in entries:
            for optional in ("trust_allowlist", "additional_node_names", "scope_id"):
                if not entry.get(optional):
                    entry.pop(optional, None)
    return trust


def spread(world: World, resource: Resource) -> None:
    """New certificates of an entry reach all deployments that trust the same environment (ECE 3.5.0).

    That no plan runs on those others is inferred; their version moves on.
    """
    for entry in resource.settings["trust"]["direct"]:
        for deployment, other, theirs in DirectEntries(world, resource).elsewhere(entry["uid"]):
            if fingerprints_of(theirs) != fingerprints_of(entry):
                theirs["certificates"] = copy.deepcopy(entry["certificates"])
                other.settle_trust()
                deployment.touch(world.agenda.now)


def shown(world: World, resource: Resource) -> dict[str, Any]:
    """The settings as a read tells them, with metadata of certificates and the names of platform records."""
    empty: Any = None if world.switches.empty_lists_are_null else []
    trust: dict[str, Any] = copy.deepcopy(resource.settings["trust"])
    for entry in trust["external"]:
        record = world.relationships.get(entry["trust_relationship_id"])
        if record is not None:
            entry["name"] = record.name
    for entry in trust["direct"]:
        entry.setdefault("type", "generic")
        for certificate, parsed in zip(entry["certificates"], certificates_of(entry), strict=True):
            certificate["metadata"] = certificate_metadata(parsed, trusted_also_by(world, parsed, resource))
    for name in LISTS:
        for entry in trust[name]:
            entry.setdefault("trust_allowlist", empty)
        trust[name] = trust[name] or empty
    return trust
