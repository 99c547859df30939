"""The log of all calls, of all installations, in order of arrival. Bodies, headers and secrets never get in."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from threading import Condition
from typing import Any


@dataclass
class LoggedCall:
    """One call; `status` is None until it is answered and stays None for a dropped connection."""

    index: int
    time: float
    installation: str
    method: str
    path: str
    query: str
    operation_id: str | None
    is_write: bool
    user: str | None = None
    status: int | None = None
    codes: list[str] = field(default_factory=list)
    unknown_fields: list[str] = field(default_factory=list)
    fault: int | None = None
    """Number of the injected fault that hit this call."""
    took_effect: bool = False
    """The handler ran to its end, whatever the caller was told."""
    answered: bool = False
    seconds: float = 0.0

    def view(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)


class CallLog:
    """Entries with numbers from 1 on; others can wait for one."""

    def __init__(self) -> None:
        self.entries: list[LoggedCall] = []
        self._changed = Condition()
        self._over = False

    def open(self, entry: LoggedCall) -> None:
        """Enters a call that has arrived and gives it its number."""
        with self._changed:
            self.entries.append(entry)
            entry.index = len(self.entries)
            self._changed.notify_all()

    def close(self, entry: LoggedCall) -> None:
        """Marks a call as answered, or as given up by dropping its connection."""
        with self._changed:
            entry.answered = True
            self._changed.notify_all()

    def clear(self) -> None:
        """Forgets all entries; numbers start again at 1."""
        with self._changed:
            self.entries.clear()

    def begin(self) -> None:
        """Calls may come (again)."""
        self._over = False

    def end(self) -> None:
        """Nothing will come any more: whoever waits is told so."""
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def wait(self, index: int, *, answered: bool, timeout: float) -> LoggedCall:
        """The call with that number, once it has arrived (or was answered); TimeoutError after `timeout` seconds."""

        def there() -> LoggedCall | None:
            entry = self.entries[index - 1] if 0 < index <= len(self.entries) else None
            return entry if entry is not None and (entry.answered or not answered) else None

        with self._changed:
            self._changed.wait_for(lambda: self._over or there(), timeout)
            found = there()
        if found is None:
            raise TimeoutError(f"call {index} did not come within {timeout} seconds; {len(self.entries)} calls so far")
        return found
