"""The fabric's log of handshakes: what really happened on the wire, for tests, the demo and diagnoses."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any

MOST_ENTRIES = 50_000


@dataclass(frozen=True)
class Handshake:
    """One attempt to connect, as the listening side saw it."""

    port: int
    """9400 or 9443 (9300 outside ECE): the port it was meant for; 9243 for a blocked call of Elasticsearch's API."""
    server_name: str | None
    source: str
    cluster_id: str | None
    """The cluster that was meant."""
    caller: str | None
    """The cluster that called, as far as its certificate tells."""
    peer_names: tuple[str, ...]
    outcome: str
    """`connected`, or why not: `unknown_name`, `not_running`, `tls`, `untrusted_name`, `transport`, `key`,
    `BLOCKED_BY_TRAFFIC_FILTER`, `BLOCKED_BY_IP_FILTER`, `BLOCKED_BY_NETWORK_POLICY`."""
    detail: str = ""

    def view(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)


class HandshakeLog:
    """Entries in the order they ended; the oldest go when there are too many."""

    def __init__(self) -> None:
        self._entries: deque[Handshake] = deque(maxlen=MOST_ENTRIES)
        self._lock = Lock()

    def add(self, entry: Handshake) -> None:
        """Add an entry."""
        with self._lock:
            self._entries.append(entry)

    def clear(self) -> None:
        """Forget all entries."""
        with self._lock:
            self._entries.clear()

    def views(self) -> list[dict[str, Any]]:
        """All entries as plain JSON."""
        with self._lock:
            return [entry.view() for entry in self._entries]
