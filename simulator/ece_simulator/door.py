"""The way in of everything that takes calls: log, faults, and then the call itself, with or without a port."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock

from ece_simulator.call_log import CallLog, LoggedCall
from ece_simulator.faults import Fault
from ece_simulator.message import Reply, Request
from ece_simulator.router import Match


@dataclass
class Admission:
    """A call that has arrived: its log entry, what it means, the fault that will hit it."""

    request: Request
    entry: LoggedCall
    match: Match | None
    fault: Fault | None
    arrived: float = 0.0
    direct_from: str | None = None
    """The address of a caller of Elasticsearch itself (9243); None for a call of ECE's API."""


@dataclass(frozen=True)
class Meaning:
    """What a call is, before anybody looks at who sent it."""

    operation_id: str | None
    is_write: bool
    match: Match | None = None


class Door(ABC):
    """Takes calls; subclasses say what a call means and answer it under the lock."""

    def __init__(self, lock: RLock, log: CallLog, faults: list[Fault]) -> None:
        self._lock = lock
        self._log = log
        self._faults = faults

    @abstractmethod
    def _door(self) -> tuple[str, float]:
        """Name and present time, for the log. Called under the lock."""

    @abstractmethod
    def _meaning(self, request: Request, *, direct: bool) -> Meaning:
        """What a call means."""

    @abstractmethod
    def _answer(self, admission: Admission) -> Reply | Callable[[], Reply]:
        """Lets a call take effect; called under the lock. What needs the network comes back as a function."""

    def _handled(self, admission: Admission) -> Reply:
        fault = admission.fault
        if fault is not None and not fault.after_effect:
            self._disturb(admission, fault)
        reply = self.perform(admission)
        if fault is not None and fault.after_effect:
            self._disturb(admission, fault)
        self.close(admission, reply)
        return reply

    def _disturb(self, admission: Admission, fault: Fault) -> None:
        if fault.delay:
            time.sleep(fault.delay)
        if fault.hold:
            fault.released.wait()
        if fault.drop:
            self.close(admission, None)
            raise ConnectionResetError(f"call {admission.entry.index}: injected fault {fault.number}")

    def admit(self, request: Request, *, direct_from: str | None = None) -> Admission:
        """Logs the call and decides which fault hits it. Nothing has taken effect yet.

        `direct_from` is the address of somebody who calls Elasticsearch itself.
        """
        meaning = self._meaning(request, direct=direct_from is not None)
        query = "&".join(f"{name}={value}" for name, value in request.query)
        with self._lock:
            name, now = self._door()
            entry = LoggedCall(
                index=0, time=now, installation=name, method=request.method, path=request.path, query=query,
                operation_id=meaning.operation_id, is_write=meaning.is_write,
            )  # fmt: skip
            self._log.open(entry)
            fault = next((fault for fault in self._faults if fault.hits(entry)), None)
        if fault is not None:
            entry.fault = fault.number
        return Admission(request, entry, meaning.match, fault, time.perf_counter(), direct_from)

    def perform(self, admission: Admission) -> Reply:
        """Lets the call take effect, unless its fault strikes before."""
        begun = self.begin(admission)
        return begun if isinstance(begun, Reply) else begun()

    def begin(self, admission: Admission) -> Reply | Callable[[], Reply]:
        """Like `perform`, but what needs the network comes back as a function to be called, in any thread."""
        fault = admission.fault
        if fault is not None and fault.replaces_reply and not fault.after_effect:
            return fault.reply(None)
        with self._lock:
            outcome = self._answer(admission)

        def disturbed(reply: Reply) -> Reply:
            return fault.reply(reply) if fault is not None and fault.replaces_reply else reply

        if isinstance(outcome, Reply):
            return disturbed(outcome)
        return lambda: disturbed(outcome())

    def close(self, admission: Admission, reply: Reply | None) -> None:
        """Finishes the log entry; no reply means the connection was dropped."""
        entry = admission.entry
        entry.seconds = round(time.perf_counter() - admission.arrived, 6)
        if reply is not None:
            entry.status = reply.status
            codes = reply.headers.get("x-cloud-error-codes", "")
            entry.codes = codes.split(",") if codes else []
        self._log.close(entry)
