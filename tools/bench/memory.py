"""The largest memory that a provider process reached, read from the kernel while it ran."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

_PAUSE = 0.02


class PeakMemory:
    """Watches all processes whose command line holds a text; ``megabytes`` is the highest peak seen."""

    def __init__(self, text: str) -> None:
        self._text = text.encode()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.megabytes = 0.0

    def __enter__(self) -> Self:
        """Start to watch."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop watching."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_PAUSE):
            for folder in Path("/proc").glob("[0-9]*"):
                self.megabytes = max(self.megabytes, self._peak(folder))

    def _peak(self, folder: Path) -> float:
        try:
            if self._text not in (folder / "cmdline").read_bytes():
                return 0.0
            status = (folder / "status").read_text()
        except OSError:
            return 0.0  # it has ended meanwhile
        peak = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
        return int(peak.split()[1]) / 1024
