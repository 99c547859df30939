"""Cross-cluster API keys: what access they may give, when they are due for rotation, what our metadata on them says.

Source: Elasticsearch documentation, "Create cross-cluster API key".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Final

from ece_domain.findings import Finding, InvalidValue, Severity
from ece_domain.time_values import parse_time_value, to_time_value
from ece_domain.validations.keys import V22, V23, V24, V25

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
        yield V22.says(
            'Give access = { search = [{ names = ["logs-*"] }] }, or replication, or both.',
            summary="The key gives access to nothing",
            field="access",
        )
    for kind, entries in (("search", search), ("replication", replication)):
        for entry in entries:
            if isinstance(entry, Mapping) and entry.get("names") == []:
                yield V22.says(f"An entry of access.{kind} names no index.", summary="Empty names", field="access")
    if replication and any(_restricts(entry) for entry in search if isinstance(entry, Mapping)):
        yield V22.says(
            V22.text, summary="Document and field security cannot be combined with replication", field="access"
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
    return V25.says(
        f"rotate_after is {rotate_after} and expiration {expiration}: rotate_after must be shorter, "
        "with room for a plan in between; two thirds are usual.",
        summary="The key would expire before it is rotated",
        severity=Severity.ERROR,
        field="rotate_after",
    )


def expiry_finding(expiration: str) -> Finding | None:
    """The warning for a key that expires without being rotated: the connection ends with it."""
    try:
        suggested = to_time_value(parse_time_value(expiration) * 2 / 3)
    except InvalidValue:
        return None  # told by the validator of the value itself
    return V25.finding(expiration=expiration, suggested=suggested, field="expiration")


MIN_LIFE: Final = timedelta(days=30)
"""A key in use that ends sooner gets a warning; one that is rotated at all, only when it should have been."""


def ending_finding(name: str, expires_at: datetime, now: datetime) -> Finding | None:
    """The warning for a key in use that ends within ``MIN_LIFE`` and that no plan will replace before."""
    if expires_at - now >= MIN_LIFE:
        return None
    said = "expired" if expires_at <= now else "expires"
    return V25.says(
        f'Key "{name}" {said} on {expires_at:%Y-%m-%d}, and its connection goes down with it. Give rotate_after, or '
        "terraform apply -replace=<its address> makes another one.",
        summary="The key expires soon",
        field="expiration",
    )


def role_findings(alias: str, roles: Mapping[str, Mapping[str, Any]], access: Mapping[str, Any]) -> Iterator[Finding]:
    """Judge roles of the local side (as ``GET _security/role`` shows them) against the access of a key.

    Names are compared roughly, by their patterns. Roles that do not exist are judged as empty ones.
    """
    granted = {name: _remote_names(role, alias) for name, role in roles.items()}
    if not any(granted.values()):
        listed = ", ".join(f'"{name}"' for name in sorted(roles))
        yield V24.finding(roles=listed, alias=alias, field="roles")
        return
    allowed = [
        str(name)
        for kind in ("search", "replication")
        for entry in access.get(kind) or ()
        for name in entry.get("names") or ()
    ]
    for role, names in sorted(granted.items()):
        missing = [name for name in names if not any(covers(pattern, name) for pattern in allowed)]
        if missing:
            yield V23.finding(
                role=role, names=", ".join(missing), alias=alias, allowed=", ".join(allowed), field="roles"
            )


def missing_role_finding(side: str, missing: Iterable[str]) -> Finding | None:
    """The warning for names of roles that one side of a connection by certificate does not have."""
    listed = ", ".join(f'"{name}"' for name in sorted(missing))
    if not listed:
        return None
    return V24.says(
        f"{side} has no role {listed}: connections by certificate send names of roles, and what they mean is looked up "
        "on the remote side. Make a role of the same name on both sides.",
        summary="A role is missing on one side",
        field="roles",
    )


def _remote_names(role: Mapping[str, Any], alias: str) -> list[str]:
    """Index patterns that a role may use over an alias."""
    return [
        str(name)
        for entry in role.get("remote_indices") or ()
        if any(covers(str(pattern), alias) for pattern in entry.get("clusters") or ())
        for name in entry.get("names") or ()
    ]


def covers(pattern: str, name: str) -> bool:
    """Roughly whether an index pattern covers a name or a narrower pattern (``*`` and ``?`` only)."""
    return pattern == name or fnmatchcase(name, pattern)


def is_rotation_due(creation: float, rotate_after: str | None, now: float) -> bool:
    """True when a key made at ``creation`` is to be replaced at ``now``; both in seconds since 1970 UTC."""
    return rotate_after is not None and creation + parse_time_value(rotate_after) <= now
