"""Prints the figures: medians of one run, and the ratio to a floor measured in the same run. Nothing is judged here."""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import sys
import tempfile
import time
from pathlib import Path

from ece_provider import PROVIDER_ADDRESS, VERSION
from terraform_plugin.testing import Mirror, TerraformBinary, Workspace
from tools.bench import bare_provider, mesh, start
from tools.bench.connections import print_connections
from tools.bench.objects import PHASES, Bench, Measured, bare, deployment_only, ours
from tools.bench.synth import synth_times
from tools.simulator_process import SimulatorProcess
from tools.terraform_choice import choose_terraform

OURS = (sys.executable, "-I", "-c", "import sys; from ece_provider.__main__ import main; sys.exit(main())")
BARE = (sys.executable, str(Path(bare_provider.__file__)))
LIMIT = 500
"""Filters at most: ECE holds 512 rule sets, so 1,000 objects are 500 filters with 500 associations."""


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each measurement (default 3)")
    parser.add_argument("--pairs", type=int, nargs="*", default=[1, 10, 100, LIMIT], help="filters with associations")
    options = parser.parse_args()
    print(f"Medians of {options.rounds} runs. Ratios are to the bare provider or app, measured in the same run.\n")
    _print_start(options.rounds)
    with tempfile.TemporaryDirectory() as folder, SimulatorProcess(1, plan_seconds=0.0) as simulator:
        place = Path(folder)
        mirrors = _mirrors(place)
        binary = TerraformBinary.at(choose_terraform())
        print(f"\nTerraform {binary.version}")
        for pairs in options.pairs:
            _print_objects(place / str(pairs), binary, mirrors, simulator, min(pairs, LIMIT), options.rounds)
        _print_created(place / "created", binary, mirrors[0], simulator, options.rounds)
        print_connections(place / "connections", binary, mirrors[0], simulator, options.rounds)
    _print_synth(options.rounds)
    _print_meshes(options.rounds)
    return 0


def _mirrors(folder: Path) -> tuple[Mirror, Mirror]:
    mine, floor = Mirror(folder / "mirror"), Mirror(folder / "bare-mirror")
    mine.add(PROVIDER_ADDRESS, VERSION, OURS)
    floor.add(bare_provider.ADDRESS, "1.0.0", BARE)
    return mine, floor


def _print_start(rounds: int) -> None:
    mine, floor = start.compare(OURS, BARE, 3 * rounds)
    print(
        f"process start to handshake   {mine * 1000:6.0f} ms   bare {floor * 1000:6.0f} ms   ratio {mine / floor:.2f}"
    )


def _print_objects(
    folder: Path,
    binary: TerraformBinary,
    mirrors: tuple[Mirror, Mirror],
    simulator: SimulatorProcess,
    pairs: int,
    rounds: int,
) -> None:
    mine, floor = (
        Bench(folder / "ours", binary, mirrors[0], simulator),
        Bench(folder / "bare", binary, mirrors[1], simulator),
    )
    runs: list[tuple[Measured, Measured]] = []
    for _ in range(rounds):
        own = mine.measure(deployment_only(), ours(pairs), "ece_provider.__main__")
        runs.append((own, floor.measure({}, bare(2 * pairs), "bare_provider.py")))
    print(f"\n{pairs} filters with {pairs} associations, against {2 * pairs} bare resources")
    for phase in PHASES:
        own_time = statistics.median(run[0].seconds[phase] for run in runs)
        bare_time = statistics.median(run[1].seconds[phase] for run in runs)
        print(
            f"  {phase:<8} {own_time:6.2f} s   bare {bare_time:6.2f} s   ratio {own_time / bare_time:4.2f}   "
            f"API calls {runs[0][0].calls[phase]:>5}   bare {runs[0][1].calls[phase]:>5}"
        )
    print(
        f"  memory   {max(run[0].megabytes for run in runs):6.0f} MB  bare {max(r[1].megabytes for r in runs):6.0f} MB"
    )


def _print_created(
    folder: Path, binary: TerraformBinary, mirror: Mirror, simulator: SimulatorProcess, rounds: int
) -> None:
    """From the end of a deployment's plan, by the platform's clock, to Terraform's word that it is created."""
    simulator.control("set_plan_speed", seconds=1.0)
    env = {name: value for name, value in simulator.environment().items() if name.startswith("ECE_")}
    workspace = Workspace(folder, binary, mirror, env)
    workspace.init()
    lags = []
    for _ in range(rounds):
        workspace.write({"resource": deployment_only()})
        result = workspace.apply()
        told = next(event for event in result.events if event["type"] == "apply_complete")
        created = dt.datetime.fromisoformat(told["@timestamp"].replace("Z", "+00:00")).timestamp()
        lags.append(created - max(plan["ended"] for plan in simulator.control("plan_history", deployment="d")))
        workspace.destroy()
        time.sleep(0.1)
    print(
        f"\na deployment whose plan takes 1 s is reported created {statistics.median(lags):.2f} s after the plan's end"
    )
    simulator.control("set_plan_speed", seconds=0.0)


def _print_synth(rounds: int) -> None:
    mine, floor = synth_times(rounds)
    print(f"\nsynth of main.py   {mine:5.2f} s   bare cdktf app {floor:5.2f} s   ratio {mine / floor:.2f}")


def _print_meshes(rounds: int) -> None:
    """What a mesh costs beyond its members; the limits are what a program of 50 deployments may rely on."""
    found = mesh.meshes(rounds)
    print("\nsynth of a mesh, beyond its members alone    (limits: 50 against 20 members 1.20, 1,536 bytes, 512 sets)")
    for each in found:
        print(
            f"  {each.members:>3} members {each.connections:>5} connections   {each.seconds:6.2f} s   "
            f"{each.per_connection(each.seconds) * 1000:5.1f} ms each   "
            f"processor {each.per_connection(each.processor_seconds) * 1000:5.1f} ms each   "
            f"{each.per_connection(each.size):5.0f} bytes each   {each.rule_sets:>3} rule sets"
        )
    twenty, fifty = found[1], found[2]
    print(
        "  ratio of the time of one connection, 50 to 20 members: "
        f"{fifty.per_connection(fifty.seconds) / twenty.per_connection(twenty.seconds):.2f}, of processor time "
        f"{fifty.per_connection(fifty.processor_seconds) / twenty.per_connection(twenty.processor_seconds):.2f}"
    )


if __name__ == "__main__":
    sys.exit(main())
