"""The file that gets a key where no API writes the keystore: written at once or not at all, and never read back.

What a key's ``encoded`` form begins with is its id, which is no secret: by that a file is known as the one of a key.
"""

from __future__ import annotations

import base64
import binascii
import os
import stat
import tempfile
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path as File
from typing import Final

from terraform_plugin.diagnostics import DiagnosticError, Path

MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700
_LONGEST: Final = 4096
"""Bytes; a longer file is none of ours."""

PATH: Final = Path("local").attribute("secret_file")


class SecretFile:
    """One such file; relative names start where Terraform runs."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._file = File(name).absolute()

    def holder(self) -> str | None:
        """The id of the key that the file holds, an empty text for anything else; None when there is no file.

        Raises:
            DiagnosticError: it cannot be read.
        """
        try:
            with self._file.open("rb") as opened:
                content = opened.read(_LONGEST)
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise _trouble("read", self.name, problem) from None
        return _key_id(content)

    @property
    def is_open_to_others(self) -> bool:
        """True when somebody else on the machine can read it."""
        try:
            return bool(stat.S_IMODE(self._file.stat().st_mode) & 0o077)
        except OSError:
            return False

    def check_free(self, known: Collection[str]) -> None:
        """Refuse to write over something else than one of the ``known`` keys.

        Raises:
            DiagnosticError: the file holds something else, or cannot be read.
        """
        holder = self.holder()
        is_empty = holder == "" and self._file.stat().st_size == 0
        if holder is None or holder in known or is_empty:
            return
        what = f"the key {holder}, which is not one of this object" if holder else "something else than a key"
        raise DiagnosticError(
            "The secret file is in use",
            f"{self.name} exists and holds {what}; it is not written over. Remove it, or give another secret_file.",
            PATH,
        )

    def write(self, encoded: str) -> None:
        """Put the key there, without a line break.

        Raises:
            DiagnosticError: it cannot be written; what was there before is then still there.
        """
        temporary: str | None = None
        try:
            _make_folder(self._file.parent)
            descriptor, temporary = tempfile.mkstemp(prefix=".", suffix=".new", dir=self._file.parent)
            with os.fdopen(descriptor, "wb") as opened:
                os.fchmod(opened.fileno(), MODE)
                opened.write(encoded.encode())
                opened.flush()
                os.fsync(opened.fileno())
            os.replace(temporary, self._file)  # noqa: PTH105  (one call that either happens or does not)
        except OSError as problem:
            if temporary is not None:
                with suppress(OSError):
                    File(temporary).unlink()
            raise _trouble("written", self.name, problem) from None

    def move_to(self, other: SecretFile) -> None:
        """Give the file another name; raises DiagnosticError when that cannot be done."""
        try:
            _make_folder(other._file.parent)
            os.replace(self._file, other._file)  # noqa: PTH105  (one call that either happens or does not)
        except OSError as problem:
            raise _trouble(f"moved to {other.name}", self.name, problem) from None

    def remove(self) -> None:
        """Remove the file; that there is none is fine. Raises DiagnosticError when it cannot be removed."""
        try:
            self._file.unlink(missing_ok=True)
        except OSError as problem:
            raise _trouble("removed", self.name, problem) from None


def _key_id(content: bytes) -> str:
    """The id in ``base64(<id>:<secret>)``, an empty text for anything else."""
    try:
        decoded = base64.b64decode(content.strip(), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    identifier, separator, _ = decoded.partition(":")
    return identifier if separator else ""


def _make_folder(folder: File) -> None:
    """Folders that are missing are made for their owner alone."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        with suppress(FileExistsError):  # made by another object of this run
            each.mkdir(mode=_FOLDER_MODE)


def _trouble(verb: str, name: str, problem: OSError) -> DiagnosticError:
    return DiagnosticError(
        "The secret file cannot be used", f"{name} cannot be {verb}: {problem.strerror or problem}.", PATH
    )
