"""What a hand-over consists of: files made of lines, and steps made of commands. No rule about clusters stands here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256


@dataclass(frozen=True)
class Line:
    """One line of a file, without its line break."""

    text: str
    required: bool = False
    """Without this line the connection does not come about; others explain, restrict or repeat a default. Lines that
    only carry others (a key above, the frame of a script) are not marked: without them nothing is read at all."""


@dataclass(frozen=True)
class File:
    """One file of a hand-over."""

    name: str
    """Path below the folder, with ``/``."""
    lines: tuple[Line, ...]
    is_script: bool = False
    """It is run by a shell."""

    @property
    def text(self) -> str:
        """The content: each line with its line break."""
        return "".join(f"{line.text}\n" for line in self.lines)

    @property
    def sha256(self) -> str:
        """SHA-256 of the content in UTF-8, 64 lower-case hexadecimal characters."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def required_lines(self) -> tuple[int, ...]:
        """Positions of the lines without which the connection does not come about, counted from 0."""
        return tuple(number for number, line in enumerate(self.lines) if line.required)

    def without(self, number: int) -> File:
        """The same file with the line at ``number`` left out."""
        return replace(self, lines=self.lines[:number] + self.lines[number + 1 :])


@dataclass(frozen=True)
class Step:
    """One step of a run-book."""

    who: str
    what: str
    commands: tuple[str, ...] = ()
    """Shell commands, each complete; empty where nothing is typed."""
    check: str = ""
    undo: str = ""
    required: bool = False
    """It is handed over, and without it and its repetitions the connection does not come about."""
    by_terraform: bool = False
    """An apply does it; it stands in the run-book for its place in the order."""


@dataclass(frozen=True)
class HandOver:
    """Everything that is handed over for one connection."""

    route: str
    """``O1`` to ``O5``, ``I3`` to ``I5``."""
    files: tuple[File, ...]
    """Sorted by name."""
    steps: tuple[Step, ...]
    """In the order in which they are done."""

    def file(self, name: str) -> File:
        """The file of this name; KeyError when there is none."""
        found = {file.name: file for file in self.files}
        return found[name]


def plain(*texts: str) -> tuple[Line, ...]:
    """Lines that are not required."""
    return tuple(Line(text) for text in texts)


def needed(*texts: str) -> tuple[Line, ...]:
    """Lines that are required."""
    return tuple(Line(text, required=True) for text in texts)
