"""`make demo`: deploys main.py to two simulated ECEs and three partners, searches, deploys again, destroys; judges.

What is handed over to partners is carried out in between, as it is written.
Exit code 0 only if all objects are there after the first deploy, every connection answered a search, the second deploy
wrote nothing, and nothing is left after the destroy. With ECE_DEMO_SIMULATOR (the line that `ece-simulator --json`
prints) a running simulator is used.
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

from tools.demo_partners import STACK, Partners
from tools.demo_records import Outcome, Records
from tools.simulator_process import SimulatorProcess, dotenv

PROJECT = Path(__file__).resolve().parents[1]
FOLDER = PROJECT / ".work" / "demo"
"""Where the demo keeps its Terraform state and the synthesized JSON; made anew each time."""

PREFIXES = ("ECE", "PARIS_ECE")
"""How main.py calls the two installations."""

EXPECTED = {
    "a": {"deployments": 2, "rulesets": 3, "associations": 4, "relationships": 1},
    "b": {"deployments": 2, "rulesets": 2, "associations": 3, "relationships": 1},
}
"""What main.py makes in each installation."""

CONNECTIONS = 9
"""What main.py connects."""


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
        self._simulator = simulator
        self._partners = Partners(simulator, FOLDER)
        self._records = Records(simulator, self._partners)
        self.phases: list[Phase] = []

    def run(self) -> list[str]:
        """Run all phases and return what did not hold."""
        self._partners.tell()
        first = self._phase("deploy", "deploy", "*")
        first.problems += self._missing()
        print("\n── the partners' administrators carry out what was handed over", flush=True)
        first.problems += self._partners.carry_out()
        self._show_clusters()
        first.problems += self._search()
        again = self._phase("deploy again", "deploy", "*")
        again.problems += [f"{count} x {operation}" for operation, count in again.writes.items()]
        # Alone: deployments that go would take their keys, secrets and trust along, forgotten ones too.
        apart = self._phase("disconnect", "destroy", "connections", STACK)
        apart.problems += [f"left: {what}" for what in self._records.still_connected()]
        last = self._phase("destroy", "destroy", "*")
        last.problems += [f"left: {what}" for what in self._records.left_over()]
        return [f"{phase.name}: {problem}" for phase in self.phases for problem in phase.problems]

    def _phase(self, name: str, verb: str, *stacks: str) -> Phase:
        print(f"\n── {name}: cdktf {verb} {' '.join(map(repr, stacks))} --auto-approve", flush=True)
        seen, begun = len(self._simulator.calls()), time.monotonic()
        code = subprocess.run(
            [PROJECT / "node_modules" / ".bin" / "cdktf", verb, *stacks, "--auto-approve"],
            cwd=FOLDER,
            env={**dotenv(PROJECT), **self._credentials()},
            stdin=subprocess.DEVNULL,
            check=False,
        ).returncode
        seconds = time.monotonic() - begun
        calls = self._simulator.calls(since=seen)
        writes = Counter(_operation(call) for call in calls if call["is_write"])
        phase = Phase(name, seconds, writes, len(calls) - writes.total())
        if code:
            phase.problems.append(f"cdktf {verb} ended with exit code {code}")
        self.phases.append(phase)
        return phase

    def _credentials(self) -> dict[str, str]:
        own = {
            name: value
            for number, prefix in enumerate(PREFIXES)
            for name, value in self._simulator.environment(number, prefix).items()
            if name.startswith(f"{prefix}_")
        }
        return {**own, **self._partners.credentials()}

    def _missing(self) -> list[str]:
        found = self._records.counts()
        problems = [
            f"{found[place][kind]} {kind} instead of {count} in {place}"
            for place, kinds in EXPECTED.items()
            for kind, count in kinds.items()
            if found[place][kind] != count
        ]
        return problems + [
            f"deployment {name} is not healthy"
            for state in self._records.objects().values()
            for name, deployment in state["deployments"].items()
            if not deployment["healthy"]
        ]

    def _show_clusters(self) -> None:
        print("\nThe simulated installations now hold:")
        for place, state in self._records.objects().items():
            for name, deployment in sorted(state["deployments"].items() if place in EXPECTED else ()):
                shown = f"{_versions_and_sizes(deployment)}  filters: {_filters(state, deployment)}"
                print(f"  {f'{place}/{name}':<10} {shown}")

    def _search(self) -> list[str]:
        """One search across each connection, shown as a table."""
        links = self._records.links()
        outcomes = [self._records.try_out(link) for link in links]
        print(f"\nOne search across each connection, as the log of handshakes saw it:\n{connections_table(outcomes)}")
        problems = [problem for outcome in outcomes for problem in outcome.problems] + self._records.wrong_doors(links)
        if len(outcomes) != CONNECTIONS:
            problems.append(f"{len(outcomes)} connections instead of {CONNECTIONS}")
        return problems

    def table(self) -> str:
        """The short table at the end."""
        lines = [f"{'step':<14} {'seconds':>7} {'writes':>6} {'reads':>6}  result"]
        for phase in self.phases:
            result = "; ".join(phase.problems) or "ok"
            lines.append(f"{phase.name:<14} {phase.seconds:>7.1f} {phase.writes.total():>6} {phase.reads:>6}  {result}")
        return "\n".join(lines)


def _operation(call: dict[str, Any]) -> str:
    return str(call["operation_id"] or f"{call['method']} {call['path']}")


def _versions_and_sizes(deployment: dict[str, Any]) -> str:
    resources = deployment["resources"].values()
    sizes = ", ".join(f"{tier} {s['size']} MB" for r in resources for tier, s in r["sizes"].items())
    version = next(r["stack_version"] for r in resources if r["kind"] == "elasticsearch")
    return f"{version}  {sizes}"


def _filters(state: dict[str, Any], deployment: dict[str, Any]) -> str:
    return ", ".join(sorted(state["rulesets"][each]["name"] for each in deployment["rulesets"])) or "none"


def connections_table(outcomes: list[Outcome]) -> str:
    """Local and remote side, model, route, what the handshake came to, and the number of documents found."""
    lines = [f"  {'local -> remote':<25} {'model':<12} {'route':<26} {'handshake':<10} hits"]
    for each in outcomes:
        pair = f"{each.link.local} -> {each.link.remote}"
        lines.append(f"  {pair:<25} {each.link.model:<12} {each.link.route:<26} {each.handshake:<10} {each.hits:>4}")
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
    running = os.environ.get("ECE_DEMO_SIMULATOR")
    with SimulatorProcess(
        2, plan_seconds=1.0, proxy_ca="public,private", with_partners=True, announcement=running
    ) as simulator:
        demo = Demo(simulator)
        problems = demo.run()
        print(f"\n{demo.table()}")
    print("\nAll of it held." if not problems else "\nNot all of it held:\n  " + "\n  ".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
