"""Running an app: main.py, and the least a cdktf app with as many resources can be."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
BARE_APP = """
from cdktf import App, TerraformResource, TerraformStack
app = App()
for name, count in (("a", 6), ("b", 3)):
    stack = TerraformStack(app, name)
    for number in range(count):
        TerraformResource(stack, f"r{number}", terraform_resource_type="bare_thing")
app.synth()
"""


def synth_times(rounds: int) -> tuple[float, float]:
    """Median seconds of main.py and of the bare app, taken in turn."""
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE_APP, encoding="utf-8")
        times = [(_seconds(PROJECT / "main.py", folder), _seconds(bare, folder)) for _ in range(rounds + 1)][1:]
    return statistics.median(t[0] for t in times), statistics.median(t[1] for t in times)


def _seconds(program: Path, folder: str) -> float:
    begun = time.perf_counter()
    env = {**os.environ, "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20"}
    subprocess.run([sys.executable, program], cwd=folder, env=env, check=True, capture_output=True)
    return time.perf_counter() - begun
