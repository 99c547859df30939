"""Durations as Terraform writes them: ``90s``, ``30m``, ``1h30m``, ``1.5h``."""

from __future__ import annotations

import re
from typing import Final

_SECONDS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART: Final = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)


def parse(text: str) -> float:
    """Seconds of a duration; ValueError when ``text`` is none. None is negative."""
    position, seconds = 0, 0.0
    if text == "0":
        return 0.0
    for part in _PART.finditer(text):
        if part.start() != position:
            break
        seconds += float(part[1]) * _SECONDS[part[2]]
        position = part.end()
    if not text or position != len(text):
        raise ValueError(f'"{text}" is no duration; write it as 90s, 30m or 1h30m')
    return seconds
