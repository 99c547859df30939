"""Import ids of members: ``<deployment id>/<ref_id>/member/<trust>/<cluster id>``, the ``ref_id`` may be left out."""

from __future__ import annotations

from typing import Any

from ece_domain.findings import InvalidValue
from ece_domain.identifiers import check_hex_id
from ece_provider.resources.deployment_trust_member.schema import check_trust
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import ImportContext
from terraform_plugin.values import Values

_WORD = "member"


def imported_member(context: ImportContext[Any]) -> Values:
    """The members of the state that an import id or identity gives.

    Raises:
        DiagnosticError: the id has another form.
    """
    try:
        return _of_identity(context.identity or {}) if context.id is None else _parsed(context.id)
    except InvalidValue as problem:
        raise DiagnosticError("Invalid import id", f"{problem}.") from None


def _of_identity(identity: Values) -> Values:
    check_hex_id(str(identity.get("deployment_id")), "deployment id")
    check_trust(str(identity.get("trust")))
    return {name: identity.get(name) for name in ("deployment_id", "ref_id", "trust", "cluster_id")}


def _parsed(text: str) -> Values:
    parts = [part.strip() for part in text.split("/")]
    place = parts.index(_WORD) if _WORD in parts else 0
    if place not in (1, 2) or len(parts) < place + 3 or not all(parts):
        raise InvalidValue(
            f'"{text}" is not the id of a member: <deployment id>/<ref_id>/{_WORD}/<trust>/<cluster id> is needed, '
            'where <trust> is "account", "external/<id>" or "direct/<uid>"'
        )
    trust = "/".join(parts[place + 1 : -1])
    check_trust(trust)
    return {
        "deployment_id": check_hex_id(parts[0], "deployment id"),
        "ref_id": parts[1] if place == 2 else None,
        "trust": trust,
        "cluster_id": parts[-1],
    }
