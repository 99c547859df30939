"""The toy's world: objects, the log of calls and the faults to come, all as files in one folder.

A test reads and writes the same folder, so it sees what really took effect.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any


class ToyFault(RuntimeError):
    """Raised where a fault asks for an exception; stands for a bug of the provider."""


class Store:
    """A folder with one file per object, a call log and a file of faults."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "objects").mkdir(parents=True, exist_ok=True)

    # objects

    def put(self, values: dict[str, Any], id: str | None = None) -> str:
        """Write an object, atomically; a new one gets an id."""
        name = id or f"thing-{uuid.uuid4().hex[:8]}"
        fresh = self.folder / "objects" / f".{name}.{os.getpid()}"
        fresh.write_text(json.dumps(values, default=_encode))
        fresh.replace(self._file(name))
        return name

    def get(self, id: str) -> dict[str, Any] | None:
        """An object, None when it is gone."""
        try:
            values: dict[str, Any] = json.loads(self._file(id).read_text(), object_hook=_decode)
        except FileNotFoundError:
            return None
        return values

    def drop(self, id: str) -> None:
        """Remove an object; gone already is fine."""
        self._file(id).unlink(missing_ok=True)

    def all(self) -> dict[str, dict[str, Any]]:
        """Every object by id."""
        found = {file.stem: self.get(file.stem) for file in sorted((self.folder / "objects").glob("*.json"))}
        return {id: values for id, values in found.items() if values is not None}

    def _file(self, id: str) -> Path:
        return self.folder / "objects" / f"{id}.json"

    # calls

    def log(self, verb: str, name: str = "") -> None:
        """Note that a verb of a resource was called."""
        with (self.folder / "calls.log").open("a") as file:
            file.write(f"{verb} {name}\n".replace(" \n", "\n"))

    def calls(self) -> list[str]:
        """All calls so far, such as ``create office``."""
        file = self.folder / "calls.log"
        return file.read_text().splitlines() if file.exists() else []

    def forget_calls(self) -> None:
        """Start a new log."""
        (self.folder / "calls.log").unlink(missing_ok=True)

    @contextlib.contextmanager
    def no_calls(self, *allowed: str) -> Iterator[None]:
        """Assert that inside the block no verb was called but those of ``allowed``."""
        self.forget_calls()
        yield
        called = [call for call in self.calls() if call.split()[0] not in allowed]
        assert called == []

    # faults

    def fault(self, **by_place: str) -> None:
        """Order faults by place (``create_after="error"``); without any, take all back.

        Kinds: ``error``, ``raise``, ``kill``, ``wait`` (until taken back or stopped).
        """
        fresh = self.folder / ".faults"
        fresh.write_text(json.dumps(by_place))
        fresh.replace(self.folder / "faults.json")

    def ordered(self, place: str) -> str | None:
        """The kind of fault ordered for a place."""
        try:
            found = json.loads((self.folder / "faults.json").read_text())
        except FileNotFoundError:
            return None
        kind = found.get(place)
        return str(kind) if kind else None

    def strike(self, place: str) -> None:
        """Let an ordered ``raise`` or ``kill`` happen at this place."""
        kind = self.ordered(place)
        if kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if kind == "raise":
            raise ToyFault(f"a bug in {place}")


def _encode(value: Any) -> Any:
    """Decimals keep all their digits."""
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    raise TypeError(f"{type(value).__name__} is no JSON")


def _decode(found: dict[str, Any]) -> Any:
    return Decimal(found["$decimal"]) if found.keys() == {"$decimal"} else found
