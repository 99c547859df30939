"""When a call is repeated, and after how long a wait. Pure decisions; the client acts on them."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parsedate_to_datetime

FIRST_WAIT = 0.25
LONGEST_WAIT = 8.0
LONGEST_RETRY_AFTER = 120.0
"""A server that asks for more patience than this many seconds is reported instead of waited for."""
GATEWAY_STATUSES = frozenset({502, 503, 504})
LOST_ANSWER_STATUSES = frozenset({502, 504})
"""A gateway that had passed the request on and got no answer."""


def backoff(attempt: int, random: Callable[[], float]) -> float:
    """Return the seconds to wait after the given attempt (1, 2, …): doubling, half of it chance."""
    longest: float = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1))
    return longest * (0.5 + random() / 2)


def wait_after_status(
    status: int, retry_after: str | None, *, safe: bool, attempt: int, now: float, random: Callable[[], float]
) -> float | None:
    """Return the seconds to wait before a repeat, or None if the answer stands.

    429 says that nothing was done, so any call may be repeated; a gateway's error does not say so.
    """
    if status != 429 and not (safe and status in GATEWAY_STATUSES):
        return None
    wait = backoff(attempt, random)
    asked = parse_retry_after(retry_after, now)
    if asked is None:
        return wait
    return None if asked > LONGEST_RETRY_AFTER else max(wait, asked)


def parse_retry_after(value: str | None, now: float) -> float | None:
    """Return the seconds that a Retry-After header (seconds or HTTP date) asks for, None if there is none."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except ValueError:
        return None
