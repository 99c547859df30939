"""Which host name leads where: the names of installations and clusters, mapped to the ports that stand for theirs."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import RLock
from typing import Protocol

from ece_simulator.data_plane.elasticsearch_log import ElasticsearchLog
from ece_simulator.data_plane.handshake_log import HandshakeLog
from ece_simulator.data_plane.wire import Wire


class Place(Protocol):
    """Something that listens at well-known ports of its names (`listener.Ports` is one)."""

    def real_port(self, port: int, source: str | None = None) -> int | None:
        """The loopback port that stands for `port`; None where nobody answers (the caller at `source`)."""

    def reachable_port(self, port: int) -> int | None:
        """Like `real_port`, but also for ports that are no business of the data plane (9243)."""

    def at(self, host: str) -> Place | None:
        """Who answers at one of its names; None for a name that nobody has."""

    def asked_authorities(self, port: int, server_name: str | None) -> tuple[str, ...]:
        """The CAs that the TLS hello at a port asks client certificates of."""

    def close(self) -> None:
        """Stop listening."""


class Network:
    """Everything that can be dialled, as if the names were in DNS: a place owns its domain and all names below."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}

    def add(self, domain: str, place: Place) -> None:
        """Let the domain, and every name below it, lead to a place."""
        self._places[domain] = place

    def place_of(self, host: str) -> Place | None:
        """Who answers at a host; the longest domain wins."""
        fitting = [domain for domain in self._places if host == domain or host.endswith(f".{domain}")]
        return self._places[max(fitting, key=len)].at(host) if fitting else None

    def close(self) -> None:
        """Stop listening everywhere."""
        for place in self._places.values():
            place.close()


@dataclass
class Plane:
    """What all clusters of one simulator share: the network, the logs, and the lock of the worlds."""

    network: Network = field(default_factory=Network)
    handshakes: HandshakeLog = field(default_factory=HandshakeLog)
    wire: Wire = field(default_factory=Wire)
    log: ElasticsearchLog = field(default_factory=ElasticsearchLog)
    lock: RLock = field(default_factory=RLock)
