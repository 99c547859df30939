"""`make demo`: deploys main.py to a simulated ECE, deploys again, destroys, and judges by the simulator's records.

Exit code 0 only if the objects are there after the first deploy, the second deploy wrote nothing, and nothing is left
after the destroy. With ECE_DEMO_SIMULATOR (the line that `ece-simulator --json` prints) a running simulator is used.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.simulator_process import SimulatorProcess, dotenv

PROJECT = Path(__file__).resolve().parents[1]
FOLDER = PROJECT / ".work" / "demo"
"""Where the demo keeps its Terraform state and the synthesized JSON; made anew each time."""

EXPECTED = {"deployments": 3, "rulesets": 2}
"""What main.py makes; associations are counted by the table below."""


@dataclass
class Phase:
    """One step of the demo: what was run, and what the simulator recorded meanwhile."""

    name: str
    seconds: float
    writes: Counter[str]
    reads: int
    problems: list[str] = field(default_factory=list)


class Demo:
    """The demo against one simulator."""

    def __init__(self, simulator: SimulatorProcess) -> None:
        self.simulator = simulator
        self.phases: list[Phase] = []
        self._seen = len(simulator.calls())

    def run(self) -> list[str]:
        """Run all phases and return what did not hold."""
        self._foreign = self._objects()
        first = self._phase("deploy", "deploy")
        first.problems += self._missing()
        self._show(self._objects())
        again = self._phase("deploy again", "deploy")
        again.problems += [f"{count} x {operation}" for operation, count in again.writes.items()]
        last = self._phase("destroy", "destroy")
        last.problems += self._left_over()
        return [f"{phase.name}: {problem}" for phase in self.phases for problem in phase.problems]

    def _phase(self, name: str, verb: str) -> Phase:
        print(f"\n── {name}: cdktf {verb} '*' --auto-approve", flush=True)
        begun = time.monotonic()
        code = subprocess.run(
            [PROJECT / "node_modules" / ".bin" / "cdktf", verb, "*", "--auto-approve"],
            cwd=FOLDER,
            env={**dotenv(PROJECT), **self._credentials()},
            stdin=subprocess.DEVNULL,
            check=False,
        ).returncode
        seconds = time.monotonic() - begun
        calls = self.simulator.calls(since=self._seen)
        self._seen += len(calls)
        writes = Counter(call["operation_id"] or call["path"] for call in calls if call["is_write"])
        phase = Phase(name, seconds, writes, len(calls) - writes.total())
        if code:
            phase.problems.append(f"cdktf {verb} ended with exit code {code}")
        self.phases.append(phase)
        return phase

    def _credentials(self) -> dict[str, str]:
        mine = self.simulator.environment()
        return {name: value for name, value in mine.items() if name.startswith("ECE_")}

    def _objects(self) -> dict[str, Any]:
        """What the first installation holds, system deployments left out."""
        state: dict[str, Any] = next(iter(self.simulator.control("state", installation=0).values()))
        deployments = {n: d for n, d in state["deployments"].items() if not d["system_owned"]}
        return {**state, "deployments": deployments}

    def _missing(self) -> list[str]:
        now = self._objects()
        found = {kind: len(now[kind]) - len(self._foreign[kind]) for kind in EXPECTED}
        problems = [
            f"{found[kind]} {kind} instead of {count}" for kind, count in EXPECTED.items() if found[kind] != count
        ]
        problems += [f"deployment {name} is not healthy" for name, d in now["deployments"].items() if not d["healthy"]]
        if len(now["associations"]) <= len(self._foreign["associations"]):
            problems.append("no deployment carries a filter")
        return problems

    def _left_over(self) -> list[str]:
        now = self._objects()
        kinds = ("deployments", "rulesets", "associations")
        return [f"{kind} left: {now[kind]}" for kind in kinds if len(now[kind]) != len(self._foreign[kind])]

    @staticmethod
    def _show(now: dict[str, Any]) -> None:
        print("\nThe simulator now holds:")
        for name, deployment in sorted(now["deployments"].items()):
            sizes = {
                tier: f"{size['size']} MB"
                for r in deployment["resources"].values()
                for tier, size in r["sizes"].items()
            }
            version = next(r["stack_version"] for r in deployment["resources"].values() if r["kind"] == "elasticsearch")
            filters = [now["rulesets"][ruleset]["name"] for ruleset in deployment["rulesets"]]
            print(f"  {name}  {version}  {sizes}  filters: {', '.join(filters) or 'none'}")

    def table(self) -> str:
        """The short table at the end."""
        lines = [f"{'step':<14} {'seconds':>7} {'writes':>6} {'reads':>6}  result"]
        for phase in self.phases:
            result = "; ".join(phase.problems) or "ok"
            lines.append(f"{phase.name:<14} {phase.seconds:>7.1f} {phase.writes.total():>6} {phase.reads:>6}  {result}")
        return "\n".join(lines)


def prepare() -> None:
    """Make the demo's folder anew, with a cdktf.json that runs main.py from there."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    settings = json.loads((PROJECT / "cdktf.json").read_text(encoding="utf-8"))
    settings["app"] = f'"{sys.executable}" "{PROJECT / "main.py"}"'
    (FOLDER / "cdktf.json").write_text(json.dumps(settings, indent=2), encoding="utf-8")


def main() -> int:
    """Run the demo and return the exit code."""
    prepare()
    with SimulatorProcess(1, plan_seconds=1.0, announcement=os.environ.get("ECE_DEMO_SIMULATOR")) as simulator:
        demo = Demo(simulator)
        problems = demo.run()
        print(f"\n{demo.table()}")
    print("\nAll of it held." if not problems else "\nNot all of it held:\n  " + "\n  ".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
