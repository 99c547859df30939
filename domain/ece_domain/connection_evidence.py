"""What is seen of a connection that is down, and the shape of a cause. Data only; ``connection_causes`` judges it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ece_domain.platforms import Platform
from ece_domain.remote_clusters import Connection
from ece_domain.security_models import SecurityModel

Json = Mapping[str, Any]


class Piece(StrEnum):
    """The part of a connection that a cause is about; each is an object of its own."""

    SETTINGS = "settings"
    SECRET = "secret"  # noqa: S105  (a word)
    SECRET_VALUE = "value of the secret"  # noqa: S105  (a word)
    KEY = "key"
    TRUST = "trust"
    CERTIFICATE_AUTHORITY = "certificate authority"
    FILTER = "filter"
    DEPLOYMENT = "deployment"
    NETWORK = "network"


@dataclass(frozen=True)
class Cause:
    """One thing that is wrong, or may be."""

    piece: Piece
    text: str
    """What is seen, and what to do."""
    is_certain: bool = True


@dataclass(frozen=True)
class SideSeen:
    """A side, as far as it can be seen; None is "not seen"."""

    words: str
    cluster_id: str = ""
    version: str | None = None
    endpoint: str | None = None
    environment_id: str | None = None
    trust: Json | None = None
    """``accounts``, ``external``, ``direct`` of its trust settings."""
    status: str | None = None
    """What its Elasticsearch is doing: ``started``, ``stopped`` …"""
    platform: Platform = Platform.ECE
    """Where it runs; a cluster of its own counts as self-managed, as what it runs on cannot be seen."""
    deployment_id: str = ""
    """Its deployment; empty for a cluster of its own."""

    @property
    def has_keystore_api(self) -> bool:
        """Whether the entries of its keystore are seen, and not only what Elasticsearch has loaded."""
        return self.platform.is_cloud


@dataclass(frozen=True)
class Evidence:
    """What was found out about a connection that is down."""

    alias: str
    model: SecurityModel
    local: SideSeen
    remote: SideSeen | None = None
    connection: Connection | None = None
    """What the settings say; None without the alias."""
    is_same_environment: bool = False
    has_secret: bool | None = None
    is_secret_loaded: bool | None = None
    idle_secrets: Collection[str] = ()
    """Entries of the local keystore for aliases that the settings do not have."""
    live_keys: int | None = None
    """Live keys on the remote side that were made for this alias; None when they are none of our business."""
    filters: Collection[Json] | None = None
    """Rule sets on the remote deployment (``type``, ``rules``)."""
    proxy_fingerprints: Collection[str] | None = field(default=None)
    """Fingerprints of the CA that signs what the remote's proxy shows."""
    trusted_fingerprints: Collection[str] = ()
    """Fingerprints of all CAs in the local side's direct trust."""
    said: str = ""
    """What Elasticsearch of the local side says about the failure."""

    @property
    def remote_platform(self) -> Platform:
        """Where the remote side runs; ECE while it is not seen."""
        return self.remote.platform if self.remote else Platform.ECE
