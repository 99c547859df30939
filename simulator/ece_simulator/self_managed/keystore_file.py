"""The keystore of a home folder: names and values in one file that only its owner can read.

The simulator's file is JSON in place of Elasticsearch's encrypted form.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

FILE = "elasticsearch.keystore"
NAME = re.compile(r"[A-Za-z0-9_\-.]+\Z")
_FORMAT = "simulated elasticsearch.keystore 1"


class KeystoreFile:
    """The keystore below a config folder. ValueError for a file of another form."""

    def __init__(self, config: Path) -> None:
        self.path = config / FILE

    def exists(self) -> bool:
        """Whether it was created."""
        return self.path.exists()

    def read(self) -> dict[str, str]:
        """All entries; none where there is no keystore."""
        if not self.exists():
            return {}
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
            if content["format"] != _FORMAT:
                raise KeyError(content["format"])
            return {str(name): str(value) for name, value in content["entries"].items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ValueError(f"the keystore [{self.path}] is corrupted or was not made by this tool") from None

    def write(self, entries: dict[str, str]) -> None:
        """Replaces the file as a whole."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(f".tmp{os.getpid()}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123  a handle, not a path
            json.dump({"format": _FORMAT, "entries": dict(sorted(entries.items()))}, file, indent=1)
        fresh.replace(self.path)
