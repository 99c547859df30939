"""How the rules of this package answer: an exception for a value that cannot be read, findings for a judgement."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class InvalidValue(ValueError):
    """A value that has no meaning here; the text tells what was given and what is allowed."""


class Severity(Enum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """What a rule found: one line, then a text that says what to change.

    ``field`` is the member of the judged object that the finding is about, as Terraform and the constructs name it.
    """

    summary: str
    detail: str
    severity: Severity = Severity.ERROR
    field: str | None = None

    @property
    def is_error(self) -> bool:
        """True when the finding stops the work."""
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        """Summary and detail in one line."""
        return f"{self.summary}: {self.detail}"
