"""Synth of meshes: time, size and rule sets, by number of members. Each app runs in a process of its own."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SIZES: Final = (5, 20, 50)
"""Members; a mesh of n has n · (n - 1) connections."""

_APP: Final = """
import sys
from ece_constructs import Access, Deployment, Environment, IpFilter
from ece_constructs.cdk import App, TerraformStack
from ece_constructs.patterns import Mesh

app = App(outdir=sys.argv[2])
stack = TerraformStack(app, "mesh")
ece = Environment(app, "ece")
office = IpFilter(stack, "office", environment=ece, sources=["192.0.2.0/24"])
members = [Deployment(stack, f"d{n:02}", environment=ece, version="9.2.0") for n in range(int(sys.argv[1]))]
for member in members:
    member.allow_from(office)
if sys.argv[3] == "connected":
    Mesh(stack, "all", members=members, access=Access.search("logs-*"), open_filters=True)
app.synth()
"""


@dataclass(frozen=True)
class Mesh:
    """What one mesh costs beyond its members alone."""

    members: int
    seconds: float
    processor_seconds: float
    size: int
    rule_sets: int

    @property
    def connections(self) -> int:
        """Number of connections."""
        return self.members * (self.members - 1)

    def per_connection(self, amount: float) -> float:
        """The share of one connection."""
        return amount / self.connections


def meshes(rounds: int, sizes: tuple[int, ...] = SIZES) -> list[Mesh]:
    """Medians of some runs of each size; the sizes take turns, so that a busy machine is busy for all of them."""
    runs = [[_mesh(size) for size in sizes] for _ in range(rounds)]
    return [
        Mesh(
            size,
            statistics.median(each.seconds for each in found),
            statistics.median(each.processor_seconds for each in found),
            found[0].size,
            found[0].rule_sets,
        )
        for size, found in zip(sizes, zip(*runs, strict=True), strict=True)
    ]


def _mesh(members: int) -> Mesh:
    with tempfile.TemporaryDirectory() as folder:
        alone = _run(members, Path(folder) / "alone", "alone")
        connected = _run(members, Path(folder) / "connected", "connected")
        before, after = (_written(Path(folder) / kind) for kind in ("alone", "connected"))
        return Mesh(
            members,
            connected[0] - alone[0],
            connected[1] - alone[1],
            len(after) - len(before),
            len(json.loads(after)["resource"]["ece_traffic_filter"]),
        )


def _written(folder: Path) -> bytes:
    return (folder / "stacks" / "mesh" / "cdk.tf.json").read_bytes()


def _run(members: int, folder: Path, kind: str) -> tuple[float, float]:
    """Seconds on the clock and of the processor, the library's own process included."""
    begun, used = time.perf_counter(), _processor_seconds()
    env = {**os.environ, "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20"}
    subprocess.run([sys.executable, "-c", _APP, str(members), str(folder), kind], env=env, check=True)
    return time.perf_counter() - begun, _processor_seconds() - used


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
