"""Conversations under way between simulated clusters, so that whoever reads the logs can wait for both ends."""

from __future__ import annotations

from collections import Counter
from threading import Condition

PATIENCE = 10.0
"""Seconds to wait; longer than either end stays silent."""


class Wire:
    """Counts, per port of the dialling end, what has begun and what the listening end has finished with."""

    def __init__(self) -> None:
        self._open: Counter[int] = Counter()
        self._changed = Condition()

    def begun(self, port: int) -> None:
        """A connection from that port was made."""
        self._count(port, 1)

    def ended(self, port: int) -> None:
        """The listening end has written what it had to write about it."""
        self._count(port, -1)

    def _count(self, port: int, step: int) -> None:
        with self._changed:
            self._open[port] += step
            if not self._open[port]:
                del self._open[port]
            self._changed.notify_all()

    def settle(self) -> None:
        """Waits until nothing is under way."""
        with self._changed:
            if not self._changed.wait_for(lambda: not self._open, PATIENCE):
                self._open.clear()
