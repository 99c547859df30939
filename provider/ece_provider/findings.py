"""Findings of ``ece_domain`` as messages of Terraform."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ece_domain.findings import Finding, Severity
from terraform_plugin.diagnostics import Diagnostic, DiagnosticError, Diagnostics, Path
from terraform_plugin.diagnostics import Severity as Level

_LEVELS = {Severity.ERROR: Level.ERROR, Severity.WARNING: Level.WARNING}


@dataclass(frozen=True)
class CodedDiagnostic(Diagnostic):
    """A message that a validation is behind."""

    code: str | None = None
    """Its id, such as ``V5``; None for a finding outside of them."""


def report(diagnostics: Diagnostics, findings: Iterable[Finding | None], path: Path | None = None) -> None:
    """Add the findings that there are, at ``path`` or else at the attribute that each one names."""
    for finding in findings:
        if finding is not None:
            diagnostics.extend([to_diagnostic(finding, path)])


def to_diagnostic(finding: Finding, path: Path | None = None) -> CodedDiagnostic:
    """One finding as a message."""
    place = path if path is not None or finding.field is None else Path(finding.field)
    return CodedDiagnostic(finding.summary, finding.text, place, _LEVELS[finding.severity], finding.code)


def refusal(finding: Finding, path: Path | None = None) -> DiagnosticError:
    """One finding as the error that ends a verb."""
    message = to_diagnostic(finding, path)
    error = DiagnosticError(message.summary, message.detail, message.path)
    error.diagnostics = (message,)
    return error
