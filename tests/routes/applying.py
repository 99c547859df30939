"""Does what a hand-over says, exactly as it stands in the folder, and nothing else.

A command that was run before on the same files and the same state is not run again: what it left is put back. With each
part left out in turn most commands are such repetitions.
"""

from __future__ import annotations

import csv
import os
import re
import subprocess
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from ece_domain.hand_over import HandOver, Step
from tests.routes.cells import Cell

NETWORK = "network.csv"
_PATH = re.compile(r"[^\s'\"=]*/[^\s'\"=]+")

Files = dict[str, bytes]


class Administrator:
    """Carries out steps in the folder where Terraform runs."""

    def __init__(self, cell: Cell, workspace: Path) -> None:
        self._cell, self._workspace = cell, workspace
        self._left: dict[str, Files] = {}

    def carry_out(self, steps: Iterable[Step], folder: Path) -> None:
        """Run the commands of steps in their order; ``folder`` holds the files. A command that fails ends it."""
        partner = self._cell.partner
        for step in steps:
            if step.by_terraform:
                continue
            if NETWORK in step.what:
                open_network(self._cell, folder / NETWORK)
            for command in step.commands:
                if not self._do(command):
                    return
                if partner is not None:
                    partner.settle()

    def _do(self, command: str) -> bool:
        place = self._cell.partner.repeats(command) if self._cell.partner is not None else None
        if place is None:
            return self._run(command)
        before = _content(place)
        key = self._key(command, before)
        if key in self._left:
            _put(place, self._left[key])
            return True
        if not self._run(command):
            return False
        after = _content(place)
        self._left[key] = {name: text for name, text in after.items() if before.get(name) != text}
        return True

    def _key(self, command: str, state: Files) -> str:
        """The command, the files that it names and those that these name, and the state it meets."""
        texts, files = [command], [command]
        while files:
            for name in _PATH.findall(files.pop()):
                file = self._workspace / name
                if file.is_file() and file.suffix in (".sh", ".yaml") and (text := file.read_text()) not in texts:
                    texts.append(text)
                    files.append(text)
        met = [f"{name} {sha256(text).hexdigest()}" for name, text in sorted(state.items()) if name.endswith(".json")]
        return "\0".join(texts + met)

    def _run(self, command: str) -> bool:
        """A command as somebody types it."""
        environment = dict(os.environ)
        partner = self._cell.partner
        if partner is not None and partner.tools is not None:
            environment["PATH"] = f"{partner.tools}{os.pathsep}{environment['PATH']}"
        done = subprocess.run(
            ["sh", "-c", command], cwd=self._workspace, env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode == 0


def _content(folder: Path) -> Files:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def _put(folder: Path, files: Files) -> None:
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text)


def open_network(cell: Cell, table: Path) -> None:
    """What network administrators do with the table: open the port of the remote side that it names."""
    with table.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["kind"] == "firewall" and row["TCP port"].isdigit():
                cell.remote.open_port(int(row["TCP port"]), is_open=True)


def write(made: HandOver, folder: Path) -> None:
    """Put files into the folder in place of what is there."""
    for file in made.files:
        target = folder / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text, encoding="utf-8")
