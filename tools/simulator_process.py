"""Starts `ece-simulator` as a process of its own and speaks to its control API; for the demo and the benchmark."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class SimulatorProcess:
    """A running simulator: one started here, or one announced by somebody else.

    ``announcement`` is the line of JSON that `ece-simulator --json` printed; without it a process is started
    and ended with the block. ``proxy_ca`` says who signs the proxies' certificates, as on its command line;
    ``with_partners`` adds one partner of each kind.
    """

    def __init__(
        self,
        installations: int = 1,
        *,
        plan_seconds: float = 1.0,
        proxy_ca: str = "private",
        with_partners: bool = False,
        announcement: str | None = None,
    ) -> None:
        self._arguments = ["--json", "--installations", str(installations), "--plan-seconds", str(plan_seconds)]
        self._arguments += ["--proxy-ca", proxy_ca]
        self._arguments += ["--hosted", "--self-managed", "--eck"] if with_partners else []
        self._announcement = announcement
        self._process: subprocess.Popen[str] | None = None
        self.facts: dict[str, Any] = {}

    def __enter__(self) -> Self:
        """Start it, unless it runs already; RuntimeError when it does not say where it is."""
        line = self._announcement or self._start()
        try:
            self.facts = json.loads(line)
        except ValueError as error:
            raise RuntimeError(f"the simulator did not announce itself; it printed {line!r}") from error
        return self

    def _start(self) -> str:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ece_simulator", *self._arguments], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process that was started here."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)

    def installation(self, number: int = 0) -> dict[str, Any]:
        """Addresses and credentials of one installation."""
        found: dict[str, Any] = self.facts["installations"][number]
        return found

    def environment(self, number: int = 0, prefix: str = "ECE") -> dict[str, str]:
        """This process' environment, with the variables by which the provider finds the installation."""
        one = self.installation(number)
        return {
            **os.environ,
            f"{prefix}_ENDPOINT": one["endpoint"],
            f"{prefix}_API_KEY": one["api_key"],
            f"{prefix}_CA_FILE": one["ca_file"],
        }

    def control(self, method: str, **arguments: Any) -> Any:
        """Call a method of the control API."""
        request = urllib.request.Request(  # noqa: S310  (the simulator's own address)
            f"{self.facts['control']}/{method}",
            data=json.dumps(arguments).encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310  (as above)
            return json.load(reply)

    def calls(self, since: int = 0) -> list[dict[str, Any]]:
        """All calls above number `since`, in order."""
        entries: list[dict[str, Any]] = self.control("calls", since=since)
        return entries


def dotenv(project: Path) -> dict[str, str]:
    """The settings that `make setup` wrote into `.env`, as a shell reads them."""
    shown = subprocess.run(
        ["sh", "-c", "set -a; . ./.env; exec env -0"], cwd=project, capture_output=True, text=True, check=True
    )
    return dict(line.split("=", 1) for line in shown.stdout.split("\0") if "=" in line)
