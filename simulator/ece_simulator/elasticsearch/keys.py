"""API keys of a cluster, above all cross-cluster ones: what may be asked for, and what a key allows.

Rules of Elastic's documentation of `POST /_security/cross_cluster/api_key`.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import Any

from ece_simulator.elasticsearch.errors import ElasticsearchError, illegal, parsing

CROSS_CLUSTER, REST = "cross_cluster", "rest"
SEARCH_PRIVILEGES = ["read", "read_cross_cluster", "view_index_metadata"]
REPLICATION_PRIVILEGES = ["cross_cluster_replication", "cross_cluster_replication_internal"]
_UNITS = {"nanos": 1e-6, "micros": 1e-3, "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_TIME = re.compile(r"(?P<number>\d+)(?P<unit>nanos|micros|ms|s|m|h|d)\Z")


@dataclass
class Key:
    """An API key; moments are milliseconds since the epoch."""

    id: str
    name: str
    type: str
    owner: str
    creation: int
    expiration: int | None
    metadata: dict[str, Any]
    secret: str = field(repr=False)
    access: dict[str, Any] = field(default_factory=dict)
    role_descriptors: dict[str, Any] = field(default_factory=dict)
    invalidated: int | None = None

    @property
    def encoded(self) -> str:
        """What is sent, or stored in the keystore of the local cluster."""
        return base64.b64encode(f"{self.id}:{self.secret}".encode()).decode()

    def expired(self, now: float) -> bool:
        """Whether its time is over; `now` in seconds."""
        return self.expiration is not None and self.expiration <= now * 1000

    def live(self, now: float) -> bool:
        """Neither expired nor invalidated."""
        return self.invalidated is None and not self.expired(now)

    def view(self) -> dict[str, Any]:
        """As `GET /_security/api_key` tells it: everything but the secret."""
        shown: dict[str, Any] = {
            "id": self.id,
            "name": self.name,
            "type": self.type,
            "creation": self.creation,
            "invalidated": self.invalidated is not None,
            "username": self.owner,
            "realm": "reserved",
            "realm_type": "reserved",
            "metadata": self.metadata,
            "role_descriptors": self.role_descriptors,
        }
        if self.expiration is not None:
            shown["expiration"] = self.expiration
        if self.invalidated is not None:
            shown["invalidation"] = self.invalidated
        if self.type == CROSS_CLUSTER:
            shown["access"] = self.access
            shown["role_descriptors"] = {CROSS_CLUSTER: descriptor_of(self.access)}
        return shown


def milliseconds(text: Any, name: str) -> float:
    """A time value such as `30d`; 400 for anything else."""
    found = _TIME.match(text) if isinstance(text, str) else None
    if found is None:
        raise illegal(f"failed to parse setting [{name}] with value [{text}] as a time value: unit is missing")
    return int(found["number"]) * _UNITS[found["unit"]]


def checked_metadata(given: Any) -> dict[str, Any]:
    """Metadata of a key; names that start with `_` are Elasticsearch's own."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise parsing("[metadata] must be an object")
    if any(name.startswith("_") for name in given):
        raise ElasticsearchError(
            400,
            "action_request_validation_exception",
            "Validation Failed: 1: API key metadata keys may not start with [_];",
        )
    return given


def checked_access(given: Any) -> dict[str, Any]:
    """What a cross-cluster key may do, as Elasticsearch keeps it; 400 tells the broken rule."""
    if not isinstance(given, dict):
        raise parsing(f"access doesn't support values of type: {_kind(given)}")
    _only(given, ("search", "replication"), "access")
    search = [_entry(entry, "search") for entry in _listed(given, "search")]
    replication = [_entry(entry, "replication") for entry in _listed(given, "replication")]
    if not search and not replication:
        raise illegal("must specify non-empty access for either [search] or [replication]")
    if any(_restricted(entry) for entry in replication):
        raise illegal("replication does not support document or field level security")
    if replication and any(_restricted(entry) for entry in search):
        raise illegal("search does not support document or field level security if replication is assigned")
    access = {"search": search, "replication": replication}
    return {name: entries for name, entries in access.items() if entries}


def _kind(value: Any) -> str:
    names = {type(None): "VALUE_NULL", str: "VALUE_STRING", bool: "VALUE_BOOLEAN", list: "START_ARRAY"}
    return names.get(type(value), "VALUE_NUMBER")


def _only(given: dict[str, Any], known: tuple[str, ...], place: str) -> None:
    for name in given:
        if name not in known:
            raise parsing(f"[{place}] unknown field [{name}]")


def _listed(given: dict[str, Any], name: str) -> list[Any]:
    entries = given.get(name, [])
    if not isinstance(entries, list):
        raise parsing(f"[access] {name} doesn't support values of type: {_kind(entries)}")
    return entries


def _entry(given: Any, place: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise parsing(f"[{place}] expects objects")
    _only(given, ("names", "query", "field_security", "allow_restricted_indices"), place)
    names = given.get("names")
    names = [names] if isinstance(names, str) else names
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise parsing(f"[{place}] Required [names]: indices privileges must refer to at least one index name")
    entry = {**given, "names": names}
    entry.setdefault("allow_restricted_indices", False)
    return entry


def _restricted(entry: dict[str, Any]) -> bool:
    return entry.get("query") is not None or entry.get("field_security") is not None


def descriptor_of(access: dict[str, Any]) -> dict[str, Any]:
    """The role that Elasticsearch generates for a cross-cluster key."""
    cluster, indices = [], []
    for name, privileges in (("search", SEARCH_PRIVILEGES), ("replication", REPLICATION_PRIVILEGES)):
        entries = access.get(name, [])
        if entries:
            cluster.append(f"cross_cluster_{name}")
        indices += [{**entry, "privileges": privileges} for entry in entries]
    return {
        "cluster": cluster, "indices": indices, "applications": [], "run_as": [], "metadata": {},
        "transient_metadata": {"enabled": True},
    }  # fmt: skip


def allowed_names(access: dict[str, Any], kind: str) -> list[str]:
    """The index patterns that a key opens for `search` or `replication`."""
    return [name for entry in access.get(kind, []) for name in entry["names"]]
