"""Between the state of ``ece_deployment_trust_direct`` and ``DirectTrustRelationship`` of the API. No calls."""

from __future__ import annotations

from typing import Any

from ece_domain.certificates import fingerprints, read_certificates
from ece_domain.findings import InvalidValue
from ece_provider.deployment_reads import Facts
from ece_provider.trust import entries
from ece_provider.trust.direct_uids import fingerprints_of
from ece_provider.trust.entries import DIRECT, Entry, EntryRef, Json, Lists
from ece_provider.trust.ids import EntryId
from terraform_plugin.values import UNKNOWN, Values


def fill(entry: Entry, planned: Values) -> None:
    """Make an entry say what is planned; members that are not ours, and certificates that stay, are not touched."""
    entry["name"] = planned["name"]
    entry["type"] = planned["type"]
    entry["certificates"] = _certificates(entry, planned["certificates"])
    entries.set_level(entry, trust_all=planned["trust_all"], cluster_ids=planned["cluster_ids"])
    for name, value in (
        ("scope_id", planned["scope_id"]),
        ("additional_node_names", sorted(planned["additional_node_names"] or ())),
    ):
        if not value:
            entry.pop(name, None)
        elif name not in entry or (set(entry[name]) != set(value) if isinstance(value, list) else entry[name] != value):
            entry[name] = value


def _certificates(entry: Json, wanted: list[str]) -> list[Entry]:
    """One element for each certificate; those that are there already stay as they are."""
    made: dict[str, Entry] = {each.fingerprint: {"pem": each.pem} for pem in wanted for each in read_certificates(pem)}
    kept: dict[str, Entry] = {}
    for element in entry.get("certificates") or ():
        try:
            (fingerprint,) = fingerprints([element["pem"]])
        except (InvalidValue, ValueError):
            continue
        if fingerprint in made:
            kept[fingerprint] = element
    return [*kept.values(), *(element for fingerprint, element in made.items() if fingerprint not in kept)]


def says(entry: Json, planned: Values) -> bool:
    """True when an entry says what is planned already."""
    copy = entries.sendable(entry)
    fill(copy, planned)
    return copy == {**entries.sendable(entry), "type": entry.get("type") or "generic"}


def with_certificates(lists: Lists, wanted: frozenset[str]) -> Entry | None:
    """The entry that holds one of the certificates, None when there is none."""
    return next((entry for entry in lists[entries.LIST_OF[DIRECT]] if fingerprints_of(entry) & wanted), None)


def to_state(facts: Facts, entry: Json, prior: Values, *, imported: bool = False) -> dict[str, Any]:
    """The state of an entry as the API holds it."""
    return {
        **identified(facts, str(entry["uid"]), prior),
        "name": entry.get("name"),
        "type": entry.get("type") or "generic",
        "certificates": [each.get("pem") for each in entry.get("certificates") or ()],
        "scope_id": entry.get("scope_id") or None,
        **entries.level_of(entry, None if imported and _has_list(entry) else prior),
        "additional_node_names": sorted(entry.get("additional_node_names") or ()) or None,
    }


def _has_list(entry: Json) -> bool:
    return bool(entry.get("trust_allowlist"))


def identified(facts: Facts, uid: str | None, values: Values) -> dict[str, Any]:
    """The values with the ids that a write gave them; without a ``uid`` yet, what is not known stays so."""
    state: dict[str, Any] = {**values, "deployment_id": facts.id, "ref_id": facts.ref_id, "uid": uid, "id": None}
    if uid is None:
        return {**state, "uid": UNKNOWN, "id": UNKNOWN}
    return {**state, "id": str(EntryId(facts.id, facts.ref_id, EntryRef(DIRECT, uid)))}
