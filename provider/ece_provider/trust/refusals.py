"""A write of trust that the API refuses, told at the attribute that its complaint is about."""

from __future__ import annotations

import re
from typing import Final

from ece_client import Conflict, Forbidden, NotFound, PlanPending, ServerError, StatusError, Unauthenticated
from terraform_plugin.diagnostics import DiagnosticError, Path

_ATTRIBUTES: Final = (
    (re.compile(r"\btrust_allowlist\b"), "cluster_ids"),
    (re.compile(r"\btrust_all\b"), "trust_all"),
    (re.compile(r"\bscope_id\b"), "scope_id"),
    (re.compile(r"\badditional_node_names\b"), "additional_node_names"),
    (re.compile(r"\b(certificates|pem)\b"), "certificates"),
    (re.compile(r"\btrust_relationship_id\b"), "trust_relationship_id"),
    (re.compile(r"\bname$"), "name"),
    (re.compile(r"\btype$"), "type"),
)
"""A word in a path of the request body → the attribute it was made of."""

_NOT_ABOUT_CONTENT: Final = (Unauthenticated, Forbidden, NotFound, Conflict, PlanPending, ServerError)


def attribute_of(field: str) -> str | None:
    """The attribute that a path in the request was made of: ``…settings.trust.direct[0].scope_id``."""
    return next((attribute for pattern, attribute in _ATTRIBUTES if pattern.search(field)), None)


def refusal(error: StatusError) -> Exception:
    """The error to raise for a refused write: at an attribute where the API names one, else the error itself."""
    if isinstance(error, _NOT_ABOUT_CONTENT) or not error.problems:
        return error
    attributes = [attribute for field in error.fields if (attribute := attribute_of(field))]
    reasons = "".join(f"\n  {problem}" for problem in error.problems)
    path = Path(attributes[0]) if attributes else None
    return DiagnosticError("The trust was refused", f"{error.method} {error.path}:{reasons}", path)
