"""Memory sizes as people write them (``8g``, ``512m``) and as the ECE API counts them (megabytes)."""

from __future__ import annotations

import re
from decimal import Decimal

from ece_domain.findings import InvalidValue

MEGABYTES_PER_GIGABYTE = 1024
"""The API counts 1 GB as 1024 MB (``TopologySize`` with ``resource: memory``)."""

_FORM = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>[gm])")
_ALLOWED = 'a number and the unit g (gigabytes) or m (megabytes), such as "8g", "0.5g" or "512m"'


def parse_size(text: str) -> int:
    """Return the megabytes that ``text`` stands for: ``8g`` is 8192, ``0.5g`` and ``512m`` are 512.

    Which sizes an instance configuration really offers is not judged here: that is data of the environment.

    Raises:
        InvalidValue: the text is no size, or not a whole number of megabytes.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise InvalidValue(f'"{text}" is not a size: {_ALLOWED}{_hint(text)}')
    number = Decimal(match["number"]) * (MEGABYTES_PER_GIGABYTE if match["unit"] == "g" else 1)
    if number != number.to_integral_value():
        raise InvalidValue(f'"{text}" is not a whole number of megabytes: {_ALLOWED}')
    return int(number)


def _hint(text: str) -> str:
    """Name the spelling that was probably meant (``8 GB`` → ``8g``), or nothing."""
    meant = re.fullmatch(r"(\d+(?:\.\d+)?)([gm])(?:i?b)?", text.replace(" ", "").lower())
    return f'; did you mean "{meant[1]}{meant[2]}"?' if meant else ""


def format_size(megabytes: int) -> str:
    """Return the canonical text: gigabytes where they come out in halves (``8g``, ``0.5g``), else megabytes.

    Raises:
        InvalidValue: ``megabytes`` is negative.
    """
    if megabytes < 0:
        raise InvalidValue(f"{megabytes} MB is not a size: 0 or more is allowed")
    halves, rest = divmod(megabytes, MEGABYTES_PER_GIGABYTE // 2)
    if rest:
        return f"{megabytes}m"
    return f"{halves // 2}g" if halves % 2 == 0 else f"{halves // 2}.5g"


def canonical_size(text: str) -> str:
    """Return the canonical spelling of a size: ``512m`` becomes ``0.5g``, ``8192m`` becomes ``8g``."""
    return format_size(parse_size(text))


def same_size(left: str, right: str) -> bool:
    """True when both texts mean the same number of megabytes; texts that are no sizes only equal themselves."""
    try:
        return parse_size(left) == parse_size(right)
    except InvalidValue:
        return left == right
