"""From exceptions to diagnostics: the one border where a failure of a resource becomes words for the user."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from terraform_plugin.diagnostics import Diagnostic, DiagnosticError
from terraform_plugin.provider import Provider
from terraform_plugin.resource import Interrupted

log = logging.getLogger("terraform_plugin")


def explain(error: Exception, provider: Provider[Any], doing: str) -> Iterable[Diagnostic]:
    """Diagnostics for whatever ended a call; ``doing`` says what the call was, such as ``create ece_deployment``."""
    if isinstance(error, DiagnosticError):
        return error.diagnostics
    if isinstance(error, Interrupted):
        return (Diagnostic(f"Interrupted: {doing}", str(error)),)
    try:
        explained = provider.explain(error)
    except Exception as second:  # a broken explanation must not hide the first failure
        log.error("explaining %s failed with %s", type(error).__name__, type(second).__name__, exc_info=second)
        explained = None
    if explained:
        return tuple(explained)
    log.error("%s failed", doing, exc_info=error)
    detail = (
        f"{type(error).__name__}: {error}\n\nThis is a bug in the provider; please report it with the trace log "
        "(TF_LOG_PROVIDER=TRACE). What the provider knew of the object is kept in the state."
    )
    return (Diagnostic(f"Provider failed to {doing}", detail),)
