"""Time values of Elasticsearch, such as ``90d``: whole numbers with one unit."""

from __future__ import annotations

import re
from typing import Final

from ece_domain.findings import InvalidValue

UNITS: Final = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
"""Seconds per unit; the smaller units of Elasticsearch have no use for keys."""

_FORM: Final = re.compile(r"(\d+)(d|h|m|s|ms)")


def parse_time_value(text: str) -> float:
    """Seconds.

    Raises:
        InvalidValue: no whole number above 0 with a unit.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None or int(match[1]) == 0:
        raise InvalidValue(f'"{text}" is no time value: a whole number above 0 and one of d, h, m, s, such as "90d"')
    return int(match[1]) * UNITS[match[2]]


def same_time(left: str, right: str) -> bool:
    """True when both are time values of one length: ``2d`` and ``48h``."""
    try:
        return parse_time_value(left) == parse_time_value(right)
    except InvalidValue:
        return left == right


def to_time_value(seconds: float) -> str:
    """The length in the largest unit that leaves a whole number; rounded to seconds, at least one."""
    whole = max(1, round(seconds))
    unit = next(unit for unit in ("d", "h", "m", "s") if whole % UNITS[unit] == 0)
    return f"{int(whole // UNITS[unit])}{unit}"
