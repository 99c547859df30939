"""Injected faults: which call they hit and what becomes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from threading import Event

from ece_simulator.call_log import LoggedCall
from ece_simulator.message import Reply, json_reply

HTML_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
BODIES = ("json", "malformed", "html")


@dataclass
class Fault:
    """Hits the first `count` matching calls after `skip` matching ones were let through.

    Empty match fields match everything. `after_effect` lets the call do its work before the fault strikes: the write
    took effect, the caller never learns of it.
    """

    number: int = 0
    operation_id: str | None = None
    method: str | None = None
    path: str | None = None
    """Regular expression, searched in the path."""
    installation: str | None = None
    writes: bool | None = None
    skip: int = 0
    count: int | None = 1
    """None: every matching call until the fault is cleared."""
    status: int | None = None
    code: str = "sim.injected"
    message: str = "Injected fault"
    retry_after: int | None = None
    body: str = "json"
    drop: bool = False
    delay: float = 0.0
    hold: bool = False
    after_effect: bool = False
    released: Event = field(default_factory=Event, repr=False)

    def __post_init__(self) -> None:
        """Refuses orders that make no sense."""
        if self.body not in BODIES:
            raise ValueError(f"body: one of {', '.join(BODIES)}; got {self.body!r}")
        if self.delay < 0:
            raise ValueError(f"delay: zero or more seconds; got {self.delay}")
        if self.method is not None:
            self.method = self.method.upper()
        if self.body == "malformed":
            self.after_effect = True

    def hits(self, call: LoggedCall) -> bool:
        """Whether this call is hit; counts the matching ones."""
        if not self._matches(call) or self.count == 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.count is not None:
            self.count -= 1
        return True

    def _matches(self, call: LoggedCall) -> bool:
        pairs = (
            (self.operation_id, call.operation_id),
            (self.method, call.method),
            (self.installation, call.installation),
            (self.writes, call.is_write),
        )
        exact = all(wanted is None or wanted == found for wanted, found in pairs)
        return exact and (self.path is None or re.search(self.path, call.path) is not None)

    @property
    def replaces_reply(self) -> bool:
        """Whether the caller gets something else than the true reply."""
        return self.status is not None or self.body != "json"

    def reply(self, true_reply: Reply | None) -> Reply:
        """What the caller gets instead."""
        if self.body == "malformed" and true_reply is not None:
            cut = true_reply.body[: max(1, len(true_reply.body) // 2)]
            return Reply(self.status or true_reply.status, dict(true_reply.headers), cut)
        if self.body == "html":
            return Reply(self.status or 502, {"content-type": "text/html", **self._headers()}, HTML_PAGE)
        status = self.status or 500
        errors = [{"code": self.code, "message": self.message}]
        return json_reply(status, {"errors": errors}, {"x-cloud-error-codes": self.code, **self._headers()})

    def _headers(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"retry-after": str(self.retry_after)}
