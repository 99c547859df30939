"""Plan, apply and refresh of n objects of ours, and of as many of the bare provider, against one simulator."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from terraform_plugin.testing import Mirror, TerraformBinary, Workspace
from tools.bench.memory import PeakMemory
from tools.simulator_process import SimulatorProcess

PHASES = ("plan", "apply", "refresh")


@dataclass
class Measured:
    """Seconds and API calls by phase, and the provider's peak memory."""

    seconds: dict[str, float] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    megabytes: float = 0.0


def ours(pairs: int) -> dict[str, Any]:
    """``pairs`` filters and as many associations of one deployment."""
    filters = {
        f"f{n}": {"name": f"f{n}", "type": "ip", "rules": [{"source": f"10.{n // 250}.{n % 250}.0/24"}]}
        for n in range(pairs)
    }
    associations = {
        f"a{n}": {
            "deployment_id": "${ece_deployment.d.id}",
            "traffic_filter_id": f"${{ece_traffic_filter.f{n}.id}}",
        }
        for n in range(pairs)
    }
    deployment = {"d": {"name": "d", "version": "9.2.0", "deletion_protection": False}}
    return {
        "ece_deployment": deployment,
        "ece_traffic_filter": filters,
        "ece_traffic_filter_association": associations,
    }


def deployment_only() -> dict[str, Any]:
    """What is made before the clock starts."""
    return {"ece_deployment": ours(0)["ece_deployment"]}


def bare(count: int) -> dict[str, Any]:
    """``count`` things of the bare provider."""
    return {"bare_thing": {f"t{n}": {"name": f"t{n}"} for n in range(count)}}


class Bench:
    """A workspace with one of both providers, and the simulator they call."""

    def __init__(self, folder: Path, binary: TerraformBinary, mirror: Mirror, simulator: SimulatorProcess) -> None:
        self._simulator = simulator
        env = {name: value for name, value in simulator.environment().items() if name.startswith("ECE_")}
        self._workspace = Workspace(folder, binary, mirror, {**env, "ECE_POLL_INTERVAL": "100ms"})
        self._workspace.init()

    def measure(self, before: dict[str, Any], objects: dict[str, Any], process: str) -> Measured:
        """Apply ``before``, then measure the phases with ``objects``, then destroy all."""
        workspace = self._workspace
        if before:
            workspace.write({"resource": before})
            workspace.apply()
        workspace.write({"resource": objects})
        measured = Measured()
        with PeakMemory(process) as peak:
            self._timed(measured, "plan", lambda: workspace.run("plan", "-input=false", "-out=p"))
            self._timed(measured, "apply", lambda: workspace.run("apply", "-input=false", "p"))
            self._timed(measured, "refresh", lambda: workspace.run("plan", "-input=false", "-detailed-exitcode"))
        measured.megabytes = peak.megabytes
        workspace.destroy()
        return measured

    def _timed(self, measured: Measured, phase: str, run: Callable[[], Any]) -> None:
        self._simulator.control("clear_calls")
        begun = time.perf_counter()
        run()
        measured.seconds[phase] = time.perf_counter() - begun
        measured.calls[phase] = len(self._simulator.calls())
