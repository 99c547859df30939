"""Providers that start from a process which has loaded their modules behave as those that users start."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from terraform_plugin.testing import Mirror, TerraformBinary, WarmProvider
from terraform_plugin.testing.process import children, is_running, wait_until
from tests.plugin.conformance.support import Toy
from tests.plugin.toy.provider import ADDRESS, VERSION
from tests.support.warm import ROOT, warm_toy


def forked(provider: WarmProvider) -> list[int]:
    """Providers that run now."""
    assert provider.process is not None
    return [pid for pid in children(provider.process.pid) if is_running(pid)]


def test_started_by_a_person_it_ends_with_the_same_code_and_words():
    """The launcher passes streams and exit code on."""
    with warm_toy() as provider:
        done = subprocess.run(provider.command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "Terraform" in done.stderr


def test_every_start_is_a_process_with_an_environment_of_its_own(tmp_path: Path):
    """Nothing is carried from one start to the next: neither variables nor the folder."""
    (tmp_path / "shows.py").write_text(
        "import os, sys\nseen = []\n\ndef main():\n    seen.append(1)\n"
        "    print(len(seen), os.getcwd(), os.environ.get('A'), sys.argv[1:])\n    return 7\n"
    )
    with WarmProvider("shows:main", path=[tmp_path, ROOT]) as provider:
        for number in ("1", "2"):
            folder = tmp_path / number
            folder.mkdir()
            command = [*provider.command, number]
            done = subprocess.run(command, cwd=folder, env={"A": number}, capture_output=True, text=True, check=False)
            assert (done.stdout, done.returncode) == (f"1 {folder} {number} ['{number}']\n", 7), done.stderr


@pytest.mark.parametrize("victim", ["provider", "terraform"])
def test_nothing_goes_on_after_a_kill(tmp_path: Path, terraform: TerraformBinary, victim: str):
    """What a test kills is the launcher, or Terraform; the provider behind it ends with either."""
    with warm_toy() as provider:
        mirror = Mirror(tmp_path / "mirror")
        mirror.add(ADDRESS, VERSION, provider.command)
        toy = Toy(tmp_path, terraform, mirror)
        toy.ws.init()
        toy.things(a={})
        toy.store.fault(create_after="wait")
        with toy.ws.start("apply", "-auto-approve", "-no-color", "-input=false") as run:
            wait_until(lambda: toy.store.all(), "the object")
            running = forked(provider)
            assert running
            (run.kill_provider if victim == "provider" else run.kill)()
            wait_until(lambda: not any(is_running(pid) for pid in running), "the provider's end", seconds=10)
