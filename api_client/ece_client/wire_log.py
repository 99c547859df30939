"""The log of all calls: method, path, status and time at DEBUG, redacted headers and bodies at TRACE."""

from __future__ import annotations

import logging

from ece_client.call import Answer, Call
from ece_client.redact import redacted_body, redacted_headers

TRACE = 5
"""Level below DEBUG, for whole messages without their secrets."""
logger = logging.getLogger("ece_client")


def sent(call: Call, headers: dict[str, str]) -> None:
    """Log a request that is about to be sent."""
    if logger.isEnabledFor(TRACE):
        logger.log(TRACE, "> %s %s %s", call.where, redacted_headers(headers.items()), redacted_body(call.content))


def answered(call: Call, answer: Answer, seconds: float, attempt: int) -> None:
    """Log an answer, whatever it says."""
    logger.debug("%s: %d in %.3f s (attempt %d)", call.where, answer.status, seconds, attempt)
    if logger.isEnabledFor(TRACE):
        logger.log(TRACE, "< %s %s", redacted_headers(answer.headers.items()), redacted_body(answer.content))


def failed(call: Call, error: Exception, seconds: float, attempt: int) -> None:
    """Log an attempt without an answer."""
    logger.debug("%s: %s in %.3f s (attempt %d)", call.where, type(error).__name__, seconds, attempt)


def repeated(call: Call, wait: float) -> None:
    """Log the wait before another attempt."""
    logger.debug("%s: again in %.2f s", call.where, wait)
