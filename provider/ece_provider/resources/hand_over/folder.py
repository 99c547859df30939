"""The folder of a hand-over on disk: what it wrote there, written whole or not at all, and nothing of anybody else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path as FilePath
from typing import Any, Final

from ece_domain.hand_over.content import File
from terraform_plugin.diagnostics import DiagnosticError, Path

RECORD: Final = ".ece_hand_over.json"
"""What the folder is, and which files in it are ours: for an import, and for an apply after one that broke off."""

_VERSION: Final = 1


@dataclass(frozen=True)
class Record:
    """What the record file holds."""

    inputs: Mapping[str, Any]
    files: Mapping[str, str]
    """SHA-256 by name."""

    @property
    def text(self) -> str:
        """The file."""
        content = {"version": _VERSION, "inputs": self.inputs, "files": self.files}
        return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    def is_same_connection(self, other: Record) -> bool:
        """It describes the same alias between clusters of the same names."""
        return self._names == other._names

    @property
    def _names(self) -> tuple[Any, ...]:
        sides = (self.inputs.get("local") or {}, self.inputs.get("remote") or {})
        return (self.inputs.get("alias"), *(side.get("name") for side in sides))


class Folder:
    """One folder."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._path = FilePath(name)
        self.key = os.path.normpath(name)
        """The folder in one spelling, for those who must not share it."""

    def record(self) -> Record | None:
        """What an earlier apply left, None where there is none.

        Raises:
            DiagnosticError: it cannot be read.
        """
        try:
            content = json.loads((self._path / RECORD).read_text(encoding="utf-8"))
            files = {str(name): str(sha) for name, sha in content["files"].items()}
            if any(".." in FilePath(name).parts or FilePath(name).is_absolute() for name in files):
                raise ValueError("a name that leads out of the folder")
            return Record(dict(content["inputs"]), files)
        except FileNotFoundError:
            return None
        except NotADirectoryError:
            raise self._trouble("is not a folder") from None
        except (ValueError, KeyError, AttributeError, TypeError):
            raise self._trouble(f"holds a damaged {RECORD}: remove that file; the other files stay") from None
        except OSError as problem:
            raise self._trouble(f"cannot be read: {problem.strerror}") from None

    def hash_of(self, name: str) -> str | None:
        """SHA-256 of a file as it is, None where it is missing; raises as ``record``."""
        try:
            return sha256((self._path / name).read_bytes()).hexdigest()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as problem:
            raise self._trouble(f"holds {name}, which cannot be read: {problem.strerror}") from None

    def changed(self, files: Mapping[str, str]) -> list[str]:
        """Names of files that are not what they were."""
        return sorted(name for name, sha in files.items() if self.hash_of(name) != sha)

    def check_free(self, files: Iterable[File], owned: Iterable[str]) -> None:
        """Nothing of anybody else is in the way; a file that already holds what is wanted is none.

        Raises:
            DiagnosticError: it is.
        """
        ours = frozenset(owned)
        foreign = [
            file.name for file in files if file.name not in ours and self.hash_of(file.name) not in (None, file.sha256)
        ]
        if foreign:
            raise DiagnosticError(
                "Files of somebody else are in the way",
                f"{self.name} holds {', '.join(sorted(foreign))}, which this hand-over did not write. Move them away, "
                "or choose another folder; each hand-over has a folder of its own.",
                Path("folder"),
            )

    def write(self, files: Iterable[File], record: Record, obsolete: Mapping[str, str]) -> list[str]:
        """Write what differs, remove what is no longer wanted; names of obsolete files that somebody changed and stay.

        Raises:
            DiagnosticError: the folder cannot be written.
        """
        wanted = {file.name: file for file in files}
        try:
            interim = Record(record.inputs, {**obsolete, **record.files})
            self._write(File(RECORD, ()), interim.text)
            for file in wanted.values():
                self._write(file, file.text)
            kept = self._remove({name: sha for name, sha in obsolete.items() if name not in wanted})
            self._write(File(RECORD, ()), record.text)
        except OSError as problem:
            where = problem.filename or self.name
            raise self._trouble(f"cannot be written: {where}: {problem.strerror}") from None
        return kept

    def remove(self, files: Mapping[str, str]) -> list[str]:
        """Remove files that are as they were written, and the folder when it is empty; names of those that stay.

        Raises:
            DiagnosticError: something cannot be removed.
        """
        try:
            kept = self._remove(files)
            (self._path / RECORD).unlink(missing_ok=True)
            with suppress(OSError):  # it is missing, or holds something else
                self._path.rmdir()
        except OSError as problem:
            raise self._trouble(f"cannot be cleared: {problem.filename}: {problem.strerror}") from None
        return kept

    def _write(self, file: File, text: str) -> None:
        """Replace one file as a whole, unless it holds this text already."""
        target = self._path / file.name
        mode = 0o755 if file.is_script else 0o644
        with suppress(FileNotFoundError):
            if not target.is_symlink() and target.read_bytes() == text.encode():
                return
        target.parent.mkdir(parents=True, exist_ok=True)
        interim = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        try:
            with interim.open("w", encoding="utf-8", newline="") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            interim.chmod(mode)
            interim.replace(target)
        finally:
            interim.unlink(missing_ok=True)

    def _remove(self, files: Mapping[str, str]) -> list[str]:
        kept = []
        for name, sha in sorted(files.items()):
            found = self.hash_of(name)
            if found is not None and found != sha:
                kept.append(name)
                continue
            (self._path / name).unlink(missing_ok=True)
            inner = (self._path / name).parent
            if inner != self._path:
                with suppress(OSError):  # it holds something else
                    inner.rmdir()
        return kept

    def _trouble(self, what: str) -> DiagnosticError:
        return DiagnosticError("The folder of the hand-over cannot be used", f"{self.name} {what}.", Path("folder"))
