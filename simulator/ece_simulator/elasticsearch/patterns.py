"""Names with wildcards, as roles, keys and index expressions use them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache


@lru_cache(maxsize=1024)
def _expression(pattern: str) -> re.Pattern[str]:
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        return re.compile(pattern[1:-1])
    return re.compile(
        "".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in re.split(r"([*?])", pattern))
    )


def fits(name: str, pattern: str) -> bool:
    """Whether a name fits a pattern with `*` and `?`, or a regular expression between slashes."""
    return _expression(pattern).fullmatch(name) is not None


def fits_any(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name fits one of the patterns."""
    return any(fits(name, pattern) for pattern in patterns)


def is_pattern(text: str) -> bool:
    """Whether a text of an index expression may mean several names."""
    return "*" in text or "?" in text
