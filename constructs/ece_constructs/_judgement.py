"""What validations find while a program runs, and what its user decided about them: acknowledged or escalated.

Errors are raised at once. Warnings wait until the whole tree is validated, as decisions may follow the construct.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from constructs import IConstruct

from ece_constructs._scopes import place_of, validate_with
from ece_constructs.errors import EceValueError
from ece_domain.findings import Finding, InvalidValue
from ece_domain.validations import VALIDATIONS, Validation, validation
from ece_l1._cdk import Annotations


@dataclass(frozen=True)
class _Found:
    """A finding that waits for the end of the program."""

    finding: Finding
    construct: IConstruct


class Checked:
    """A construct that validations are about. What is decided here counts for everything below it, too."""

    def acknowledge(self, validation: str, reason: str) -> None:
        """Mean what a validation warns of: its warnings about this construct are not shown, here and in plans.

        Args:
            validation: Its id, such as ``V5``; it stands at the end of the message.
            reason: Why it is meant; who reads the program next wants to know.

        Raises:
            EceValueError: no such validation, one that is an error always, or no reason.
        """
        path = place_of(self).path  # type: ignore[arg-type]  # every Checked is a construct
        found = _known(path, "acknowledge", validation)
        if not found.may_be_acknowledged:
            allowed = ", ".join(each.id for each in VALIDATIONS.values() if each.may_be_acknowledged)
            raise EceValueError(
                path, "acknowledge", validation, f"it is an error always; {allowed} can be acknowledged"
            )
        if not isinstance(reason, str) or not reason.strip():
            raise EceValueError(path, "acknowledge", reason, f"a reason is needed: why is {validation} meant?")
        _decisions(self).setdefault("acknowledge", {})[validation] = reason

    def escalate(self, *validations: str) -> None:
        """Have warnings of validations about this construct stop the synth, and the plan.

        Raises:
            EceValueError: no such validation, or one that never warns.
        """
        path = place_of(self).path  # type: ignore[arg-type]  # every Checked is a construct
        for each in validations:
            if not _known(path, "escalate", each).may_be_escalated:
                raise EceValueError(path, "escalate", each, "it is an error already, or nothing but a notice")
            _decisions(self).setdefault("escalate", {})[each] = path


def _known(path: str, property_: str, validation_id: Any) -> Validation:
    try:
        return validation(validation_id)
    except (InvalidValue, TypeError):
        raise EceValueError(
            path, property_, validation_id, f'V1 to V{len(VALIDATIONS)} are known, such as "V5"'
        ) from None


def _decisions(construct: Any) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = vars(construct).setdefault("_ece_decisions", {})
    return found


def decided(construct: IConstruct, kind: str) -> dict[str, str]:
    """What was decided for a construct, by itself or above it: id of a validation → reason, or path of who said so."""
    found: dict[str, str] = {}
    for scope in place_of(construct).scopes:
        found |= vars(scope).get("_ece_decisions", {}).get(kind, {}) if hasattr(scope, "__dict__") else {}
    return found


def acknowledged_argument(construct: IConstruct) -> dict[str, str] | None:
    """The argument ``acknowledge`` of resources made for a construct."""
    return decided(construct, "acknowledge") or None


def escalated_argument(construct: IConstruct) -> list[str] | None:
    """The argument ``escalate`` of resources made for a construct."""
    return sorted(decided(construct, "escalate")) or None


def tell(construct: IConstruct, finding: Finding | None, property_: str = "", value: Any = None) -> None:
    """Raise an error; keep a warning, and an error that may be acknowledged, until the tree is validated.

    Raises:
        EceValueError: the finding is an error.
    """
    if finding is None:
        return
    if finding.is_error and not _can_be_meant(finding):
        raise EceValueError(place_of(construct).path, finding.field or property_, value, finding.text)
    waiting: list[_Found] = vars(construct).setdefault("_ece_findings", [])
    if not waiting:
        validate_with(construct, lambda: _settled(construct))
    waiting.append(_Found(finding, construct))


def _can_be_meant(finding: Finding) -> bool:
    return finding.code is not None and VALIDATIONS[finding.code].is_silenced_by_acknowledgement(finding)


def _settled(construct: IConstruct) -> list[str]:
    """Annotate what stays a warning, once; return what stops the synth."""
    waiting: list[_Found] = vars(construct)["_ece_findings"]
    findings = [each.finding for each in waiting]
    problems = list(problems_of(construct, findings))
    if "_ece_told" not in vars(construct):
        vars(construct)["_ece_told"] = True
        for finding in findings:
            if not _is_stopping(construct, finding) and not is_acknowledged(construct, finding):
                Annotations.of(construct).add_warning(str(finding))
    return problems


def problems_of(construct: IConstruct, findings: list[Finding]) -> Iterator[str]:
    """The findings that stop the synth, as texts that name the construct and the way out."""
    for finding in findings:
        if not _is_stopping(construct, finding) or is_acknowledged(construct, finding):
            continue
        path = place_of(construct).path
        by = decided(construct, "escalate").get(finding.code or "")
        way = (
            f'{by} escalates it: take escalate("{finding.code}") out, or change what it is about'
            if by
            else (f'if you mean it, say acknowledge("{finding.code}", "why") on {path}')
        )
        yield f"{path}: {finding.summary}: {finding.detail} {way[:1].upper()}{way[1:]}. ({finding.code})"


def _is_stopping(construct: IConstruct, finding: Finding) -> bool:
    return finding.is_error or finding.code in decided(construct, "escalate")


def is_acknowledged(construct: IConstruct, finding: Finding) -> bool:
    """Whether the user means what the finding says."""
    code = finding.code
    if code is None or code not in decided(construct, "acknowledge"):
        return False
    return VALIDATIONS[code].is_silenced_by_acknowledgement(finding)
