"""Does what a hand-over says, exactly as it stands in the folder, and nothing else."""

from __future__ import annotations

import csv
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from ece_domain.hand_over import HandOver, Step
from tests.routes.cells import Cell

NETWORK = "network.csv"


def carry_out(cell: Cell, workspace: Path, steps: Iterable[Step], folder: Path) -> None:
    """Run the commands of steps in their order; ``folder`` holds the files. A command that fails ends it."""
    for step in steps:
        if step.by_terraform:
            continue
        if NETWORK in step.what:
            open_network(cell, folder / NETWORK)
        for command in step.commands:
            if not run(cell, workspace, command):
                return
            if cell.partner is not None:
                cell.partner.settle()


def open_network(cell: Cell, table: Path) -> None:
    """What network administrators do with the table: open the port of the remote side that it names."""
    with table.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["kind"] == "firewall" and row["TCP port"].isdigit():
                cell.remote.open_port(int(row["TCP port"]), is_open=True)


def run(cell: Cell, workspace: Path, command: str) -> bool:
    """A command as somebody types it, in the folder where Terraform runs."""
    environment = dict(os.environ)
    if cell.partner is not None and cell.partner.tools is not None:
        environment["PATH"] = f"{cell.partner.tools}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["sh", "-c", command], cwd=workspace, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode == 0


def write(made: HandOver, folder: Path) -> None:
    """Put files into the folder in place of what is there."""
    for file in made.files:
        target = folder / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text, encoding="utf-8")
