"""What is about to be created, on disk before the request goes out: a run that is killed can be picked up by the next.

Entries live below Terraform's data directory. An entry names a request id; creating with the same id twice makes one
object. It goes when Terraform shows the object in state. No values are kept, only a hash of them.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from terraform_plugin.values import is_wholly_known

_LOG = logging.getLogger("ece_provider.journal")
_OWNER_SUFFIX = ".owner"


def default_directory(environ: Mapping[str, str]) -> Path:
    """``${TF_DATA_DIR:-.terraform}/ece``, below the folder that Terraform runs in."""
    return Path(environ.get("TF_DATA_DIR") or ".terraform") / "ece"


def workspace_of(environ: Mapping[str, str]) -> str:
    """The workspace that Terraform runs in: equal values in two workspaces are two objects."""
    if name := environ.get("TF_WORKSPACE"):
        return name
    with suppress(OSError):
        return (default_directory(environ).parent / "environment").read_text(encoding="utf-8").strip()
    return "default"


@dataclass
class Entry:
    """One creation; ``note`` what becomes known, ``discard`` when the request was refused."""

    request_id: str
    is_reused: bool = False
    """True when an earlier run began this creation and did not live to end it."""
    object_id: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    """What the resource needs to recognise its object later; JSON, no secrets."""
    _path: Path | None = None
    _head: dict[str, Any] = field(default_factory=dict)
    _journal: Journal | None = None

    def note(self, object_id: str | None = None, **data: Any) -> None:
        """Write down what became known; on disk when this returns."""
        self.object_id = object_id or self.object_id
        self.data |= data
        if self._journal is not None and self._path is not None:
            self._journal._write(self)

    def discard(self) -> None:
        """Forget the creation: nothing was made, or it is in no doubt any more."""
        if self._journal is not None:
            self._journal._remove(self)


class Journal:
    """The journal of one installation and workspace, shared by all runs of a folder."""

    def __init__(self, directory: Path, endpoint: str, workspace: str = "default") -> None:
        self._directory = directory
        self._endpoint = endpoint
        self._workspace = workspace
        self._owner = os.urandom(8).hex()
        self._owner_file: IO[str] | None = None
        self._by_object: dict[str, list[Path]] | None = None

    def begin(self, kind: str, values: Mapping[str, Any], **data: Any) -> Entry:
        """Take up the creation of a ``kind`` (type name) with these known planned values, or begin it.

        An entry of an earlier run with the same values that no living run owns is taken over, ``data`` of that time
        included. Otherwise a new one is on disk when this returns. Where nothing can be written the creation goes on
        without a journal, with a line in the log.
        """
        digest = self._digest(kind, values)
        try:
            self._own()
            return self._taken_over(digest) or self._made(kind, digest, data)
        except OSError as problem:
            _LOG.warning("no journal at %s: %s", self._directory, problem.strerror or problem)
            return Entry(_new_request_id(), data=dict(data))

    def forget(self, object_id: str | None) -> None:
        """Drop the entries of an object that state holds, or that is gone. Cheap when there are none."""
        if object_id is None:
            return
        if self._by_object is None:
            self._by_object = self._index()
        for path in self._by_object.pop(object_id, ()):
            with suppress(OSError):
                path.unlink()

    def close(self) -> None:
        """Give up what this run owns, so that others may take over what it left."""
        if self._owner_file is not None:
            with suppress(OSError):
                Path(self._owner_file.name).unlink()
            self._owner_file.close()
            self._owner_file = None

    def _digest(self, kind: str, values: Mapping[str, Any]) -> str:
        known = {name: value for name, value in values.items() if is_wholly_known(value)}
        text = json.dumps([kind, self._endpoint, self._workspace, known], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:40]

    def _taken_over(self, digest: str) -> Entry | None:
        for path in sorted(self._directory.glob(f"{digest}.*.json")):
            owner = path.name.split(".")[1]
            if self._is_alive(owner):
                continue
            mine = path.with_name(path.name.replace(f".{owner}.", f".{self._owner}."))
            with suppress(OSError, ValueError, KeyError):  # taken by another run at this moment, or cut off by a crash
                path.rename(mine)
                head = json.loads(mine.read_text(encoding="utf-8"))
                return Entry(head["request_id"], True, head["object_id"], head["data"], mine, head, self)
        return None

    def _made(self, kind: str, digest: str, data: dict[str, Any]) -> Entry:
        request_id = _new_request_id()
        path = self._directory / f"{digest}.{self._owner}.{request_id[:16]}.json"
        head = {"kind": kind, "endpoint": self._endpoint, "hash": digest}
        entry = Entry(request_id, data=dict(data), _path=path, _head=head, _journal=self)
        self._write(entry)
        return entry

    def _write(self, entry: Entry) -> None:
        """Write the entry and make sure that it survives: first beside, then in place, then the folder."""
        if entry._path is None:
            return
        content = {**entry._head, "request_id": entry.request_id, "object_id": entry.object_id, "data": entry.data}
        draft = entry._path.with_suffix(".draft")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(entry._path)
        _sync_directory(self._directory)
        if entry.object_id and self._by_object is not None:
            self._by_object.setdefault(entry.object_id, []).append(entry._path)

    def _remove(self, entry: Entry) -> None:
        if entry._path is not None:
            with suppress(OSError):
                entry._path.unlink()

    def _index(self) -> dict[str, list[Path]]:
        found: dict[str, list[Path]] = {}
        for path in self._directory.glob("*.json"):
            with suppress(OSError, ValueError, AttributeError):
                if object_id := json.loads(path.read_text(encoding="utf-8")).get("object_id"):
                    found.setdefault(object_id, []).append(path)
        return found

    def _own(self) -> None:
        """Show that this run lives: a file that is locked until the process ends, however it ends."""
        if self._owner_file is not None:
            return
        self._directory.mkdir(parents=True, exist_ok=True)
        for path in self._directory.glob(f"*{_OWNER_SUFFIX}"):
            self._is_alive(path.stem)  # which clears up after runs that were killed
        file = (self._directory / f"{self._owner}{_OWNER_SUFFIX}").open("w", encoding="utf-8")
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.write(str(os.getppid()))
        file.flush()
        self._owner_file = file

    def _is_alive(self, owner: str) -> bool:
        """True for this run, and for another one whose process and whose Terraform are there.

        A provider that outlives a killed Terraform for a moment does not count: the same request id makes one object.
        """
        if owner == self._owner:
            return True
        path = self._directory / f"{owner}{_OWNER_SUFFIX}"
        try:
            with path.open("r+", encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)
                return False
        except BlockingIOError:
            return _process_exists(path)
        except OSError:
            return False


def _process_exists(owner_file: Path) -> bool:
    try:
        os.kill(int(owner_file.read_text(encoding="utf-8")), 0)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


def _new_request_id() -> str:
    """64 characters, within the 32 to 128 that ``create-deployment`` takes."""
    return os.urandom(32).hex()


def _sync_directory(directory: Path) -> None:
    number = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
