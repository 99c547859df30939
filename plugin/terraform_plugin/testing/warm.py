"""Providers that start fast: forked from a process that has loaded their modules already.

Terraform starts a provider several times in each command, and loading Python modules is most of that time. Tests that
are about starting, killing or ending the process use the provider's own command instead.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from terraform_plugin.testing import warm_launcher, warm_server


class WarmProvider:
    """A context manager around the warm process; ``command`` is what a mirror starts. Linux only.

    ``program`` is the provider's main function as ``module:function``; it returns an exit code. ``load``, if given, is
    called once before the first start, for modules that are loaded late. ``path`` goes in front of ``sys.path``.
    """

    def __init__(self, program: str, load: str = "", path: Sequence[str | Path] = ()) -> None:
        self._arguments = [program, load, *map(str, path)]
        self._folder = tempfile.TemporaryDirectory(prefix="warm-")  # short: the name of a socket has a limit
        self.process: subprocess.Popen[str] | None = None

    @property
    def _socket(self) -> str:
        return str(Path(self._folder.name) / "s")

    @property
    def command(self) -> list[str]:
        """What Terraform starts."""
        return [sys.executable, "-I", "-S", str(Path(warm_launcher.__file__)), self._socket]

    def __enter__(self) -> Self:
        """Start it and wait until it has loaded; RuntimeError when it cannot."""
        self.process = subprocess.Popen(
            [sys.executable, "-I", str(Path(warm_server.__file__)), self._socket, *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self.process.stdout is None or self.process.stdout.readline() != "ready\n":
            raise RuntimeError(f"the provider's modules cannot be loaded: {self._arguments}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the warm process; providers that still run are orphans and end by themselves."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
            self.process.wait(10)
        self._folder.cleanup()
