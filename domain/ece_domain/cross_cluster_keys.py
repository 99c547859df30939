"""Cross-cluster API keys: what access they may give, when they are due for rotation, what our metadata on them says.

Source: Elasticsearch documentation, "Create cross-cluster API key".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ece_domain.findings import Finding, InvalidValue
from ece_domain.time_values import parse_time_value

MANAGED_BY: Final = "terraform-provider-ece"
"""Value of the metadata ``managed_by`` on keys that the provider made."""

PENDING: Final = "pending"
ACTIVE: Final = "active"


@dataclass(frozen=True)
class KeyLabel:
    """What the metadata of a key says about whom it is for."""

    local: str
    """Elasticsearch cluster id of the local side."""
    alias: str
    state: str
    """``pending`` until the connection works with it, then ``active``."""
    rotate_after: str | None = None
    """Time value; counts from the creation of the key."""

    def metadata(self) -> dict[str, str]:
        """As it is stored on the key."""
        values = {"managed_by": MANAGED_BY, "local": self.local, "alias": self.alias, "state": self.state}
        return values | ({"rotate_after": self.rotate_after} if self.rotate_after else {})

    @classmethod
    def read(cls, metadata: Mapping[str, Any]) -> KeyLabel | None:
        """The label of a key that the provider made, None for all others."""
        if metadata.get("managed_by") != MANAGED_BY:
            return None
        rotate_after = metadata.get("rotate_after")
        return cls(
            str(metadata.get("local", "")),
            str(metadata.get("alias", "")),
            str(metadata.get("state", "")),
            str(rotate_after) if rotate_after else None,
        )

    def is_for(self, local: str, alias: str) -> bool:
        """True when the key belongs to this alias of this cluster."""
        return (self.local, self.alias) == (local, alias)


def access_findings(access: Mapping[str, Any]) -> Iterator[Finding]:
    """Judge the ``access`` of a key, whose members may be null: something is given, and it may be combined."""
    search, replication = access.get("search") or [], access.get("replication") or []
    if not search and not replication:
        yield Finding(
            "The key gives access to nothing",
            'Give access = { search = [{ names = ["logs-*"] }] }, or replication, or both.',
            field="access",
        )
    for kind, entries in (("search", search), ("replication", replication)):
        for entry in entries:
            if isinstance(entry, Mapping) and entry.get("names") == []:
                yield Finding("Empty names", f"An entry of access.{kind} names no index.", field="access")
    if replication and any(_restricts(entry) for entry in search if isinstance(entry, Mapping)):
        yield Finding(
            "Document and field security cannot be combined with replication",
            "An entry of access.search has query or field_security, and access.replication is given too; "
            "Elasticsearch refuses such keys since 8.14. Make two keys for two aliases.",
            field="access",
        )


def _restricts(entry: Mapping[str, Any]) -> bool:
    return entry.get("query") is not None or entry.get("field_security") is not None


def rotation_finding(rotate_after: str, expiration: str) -> Finding | None:
    """Judge the two times of a key: it must be rotated before it expires."""
    try:
        if parse_time_value(rotate_after) < parse_time_value(expiration):
            return None
    except InvalidValue:
        return None  # told by the validator of the value itself
    return Finding(
        "The key would expire before it is rotated",
        f"rotate_after is {rotate_after} and expiration {expiration}: rotate_after must be shorter, "
        "with room for a plan in between; two thirds are usual.",
        field="rotate_after",
    )


def is_rotation_due(creation: float, rotate_after: str | None, now: float) -> bool:
    """True when a key made at ``creation`` is to be replaced at ``now``; both in seconds since 1970 UTC."""
    return rotate_after is not None and creation + parse_time_value(rotate_after) <= now
