"""A provider that is started first and to which Terraform connects (``TF_REATTACH_PROVIDERS``), as in a debugger."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from terraform_plugin.testing.process import wait_until

_REATTACH = re.compile(r"TF_REATTACH_PROVIDERS=(['\"]?)(\{.*\})\1")


class DebuggedProvider:
    """A provider's process that outlives the commands of Terraform. Use as a context manager.

    ``command`` starts the provider in its debug mode, in which it prints a line ``TF_REATTACH_PROVIDERS='…'``; what
    it prints is kept in ``out``. ``folder`` is where it works, and ``env`` its whole environment; both are those of
    this process unless given.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        out: Path,
        *,
        folder: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._out = out
        with out.open("wb") as stream:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                cwd=folder,
                env=dict(os.environ if env is None else env),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> DebuggedProvider:
        """Wait until the provider has said how to reach it."""
        wait_until(lambda: self._told() or self.process.poll() is not None, "the provider's TF_REATTACH_PROVIDERS")
        if not self._told():
            raise AssertionError(f"the provider ended with {self.process.returncode}:\n{self.output}")
        return self

    def __exit__(self, *exception: object) -> None:
        """End the provider."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _told(self) -> str | None:
        match = _REATTACH.search(self.output)
        return match[2] if match else None

    @property
    def output(self) -> str:
        """What the provider printed so far."""
        return self._out.read_text(errors="replace")

    @property
    def environment(self) -> dict[str, str]:
        """What Terraform needs in its environment to use this process."""
        told = self._told()
        assert told is not None  # noqa: S101  (__enter__ waited for it)
        json.loads(told)
        return {"TF_REATTACH_PROVIDERS": told}
