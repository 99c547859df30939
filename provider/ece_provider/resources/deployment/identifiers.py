"""Import ids of deployments."""

from __future__ import annotations

from typing import Any

from ece_domain.findings import InvalidValue
from ece_domain.identifiers import check_hex_id
from ece_provider.resources.deployment.schema import DEPLOYMENT_SCHEMA
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import ImportContext
from terraform_plugin.values import Values


def parse_import_id(context: ImportContext[Any]) -> Values:
    """The state that ``read`` starts from: the id, and the ``ref_id`` where it is given.

    Raises:
        DiagnosticError: the id is neither ``<deployment id>`` nor ``<deployment id>/<ref_id>``.
    """
    text = str((context.identity or {}).get("id") or "") if context.id is None else context.id
    deployment_id, _, ref_id = text.partition("/")
    try:
        check_hex_id(deployment_id, "deployment id")
    except InvalidValue as problem:
        raise DiagnosticError("Invalid import id", f"{problem}. Import by <deployment id>.") from None
    return {**DEPLOYMENT_SCHEMA.null(), "id": deployment_id, "ref_id": ref_id or None}
