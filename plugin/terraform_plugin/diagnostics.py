"""Messages to the user: an error or a warning, with the place in the configuration that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True)
class Path:
    """A place in a resource's configuration: ``Path("rules").index(0).attribute("source")``.

    Elements of sets have no address in the protocol: a path ends at the set itself.
    """

    steps: tuple[tuple[str, str | int], ...] = ()

    def __init__(self, *attributes: str, steps: tuple[tuple[str, str | int], ...] = ()) -> None:
        object.__setattr__(self, "steps", steps + tuple(("attribute", name) for name in attributes))

    def attribute(self, name: str) -> Path:
        """The member ``name`` below this place."""
        return Path(steps=(*self.steps, ("attribute", name)))

    def index(self, number: int) -> Path:
        """Element ``number`` (from 0) of the list at this place."""
        return Path(steps=(*self.steps, ("index", number)))

    def key(self, name: str) -> Path:
        """Element ``name`` of the map at this place."""
        return Path(steps=(*self.steps, ("key", name)))

    def __str__(self) -> str:
        """As a user would write it: ``rules[0].source``."""
        text = ""
        for kind, step in self.steps:
            if kind == "attribute":
                text += f".{step}" if text else str(step)
            else:
                text += f"[{step}]" if kind == "index" else f'["{step}"]'
        return text


class Severity(Enum):
    """How bad it is: an error stops, a warning is shown."""

    ERROR = 1
    WARNING = 2


@dataclass(frozen=True)
class Diagnostic:
    """One message: a summary of one line, a detail that says what to change, and the place it is about."""

    summary: str
    detail: str = ""
    path: Path | None = None
    severity: Severity = Severity.ERROR


class DiagnosticError(Exception):
    """Raised by a resource to end its work with errors; what it saved before is kept."""

    def __init__(self, summary: str, detail: str = "", path: Path | None = None, *more: Diagnostic) -> None:
        super().__init__(f"{summary}: {detail}" if detail else summary)
        self.diagnostics: tuple[Diagnostic, ...] = (Diagnostic(summary, detail, path), *more)


@dataclass
class Diagnostics:
    """The messages of one call, in the order they came."""

    items: list[Diagnostic] = field(default_factory=list)

    def error(self, summary: str, detail: str = "", path: Path | None = None) -> None:
        """Add an error."""
        self.items.append(Diagnostic(summary, detail, path))

    def warning(self, summary: str, detail: str = "", path: Path | None = None) -> None:
        """Add a warning."""
        self.items.append(Diagnostic(summary, detail, path, Severity.WARNING))

    def extend(self, more: Iterable[Diagnostic]) -> None:
        """Add all of ``more``."""
        self.items.extend(more)

    @property
    def has_errors(self) -> bool:
        """True when at least one message is an error."""
        return any(item.severity is Severity.ERROR for item in self.items)

    def __iter__(self) -> Iterator[Diagnostic]:
        """The messages in order."""
        return iter(self.items)
