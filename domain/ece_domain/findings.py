"""How the rules of this package answer: an exception for a value that cannot be read, findings for a judgement."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class InvalidValue(ValueError):
    """A value that has no meaning here; the text tells what was given and what is allowed."""

    def __init__(self, text: str, code: str | None = None) -> None:
        super().__init__(text)
        self.code = code
        """The validation that refuses it, such as ``V7``; None for a value that no validation is about."""

    @property
    def sentence(self) -> str:
        """The text with its full stop and the validation's id."""
        return coded(f"{self}.", self.code)


def coded(text: str, code: str | None) -> str:
    """The text with the id of its validation at the end, as all messages of validations have it."""
    return f"{text} ({code})" if code else text


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
    code: str | None = None
    """The validation that found it, such as ``V5`` (``ece_domain.validations``); None outside of them."""

    @property
    def text(self) -> str:
        """The detail as users see it, with the validation's id at its end."""
        return coded(self.detail, self.code)

    @property
    def is_error(self) -> bool:
        """True when the finding stops the work."""
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        """Summary and detail in one line."""
        return f"{self.summary}: {self.text}"
