"""Exceptions become diagnostics here, and nowhere else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from typing import Any, Final

from terraform_plugin.diagnostics import Diagnostic, DiagnosticError, Path
from terraform_plugin.provider import Provider
from terraform_plugin.resource import Interrupted

logger = logging.getLogger("terraform_plugin")

FAILURES: Final = (Exception, SystemExit, asyncio.CancelledError)
"""What ends a provider's function without ending the call: also an exit, and a cancelled task that it waited for."""

_REPORT = (
    "This is a bug in the provider and no mistake in your configuration. "
    "Please report it with the log of a run with TF_LOG=DEBUG, where secrets are masked."
)


def bug(what: str, path: Path | None = None) -> Diagnostic:
    """A diagnostic that blames the provider; ``what`` is a sentence without secrets."""
    return Diagnostic("Bug in the provider", f"{what}\n\n{_REPORT}", path)


def explain(provider: Provider[Any], error: BaseException, where: str) -> list[Diagnostic]:
    """Diagnostics for an exception that came out of ``where``, such as ``"create of ece_deployment"``."""
    found: list[Diagnostic] = []
    for cause in causes(error):
        found.extend(_explain(provider, cause, where))
    return list(dict.fromkeys(found))


def causes(error: BaseException) -> Iterator[BaseException]:
    """The exception itself, or those inside a group."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from causes(inner)
    else:
        yield error


def interruption(error: BaseException) -> Interrupted | None:
    """The interruption that an exception is or holds."""
    return next((cause for cause in causes(error) if isinstance(cause, Interrupted)), None)


def _explain(provider: Provider[Any], error: BaseException, where: str) -> Sequence[Diagnostic]:
    if isinstance(error, DiagnosticError):
        return error.diagnostics
    if isinstance(error, Interrupted):
        return [Diagnostic("Interrupted", str(error))]
    explained = None
    if isinstance(error, Exception):
        try:
            explained = provider.explain(error)
        except Exception:
            logger.exception("the provider's explain failed")
    if explained:
        return explained
    if isinstance(error, TimeoutError):
        logger.debug("timed out: %s", where, exc_info=error)
        return [
            Diagnostic(
                "Timed out",
                f"The {where} did not end in time. Raise the duration in timeouts, or apply again to go on.",
            )
        ]
    logger.error("unexpected %s in %s", type(error).__name__, where, exc_info=error)
    return [bug(f"The {where} ended with an unexpected {type(error).__name__}.")]
