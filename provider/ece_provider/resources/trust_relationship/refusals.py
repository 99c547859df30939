"""A write of a trust relationship that the API refuses, told at the attribute that its complaint is about."""

from __future__ import annotations

from typing import Final

from ece_client import Conflict, Forbidden, NotFound, ServerError, StatusError, Unauthenticated
from terraform_plugin.diagnostics import DiagnosticError, Path

_ATTRIBUTES: Final = ("public_ca_cert", "account_ids", "installation_id", "trust_by_default", "name")
_NOT_ABOUT_CONTENT: Final = (Unauthenticated, Forbidden, NotFound, Conflict, ServerError)


def refusal(error: StatusError) -> Exception:
    """The error to raise for a refused write: at an attribute where the API names one, else the error itself."""
    if isinstance(error, _NOT_ABOUT_CONTENT) or not error.problems:
        return error
    named = [attribute for field in error.fields for attribute in _ATTRIBUTES if attribute in field]
    reasons = "".join(f"\n  {problem}" for problem in error.problems)
    path = Path(named[0]) if named else None
    return DiagnosticError("The trust relationship was refused", f"{error.method} {error.path}:{reasons}", path)
