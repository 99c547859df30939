"""What a validation is: its id, when it speaks, how bad it is, what it needs, and its words.

No rule stands here: rules are functions of the module that knows the subject, and take their words from a validation.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ece_domain.findings import Finding, Severity


class Moment(StrEnum):
    """When a validation can speak."""

    SYNTH = "synth"
    """While the program describes it: what it needs stands in the configuration."""
    PLAN = "plan"
    """While Terraform plans: it needs answers of the API."""
    APPLY = "apply"
    """While Terraform applies: it needs the live clusters."""


@dataclass(frozen=True)
class Validation:
    """One of V1 to V48."""

    id: str
    """Such as ``V5``; messages end with it."""
    title: str
    """One line that says what is wrong; the summary of its findings unless they bring their own."""
    severity: Severity
    """How bad it is where nothing else is said."""
    moments: tuple[Moment, ...]
    """When it can speak, the earliest first."""
    checks: str
    """What it checks, one sentence, for the documentation."""
    needs: str
    """What has to be known for it, for the documentation."""
    text: str
    """Its main message, with ``{placeholders}``; other cases of the same validation have words of their own."""
    note: str = ""
    """When it is milder or stricter than ``severity`` says."""
    is_acknowledgeable: bool | None = None
    """True when its errors can be acknowledged, too; False when nothing of it can. Unless said, warnings can."""

    @property
    def may_warn(self) -> bool:
        """True when it is a warning, or one in some cases."""
        return self.severity is Severity.WARNING or self.note.startswith("a warning")

    @property
    def may_be_acknowledged(self) -> bool:
        """True when a user who means it can silence it with a reason."""
        return self.may_warn if self.is_acknowledgeable is None else self.is_acknowledgeable

    @property
    def may_be_escalated(self) -> bool:
        """True when a user can have its warnings stop the work."""
        return self.may_warn and self.is_acknowledgeable is not False

    def is_silenced_by_acknowledgement(self, finding: Finding) -> bool:
        """Whether a reason silences this finding: warnings, and errors that say so."""
        return self.may_be_acknowledged and (not finding.is_error or self.is_acknowledgeable is True)

    def finding(self, *, field: str | None = None, severity: Severity | None = None, **values: Any) -> Finding:
        """The main message with its placeholders filled in."""
        return Finding(self.title, self.text.format(**values), severity or self.severity, field, self.id)

    def says(
        self, detail: str, *, summary: str | None = None, field: str | None = None, severity: Severity | None = None
    ) -> Finding:
        """A message for another case of the same validation."""
        return Finding(summary or self.title, detail, severity or self.severity, field, self.id)

    def __str__(self) -> str:
        """The id."""
        return self.id


ERROR = Severity.ERROR
WARNING = Severity.WARNING
SYNTH, PLAN, APPLY = Moment.SYNTH, Moment.PLAN, Moment.APPLY
