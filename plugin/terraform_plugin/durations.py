"""Durations as users write them: ``90s``, ``30m``, ``1h30m``, ``250ms``."""

from __future__ import annotations

import re

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")


def parse(text: str) -> float:
    """Seconds of a duration; ValueError with what is allowed when it is none."""
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"{text!r} is no duration; write numbers with ms, s, m, h or d, such as 90s, 30m or 1h30m")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)
