"""What one Elasticsearch cluster keeps: settings, keys, users, roles, documents, and the secrets its nodes have loaded.

State only. Nothing here knows on which platform the cluster runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ece_simulator.elasticsearch.keys import Key
from ece_simulator.stack.versions import parse

SUPERUSER = "superuser"
ELASTIC = "elastic"
RELOADS_BY_ITSELF = (8, 14)
"""From this version on, secrets of remote clusters are loaded without a restart (documented for ECE and ECH)."""
_CREDENTIALS = re.compile(r"cluster\.remote\.(?P<alias>[^.]+)\.credentials\Z")


@dataclass
class User:
    """A native user."""

    name: str
    roles: list[str]
    password: str = field(repr=False)


@dataclass
class Cluster:
    """The state of one cluster; setting values are texts, or lists of texts, as Elasticsearch shows them."""

    uuid: str
    users: dict[str, User] = field(default_factory=dict)
    persistent: dict[str, Any] = field(default_factory=dict)
    transient: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)
    roles: dict[str, dict[str, Any]] = field(default_factory=dict)
    indices: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    followed: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Follower indices: alias and leader index by name."""
    credentials: dict[str, str] = field(default_factory=dict, repr=False)
    """Secrets of remote clusters by alias, as the nodes have them in memory."""
    loaded_by: str = ""
    """The stack version that read the keystore last."""
    configured: dict[str, Any] = field(default_factory=dict)
    """Settings of remote clusters in `elasticsearch.yml`; those set by API win."""
    anonymous: list[str] = field(default_factory=list)
    """Roles of requests without credentials; none: anonymous access is off."""

    def load(self, keystore: dict[str, dict[str, Any]], version: str) -> None:
        """The nodes read their keystore."""
        found = {_CREDENTIALS.match(name): entry["value"] for name, entry in keystore.items()}
        self.credentials = {match["alias"]: str(value) for match, value in found.items() if match is not None}
        self.loaded_by = version

    def keystore_changed(self, keystore: dict[str, dict[str, Any]], version: str) -> None:
        """The keystore is another one: loaded at once by newer versions, else at the next restart."""
        if parse(version)[:2] >= RELOADS_BY_ITSELF:
            self.load(keystore, version)

    def settings(self) -> dict[str, Any]:
        """The settings in force: transient ones win over persistent ones, those over configured ones."""
        return {**self.configured, **self.persistent, **self.transient}
