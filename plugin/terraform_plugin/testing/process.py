"""A Terraform that is still running: signals, its provider processes, and a terminal with a real Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from terraform_plugin.testing.result import Result

POLL_SECONDS = 0.02
WAIT_SECONDS = 60.0


def wait_until(condition: Callable[[], Any], what: str, seconds: float = WAIT_SECONDS) -> Any:
    """Ask until ``condition`` gives something true and return it; AssertionError naming ``what`` when it never does."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:g} s still waiting for {what}")
        time.sleep(POLL_SECONDS)


def children(pid: int) -> list[int]:
    """The processes whose parent is ``pid`` (Linux: read from /proc)."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and _parent(folder) == pid:
            found.append(int(folder.name))
    return found


def _parent(folder: Path) -> int | None:
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[1])


def is_running(pid: int) -> bool:
    """True while the process exists and has not ended (a zombie has)."""
    try:
        state = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def command_line(pid: int) -> str:
    """The command line of a process, empty when it is gone."""
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


class RunningTerraform:
    """A Terraform in a process group of its own, without a terminal. A context manager: it never stays behind."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self.command = list(command)
        self._started = time.monotonic()
        self._out = folder / f".stdout-{time.monotonic_ns()}"
        self._err = self._out.with_suffix(".err")
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                self.command,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    def __enter__(self) -> RunningTerraform:
        """Return self."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Kill what is left of the process group."""
        self.kill_group()

    @property
    def pid(self) -> int:
        """The process id of Terraform."""
        return self.process.pid

    @property
    def output(self) -> str:
        """What was printed on stdout so far."""
        return self._out.read_text(errors="replace")

    def providers(self) -> list[int]:
        """The provider processes that Terraform runs now."""
        return children(self.pid)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to Terraform alone (a Ctrl-C reaches the whole group: see ``interrupt``)."""
        self.process.send_signal(number)

    def interrupt(self) -> None:
        """What Ctrl-C does: SIGINT to Terraform and to its providers."""
        os.killpg(self.pid, signal.SIGINT)

    def kill(self) -> None:
        """SIGKILL to Terraform alone; its providers stay."""
        self.process.kill()

    def kill_provider(self) -> None:
        """SIGKILL to every provider process that runs now."""
        for pid in self.providers():
            _kill(pid)

    def kill_group(self) -> None:
        """SIGKILL to Terraform and all its providers."""
        if self.process.poll() is None:
            for pid in [*self.providers(), self.pid]:
                _kill(pid)
            self.process.wait()
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return

    def wait(self, seconds: float = WAIT_SECONDS) -> Result:
        """Wait for the end; subprocess.TimeoutExpired when it does not come."""
        code = self.process.wait(seconds)
        taken = time.monotonic() - self._started
        return Result(self.command, code, self.output, self._err.read_text(errors="replace"), taken)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


class Terminal:
    """Terraform on a pseudo-terminal of its own, as a person sees it. Needs the package ``pexpect``."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        import pexpect  # type: ignore[import-untyped]  # ships no type information

        self.command = list(command)
        self._started = time.monotonic()
        self._child = pexpect.spawn(
            command[0],
            list(command[1:]),
            cwd=str(folder),
            env=dict(environment),
            encoding="utf-8",
            codec_errors="replace",
            timeout=WAIT_SECONDS,
            dimensions=(60, 200),
        )
        self._seen: list[str] = []
        self._eof = pexpect.EOF

    def __enter__(self) -> Terminal:
        """Return self."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Kill what is left."""
        for pid in children(self.pid):
            _kill(pid)
        self._child.close(force=True)

    @property
    def pid(self) -> int:
        """The process id of Terraform."""
        return int(self._child.pid)

    def providers(self) -> list[int]:
        """The provider processes that Terraform runs now."""
        return children(self.pid)

    def expect(self, pattern: str, seconds: float = WAIT_SECONDS) -> re.Match[str]:
        """Wait until the screen shows ``pattern`` (a regular expression); pexpect.TIMEOUT or EOF when it does not."""
        self._child.expect(pattern, timeout=seconds)
        self._seen.append(self._child.before + self._child.after)
        match: re.Match[str] = self._child.match
        return match

    def type(self, text: str) -> None:
        """Type a line."""
        self._child.sendline(text)

    def interrupt(self) -> None:
        """Press Ctrl-C: the terminal sends SIGINT to Terraform and to its providers."""
        self._child.sendintr()

    def wait(self, seconds: float = WAIT_SECONDS) -> Result:
        """Wait for the end; what was printed (a terminal has one stream) stands in ``stdout``."""
        self._child.expect(self._eof, timeout=seconds)
        self._seen.append(self._child.before)
        self._child.close()
        code = self._child.exitstatus if self._child.exitstatus is not None else -int(self._child.signalstatus or 0)
        return Result(self.command, code, "".join(self._seen), "", time.monotonic() - self._started)
