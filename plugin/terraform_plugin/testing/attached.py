"""Providers that Terraform finds running: it connects to them, and neither starts nor ends them.

Most of a command's time goes to starting the provider, three times in an apply. Tests that are about what a provider
does, not about its process, are three times as fast this way. The process has Terraform's folder and environment, and
remembers from one command to the next no more than a provider does between two configurations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from terraform_plugin.testing.debug import DebuggedProvider


class AttachedProviders:
    """One running provider for each folder and environment that Terraform is run with. Use as a context manager.

    ``command`` starts the provider in its debug mode; what they print is kept in ``folder``.
    """

    def __init__(self, command: Sequence[str | Path], folder: Path) -> None:
        self._command = command
        self._folder = folder
        self._running: dict[tuple[Path, frozenset[tuple[str, str]]], DebuggedProvider] = {}
        self._stack = ExitStack()

    def environment(self, folder: Path, env: Mapping[str, str]) -> dict[str, str]:
        """What Terraform needs beside ``env`` to use their provider, which is started if there is none yet."""
        key = (folder, frozenset(env.items()))
        if key not in self._running:
            self._folder.mkdir(parents=True, exist_ok=True)
            out = self._folder / f"provider-{len(self._running) + 1}.out"
            started = DebuggedProvider(self._command, out, folder=folder, env=env)
            self._running[key] = self._stack.enter_context(started)
        return self._running[key].environment

    def __enter__(self) -> Self:
        """Nothing is started before it is needed."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all that run."""
        self._running.clear()
        self._stack.close()
