"""Small translations between messages and Python: places, diagnostics, private state."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from terraform_plugin.diagnostics import Diagnostic, DiagnosticError, Path, Severity
from terraform_plugin.engine.mask import Mask
from terraform_plugin.protocol.messages import message

_STEPS = {"attribute": "attribute_name", "key": "element_key_string", "index": "element_key_int"}


def path_message(path: Path) -> Any:
    """A place."""
    return message("AttributePath")(steps=[message("Step")(**{_STEPS[kind]: step}) for kind, step in path.steps])


def diagnostic_messages(diagnostics: Iterable[Diagnostic], mask: Mask) -> list[Any]:
    """Messages to the user, each once and without secrets."""
    return [_diagnostic(diagnostic, mask) for diagnostic in dict.fromkeys(diagnostics)]


def _diagnostic(diagnostic: Diagnostic, mask: Mask) -> Any:
    made = message("Diagnostic")(
        severity=1 if diagnostic.severity is Severity.ERROR else 2,
        summary=mask.hide(diagnostic.summary),
        detail=mask.hide(diagnostic.detail),
    )
    if diagnostic.path is not None and diagnostic.path.steps:
        made.attribute.CopyFrom(path_message(diagnostic.path))
    return made


def read_private(data: bytes) -> dict[str, Any]:
    """Private state; empty when there is none."""
    private: dict[str, Any] = json.loads(data) if data else {}
    return private


def write_private(private: dict[str, Any]) -> bytes:
    """Private state as bytes; the same content gives the same bytes."""
    return json.dumps(private, sort_keys=True).encode() if private else b""


def read_raw(raw: Any) -> dict[str, Any]:
    """What a state file holds (``RawState``), with exact numbers; DiagnosticError for the format of Terraform 0.11."""
    if not raw.json:
        raise DiagnosticError(
            "The state is too old",
            "It is in the format of Terraform 0.11, which this provider never wrote. Nothing was changed.",
        )
    values: dict[str, Any] = json.loads(raw.json, parse_float=Decimal)
    return values
