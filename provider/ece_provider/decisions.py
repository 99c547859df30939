"""What a user decided about validations of one object: acknowledged with a reason, or escalated to errors.

Decisions live in the object's own arguments, so that they are reviewed with it and go with it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ece_domain.findings import Finding, InvalidValue, Severity
from ece_domain.validations import VALIDATIONS, validation
from ece_provider.findings import CodedDiagnostic
from ece_provider.validators import Rule
from terraform_plugin.diagnostics import Diagnostic, Diagnostics
from terraform_plugin.diagnostics import Severity as Level
from terraform_plugin.schema import Attribute
from terraform_plugin.types import STRING, MapOf, SetOf
from terraform_plugin.values import Values, is_set


def _check_acknowledged(reasons: object) -> None:
    for name, reason in (reasons if isinstance(reasons, dict) else {}).items():
        if not validation(name).may_be_acknowledged:
            allowed = ", ".join(each.id for each in VALIDATIONS.values() if each.may_be_acknowledged)
            raise InvalidValue(f'"{name}" cannot be acknowledged, as it is an error always; {allowed} can')
        if isinstance(reason, str) and not reason.strip():
            raise InvalidValue(f'"{name}" needs a reason: say why it is meant')


def _check_escalated(names: object) -> None:
    for name in names if isinstance(names, list) else []:
        if isinstance(name, str) and not validation(name).may_be_escalated:
            raise InvalidValue(f'"{name}" cannot be escalated: it is an error already, or nothing but a notice')


ATTRIBUTES: Final = {
    "acknowledge": Attribute(
        type=MapOf(STRING),
        optional=True,
        local=True,
        description=(
            'Validations of this object that are meant, each with the reason, such as `{ V5 = "moves in March" }`: '
            "their warnings are not shown."
        ),
        validators=(Rule("ids of validations that can be acknowledged, each with a reason", _check_acknowledged),),
    ),
    "escalate": Attribute(
        type=SetOf(STRING),
        optional=True,
        local=True,
        description='Validations of this object whose warnings are errors, such as `["V14"]`.',
        validators=(Rule("ids of validations that can be warnings", _check_escalated),),
    ),
}
"""Arguments of every resource that validations are about; they live in Terraform only."""


def decide(values: Values | None, diagnostics: Diagnostics) -> None:
    """Leave out what is acknowledged, and make errors of what is escalated, in the messages so far."""
    if values is None:
        return
    reasons = values.get("acknowledge")
    acknowledged = set(reasons) if is_set(reasons) else set()
    escalated = (
        {name for name in values.get("escalate") or () if isinstance(name, str)}
        if is_set(values.get("escalate"))
        else set()
    )
    if acknowledged or escalated:
        judged = (_decided(each, acknowledged, escalated) for each in diagnostics.items)
        diagnostics.items[:] = [each for each in judged if each is not None]


def _decided(message: Diagnostic, acknowledged: set[str], escalated: set[str]) -> Diagnostic | None:
    if not isinstance(message, CodedDiagnostic) or message.code is None:
        return message
    is_error = message.severity is Level.ERROR
    if message.code in acknowledged:
        finding = Finding(message.summary, message.detail, Severity.ERROR if is_error else Severity.WARNING)
        if VALIDATIONS[message.code].is_silenced_by_acknowledgement(finding):
            return None
    return replace(message, severity=Level.ERROR) if message.code in escalated and not is_error else message
