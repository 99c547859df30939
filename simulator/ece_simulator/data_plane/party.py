"""What the data plane must know of a cluster, whatever platform it runs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ece_simulator.data_plane.names import NodeIdentity, matches_any
from ece_simulator.data_plane.tls_files import Shown


@dataclass(frozen=True)
class TransportTrust:
    """Whom a cluster's nodes accept on the certificate model: CAs (PEM) and patterns of names.

    No patterns means that any certificate of these CAs is accepted (a self-managed cluster without a trust file).
    """

    authorities: tuple[str, ...]
    patterns: tuple[str, ...] | None

    def accepts(self, names: Sequence[str]) -> bool:
        """Whether a peer with these otherNames may stay."""
        return self.patterns is None or any(matches_any(name, self.patterns) for name in names)


@dataclass(frozen=True)
class Peer:
    """Who is at the other end, as far as the connection showed it."""

    source: str
    names: tuple[str, ...] = ()
    identity: NodeIdentity | None = None


@dataclass(frozen=True)
class FilterRule:
    """One rule of a filter: by address, or by the identity in the client's certificate (both given: both must fit)."""

    source: str | None = None
    environment_id: str | None = None
    cluster_id: str | None = None


@dataclass(frozen=True)
class Verdict:
    """The answer of a cluster to a frame: a reply, or words that refuse it, with Elasticsearch's type and status."""

    reply: dict[str, Any] = field(default_factory=dict)
    refused: str | None = None
    type: str = "security_exception"
    status: int = 403

    def frame(self) -> dict[str, Any]:
        """As it goes over the wire."""
        if self.refused is not None:
            return {"error": self.refused, "type": self.type, "status": self.status}
        return {"reply": self.reply}


class Party(Protocol):
    """A cluster in the data plane, as it is at one moment: made anew for each connection, no verdict is remembered."""

    @property
    def cluster_id(self) -> str:
        """The Elasticsearch cluster id."""

    @property
    def running(self) -> bool:
        """Whether any node is there to answer."""

    @property
    def node(self) -> Shown:
        """Certificate and key of its nodes."""

    @property
    def trust(self) -> TransportTrust:
        """Whom its nodes accept on the certificate model."""

    @property
    def filters(self) -> Sequence[FilterRule] | None:
        """The rules of all filters on it; None when it carries no filter at all."""

    def answer_transport(self, peer: Peer, credentials: str | None, frame: dict[str, Any]) -> Verdict:
        """Answer a frame that came over the certificate model."""

    def answer_with_key(self, peer: Peer, credentials: str | None, frame: dict[str, Any]) -> Verdict:
        """Answer a frame that came to the remote cluster server; judges the key first."""

    def note(self, message: str) -> None:
        """Write a line into the cluster's own log."""


class Edge(Protocol):
    """The place where clusters are reached: who is behind a server name, and what the proxy there shows."""

    def find(self, server_name: str | None) -> Party | None:
        """The cluster that a server name means."""

    def shown(self) -> Shown:
        """What is shown on 9443."""

    def known_authorities(self) -> tuple[str, ...]:
        """CAs (PEM) by which clients on 9443 are identified."""

    def blocks(self, port: int, source: str) -> str | None:
        """What keeps an address from a port before anything is said (an outcome of the log); None lets it connect."""
