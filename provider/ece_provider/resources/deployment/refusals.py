"""A request that the API refuses, told at the attribute that its complaint is about."""

from __future__ import annotations

import re
from typing import Final

from ece_client import Conflict, Forbidden, NotFound, PlanPending, StatusError, Unauthenticated
from terraform_plugin.diagnostics import DiagnosticError, Path

_ATTRIBUTES: Final = (
    (re.compile(r"\bkibana\b"), "kibana"),
    (re.compile(r"\bintegrations_server\b"), "integrations_server"),
    (re.compile(r"\bcluster_topology\b"), "tiers"),
    (re.compile(r"\bversion\b"), "version"),
    (re.compile(r"\bdeployment_template\b"), "template_id"),
    (re.compile(r"\bref_id\b"), "ref_id"),
    (re.compile(r"\btags\b"), "tags"),
    (re.compile(r"^name\b"), "name"),
)
"""A word in a path of the request body → the attribute it was made of."""


def attribute_of(field: str) -> str | None:
    """The attribute that a path in the request body was made of: ``resources.elasticsearch[0].cluster_topology``."""
    return next((attribute for pattern, attribute in _ATTRIBUTES if pattern.search(field)), None)


def refusal(error: StatusError) -> Exception:
    """The error to raise for a refused write: at an attribute where the API names one, else the error itself."""
    if isinstance(error, Unauthenticated | Forbidden | NotFound | Conflict | PlanPending) or not error.problems:
        return error
    attributes = [attribute for field in error.fields if (attribute := attribute_of(field))]
    reasons = "".join(f"\n  {problem}" for problem in error.problems)
    path = Path(attributes[0]) if attributes else None
    return DiagnosticError("The deployment was refused", f"{error.method} {error.path}:{reasons}", path)
