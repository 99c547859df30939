"""The real `cdktf` command in a folder of its own, as a user runs it: no terminal, standard input closed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.simulator_process import dotenv

PROJECT = Path(__file__).resolve().parents[2]
PROGRAM = PROJECT / "node_modules" / ".bin" / "cdktf"
PATIENCE = 120.0
"""Seconds that a deploy of a few objects may take; longer means that something waits for an answer."""


class Cdktf:
    """A folder with a program and a cdktf.json that runs it."""

    def __init__(self, folder: Path, program: str, env: Mapping[str, str], **settings: object) -> None:
        assert PROGRAM.exists(), "cdktf is not installed: run make setup"
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "main.py").write_text(program, encoding="utf-8")
        content = json.loads((PROJECT / "cdktf.json").read_text(encoding="utf-8"))
        content |= {"app": f'"{sys.executable}" main.py', **settings}
        (folder / "cdktf.json").write_text(json.dumps(content), encoding="utf-8")
        self._env = {**dotenv(PROJECT), "PYTHONPATH": "", **env}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command and go on."""
        return subprocess.Popen(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, code: int = 0, timeout: float = PATIENCE) -> str:
        """Run the command to its end and return what it printed; its exit code must be ``code``."""
        process = self.start(*arguments)
        try:
            printed, _ = process.communicate(timeout=timeout)
        finally:
            process.kill()
        assert process.returncode == code, f"cdktf {' '.join(arguments)} ended with {process.returncode}:\n{printed}"
        return printed

    def stack(self, name: str) -> dict[str, object]:
        """The synthesized JSON of a stack."""
        text = (self.folder / "cdktf.out" / "stacks" / name / "cdk.tf.json").read_text(encoding="utf-8")
        content: dict[str, object] = json.loads(text)
        return content
