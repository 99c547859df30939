"""Ids of trust entries as Terraform holds and imports them: ``<deployment id>/<ref_id>/<kind>/<id>``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ece_domain.findings import InvalidValue
from ece_domain.identifiers import check_hex_id
from ece_provider.trust.entries import EntryRef
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import ImportContext
from terraform_plugin.values import Values


@dataclass(frozen=True)
class EntryId:
    """An entry and where it stands; without ``ref_id`` it is the deployment's only Elasticsearch."""

    deployment_id: str
    ref_id: str | None
    ref: EntryRef

    @classmethod
    def parse(cls, text: str, kind: str) -> EntryId:
        """Read ``<deployment id>/<ref_id>/<kind>/<id>``; the ``ref_id`` may be left out.

        Raises:
            InvalidValue: another form, or another kind.
        """
        parts = [part.strip() for part in text.split("/")]
        if len(parts) not in (3, 4) or not all(parts) or parts[-2] != kind:
            raise InvalidValue(f'"{text}" is not the id of an entry: <deployment id>/<ref_id>/{kind}/<id> is needed')
        ref_id = parts[1] if len(parts) == 4 else None
        return cls(check_hex_id(parts[0], "deployment id"), ref_id, EntryRef(kind, parts[-1]))

    def __str__(self) -> str:
        """The whole id."""
        return f"{self.deployment_id}/{self.ref_id}/{self.ref}"


def imported_entry(context: ImportContext[Any], kind: str, attribute: str) -> Values:
    """The members of the state that an import id or identity gives; ``attribute`` holds the entry's own id.

    Raises:
        DiagnosticError: the id has another form.
    """
    text = context.id
    if text is None:
        identity = context.identity or {}
        parts = (identity.get("deployment_id"), identity.get("ref_id"), kind, identity.get(attribute))
        text = "/".join(str(part) for part in parts if part)
    try:
        found = EntryId.parse(text, kind)
    except InvalidValue as problem:
        raise DiagnosticError("Invalid import id", f"{problem}.") from None
    return {"deployment_id": found.deployment_id, "ref_id": found.ref_id, attribute: found.ref.id}
