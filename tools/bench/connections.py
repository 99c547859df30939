"""API calls and time of connections: one, twenty at once, their refresh, and twenty trust entries of one deployment.

Each figure stands beside what is aimed at; nothing is judged here.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any, Final

from terraform_plugin.testing import Mirror, TerraformBinary, Workspace
from tools.simulator_process import SimulatorProcess

MANY: Final = 20

Configuration = dict[str, dict[str, Any]]


def connections(local: str, remote: str, count: int) -> Configuration:
    """Keys and connections from one deployment to another, one for each alias."""
    keys, made = {}, {}
    for alias in (f"logs-{number}" for number in range(count)):
        keys[alias] = {
            "name": alias,
            "access": {"search": [{"names": ["logs-*"]}]},
            "remote": {"deployment_id": remote},
            "local": {"deployment_id": local, "alias": alias},
        }
        made[alias] = {
            "deployment_id": local,
            "alias": alias,
            "security_model": "api_key",
            "remote": {"deployment_id": remote},
            "cross_cluster_api_key_id": f"${{ece_cross_cluster_api_key.{alias}.id}}",
        }
    return {"ece_cross_cluster_api_key": keys, "ece_remote_cluster": made}


def members(deployment: str, cluster_ids: list[str]) -> Configuration:
    """Account trust in a list that its members share."""
    shared = {"deployment_id": deployment, "trust": "account"}
    named = {f"m{number}": {**shared, "cluster_id": cluster} for number, cluster in enumerate(cluster_ids)}
    return {"ece_deployment_trust_member": named}


def is_poll(call: dict[str, Any]) -> bool:
    """Whether a call only looks again if a connection stands, or a plan has ended."""
    path = str(call["path"])
    return "/proxy/_remote/info" in path or "/proxy/_resolve/cluster" in path or path.endswith("/plan/activity")


def print_connections(
    folder: Path, binary: TerraformBinary, mirror: Mirror, simulator: SimulatorProcess, rounds: int
) -> None:
    """Measure and print."""
    env = {name: value for name, value in simulator.environment().items() if name.startswith("ECE_")}
    workspace = Workspace(folder, binary, mirror, env)
    workspace.init()
    local = simulator.control("seed", name="bench-local", trust={"accounts": []})["id"]
    remote = simulator.control("seed", name="bench-remote")["id"]
    one, many = [], []
    for _ in range(rounds):
        one.append(_applied(workspace, simulator, connections(local, remote, 1)))
        refreshed_one = _calls(workspace, simulator, "plan")
        workspace.destroy()
        many.append(_applied(workspace, simulator, connections(local, remote, MANY)))
        refreshed_many = _calls(workspace, simulator, "plan")
        workspace.destroy()
    work, polls = one[0][1], one[0][2]
    print("\nconnections by key within one ECE")
    single = statistics.median(run[0] for run in one)
    print(f"  one          {single:6.2f} s   API calls {work:>4} (aim: 12) and {polls} polls")
    seconds = statistics.median(run[0] for run in many)
    calls = f"API calls {many[0][1]:>4} and {many[0][2]} polls"
    print(f"  {MANY} at once   {seconds:6.2f} s   {calls}; {seconds / single:.2f} times one (aim: 3)")
    print(
        f"  refresh      API calls of one {refreshed_one} (aim: {5 + 1}), of {MANY} {refreshed_many} (aim: {5 + MANY})"
    )
    _print_trust(workspace, simulator, local)


def _applied(workspace: Workspace, simulator: SimulatorProcess, objects: Configuration) -> tuple[float, int, int]:
    """Seconds, API calls without polls (the first look is none), and polls."""
    workspace.write({"resource": objects})
    simulator.control("clear_calls")
    begun = time.perf_counter()
    workspace.apply()
    seconds = time.perf_counter() - begun
    calls = simulator.calls()
    polls = max(0, sum(map(is_poll, calls)) - 1)
    return seconds, len(calls) - polls, polls


def _calls(workspace: Workspace, simulator: SimulatorProcess, *command: str) -> int:
    simulator.control("clear_calls")
    workspace.run(*command, "-input=false", "-detailed-exitcode")
    return len(simulator.calls())


def _print_trust(workspace: Workspace, simulator: SimulatorProcess, deployment: str) -> None:
    before = len(simulator.control("plan_history", deployment=deployment))
    peers = [simulator.control("seed", name=f"peer-{number}", kinds=[])["cluster_id"] for number in range(MANY)]
    seconds, calls, _ = _applied(workspace, simulator, members(deployment, peers))
    plans = len(simulator.control("plan_history", deployment=deployment)) - before
    print(f"  {MANY} trust entries of one deployment {seconds:6.2f} s   API calls {calls}   plans {plans} (aim: 2)")
    workspace.destroy()
