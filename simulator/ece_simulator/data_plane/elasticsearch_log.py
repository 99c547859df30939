"""The log that the simulated Elasticsearch nodes write: one list for all clusters, newest last."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any

MOST_LINES = 10_000


@dataclass(frozen=True)
class Line:
    """One line; `alias` is the remote cluster it is about, where it is about one."""

    time: float
    installation: str
    deployment: str
    cluster_id: str
    alias: str | None
    message: str


class ElasticsearchLog:
    """Lines in the order they were written; the oldest go when there are too many."""

    def __init__(self) -> None:
        self._lines: deque[Line] = deque(maxlen=MOST_LINES)
        self._lock = Lock()

    def add(self, line: Line) -> None:
        """Write a line."""
        with self._lock:
            self._lines.append(line)

    def clear(self) -> None:
        """Forget all lines."""
        with self._lock:
            self._lines.clear()

    def views(self) -> list[dict[str, Any]]:
        """All lines as plain JSON."""
        with self._lock:
            return [asdict(line) for line in self._lines]
