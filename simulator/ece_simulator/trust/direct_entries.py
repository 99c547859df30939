"""Direct trust across an installation: a certificate belongs to one `uid`, a uid has the same certificates everywhere.

Rules of ECE 3.5.0; the exact refusals are inferred (switch `known_certificate_without_uid`).
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography import x509

from ece_simulator.problems import Complaint
from ece_simulator.tls import fingerprint_of
from ece_simulator.trust.pem import read_authority, read_certificates

if TYPE_CHECKING:
    from ece_simulator.deployments.model import Deployment, Resource
    from ece_simulator.world import World

Entry = dict[str, Any]


@lru_cache(maxsize=1024)
def _parsed(pem: str) -> x509.Certificate:
    return read_certificates(pem)[0]


@lru_cache(maxsize=4096)
def _fingerprint(pem: str) -> str | None:
    try:
        return fingerprint_of(_parsed(pem))
    except ValueError:
        return None


def certificates_of(entry: Entry) -> list[x509.Certificate]:
    """The certificates of a stored entry."""
    return [_parsed(certificate["pem"]) for certificate in entry["certificates"]]


def fingerprints_of(entry: Entry) -> set[str]:
    """The fingerprints of an entry's certificates; texts that cannot be read count for nothing."""
    return {found for certificate in entry["certificates"] if (found := _fingerprint(certificate["pem"]))}


def all_entries(world: World) -> Iterator[tuple[Deployment, Resource, Entry]]:
    """Every direct entry of every deployment."""
    for deployment in world.deployments.values():
        for resource in deployment.of_kind("elasticsearch"):
            for entry in resource.settings["trust"]["direct"]:
                yield deployment, resource, entry


def trusted_also_by(world: World, certificate: x509.Certificate, but: Resource) -> list[str]:
    """Ids of the other deployments that trust the certificate directly."""
    wanted = fingerprint_of(certificate)
    holders = [d.id for d, resource, e in all_entries(world) if resource is not but and wanted in fingerprints_of(e)]
    return list(dict.fromkeys(holders))


def authority_complaints(entry: Entry, stored: list[Entry], place: str, code: str) -> Iterator[Complaint]:
    """What is wrong with the certificates of an entry; one that is stored already may have expired meanwhile."""
    if not entry["certificates"]:
        yield Complaint(code, "At least one certificate is required", (f"{place}.certificates",))
    known = {certificate["pem"] for old in stored for certificate in old["certificates"]}
    for index, certificate in enumerate(entry["certificates"]):
        try:
            read_authority(certificate["pem"], may_be_expired=certificate["pem"] in known)
        except ValueError as error:
            where = f"{place}.certificates[{index}].pem"
            yield Complaint(code, f"The certificate {error}", (where,))


@dataclass
class DirectEntries:
    """The direct entries of an installation, seen from one resource (None: one that is about to be made)."""

    world: World
    resource: Resource | None

    def elsewhere(self, uid: str) -> Iterator[tuple[Deployment, Resource, Entry]]:
        """Entries with that uid on other deployments."""
        for deployment, resource, entry in all_entries(self.world):
            if resource is not self.resource and entry["uid"] == uid:
                yield deployment, resource, entry

    def _own(self) -> list[Entry]:
        return self.resource.settings["trust"]["direct"] if self.resource is not None else []

    def _owner_of(self, fingerprints: set[str]) -> Entry | None:
        """An entry of another deployment that holds one of the certificates."""
        others = (e for _, resource, e in all_entries(self.world) if resource is not self.resource)
        return next((entry for entry in others if fingerprints & fingerprints_of(entry)), None)

    def complaints(self, entries: list[Entry], place: str, code: str) -> Iterator[Complaint]:
        """Broken rules of uid and fingerprint."""
        seen: dict[str, int] = {}
        for index, entry in enumerate(entries):
            where = f"{place}[{index}]"
            for fingerprint in fingerprints_of(entry):
                if seen.setdefault(fingerprint, index) != index:
                    yield Complaint(code, f"The certificate [{fingerprint}] is in two entries", (where,))
            text = self._wrong_uid(entry)
            if text:
                yield Complaint(code, text, (f"{where}.uid",))
        uids = [entry["uid"] for entry in entries if entry.get("uid")]
        for uid in sorted({uid for uid in uids if uids.count(uid) > 1}):
            yield Complaint(code, f"The uid [{uid}] is given twice", (place,))

    def _wrong_uid(self, entry: Entry) -> str | None:
        uid, mine = entry.get("uid"), fingerprints_of(entry)
        owner = self._owner_of(mine)
        if uid is None:
            if owner is None or self.world.switches.known_certificate_without_uid == "merge":
                return None
            return f"The certificate is trusted already as [{owner['name']}] with the uid [{owner['uid']}]: send it"
        if owner is not None and owner["uid"] != uid:
            return f"The certificate belongs to the trust [{owner['name']}] with the uid [{owner['uid']}], not [{uid}]"
        if any(own["uid"] == uid for own in self._own()):
            return None
        sibling = next((e for _, _, e in self.elsewhere(uid)), None)
        if sibling is None:
            return f"There is no trust with the uid [{uid}]"
        missing = ", ".join(sorted(_valid(sibling) - mine))
        return (
            f"Trust with the uid [{uid}] must carry all its valid certificates, missing: {missing}" if missing else None
        )

    def adopted(self, entry: Entry) -> Entry:
        """The entry with a uid, and without what only reads tell."""
        kept = {name: value for name, value in copy.deepcopy(entry).items() if value is not None}
        kept["certificates"] = [{"pem": certificate["pem"]} for certificate in entry["certificates"]]
        if kept.get("uid"):
            return kept
        owner = self._owner_of(fingerprints_of(entry))
        if owner is None:
            return {"uid": self.world.ids.hex32(), **{k: v for k, v in kept.items() if k != "uid"}}
        lacking = [c for c in owner["certificates"] if c["pem"] not in {mine["pem"] for mine in kept["certificates"]}]
        return {**kept, "uid": owner["uid"], "certificates": kept["certificates"] + copy.deepcopy(lacking)}


def _valid(entry: Entry) -> set[str]:
    now = dt.datetime.now(dt.UTC)
    return {fingerprint_of(c) for c in certificates_of(entry) if c.not_valid_after_utc > now}
