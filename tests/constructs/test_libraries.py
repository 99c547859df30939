"""The same constructs on cdktf and on its fork cdktn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ece_constructs.cdk import LIBRARY
from ece_constructs.testing import Template
from tests.constructs.worlds import APPS

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import json
from ece_constructs.cdk import LIBRARY
from ece_constructs.testing import Template
from tests.constructs.worlds import APPS
print(json.dumps({"library": LIBRARY, "apps": {name: Template.from_app(make()).json() for name, make in APPS.items()}}))
"""


def run(program: str, **variables: str) -> str:
    """The last line that a Python program in a process of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


@cache
def on_cdktn() -> dict[str, Any]:
    """All apps on the fork, in one process."""
    written: dict[str, Any] = json.loads(run(PROGRAM, ECE_CDK="cdktn"))
    return written


@pytest.mark.parametrize("name", sorted(APPS))
def test_the_fork_writes_the_same_json(name: str) -> None:
    """One set of generated classes must serve both libraries, or a move to the fork would replace objects."""
    assert (LIBRARY, on_cdktn()["library"]) == ("cdktf", "cdktn")
    assert on_cdktn()["apps"][name] == Template.from_app(APPS[name]()).json()


def test_an_unknown_library_is_refused_by_name() -> None:
    """A misspelt choice must not silently fall back to the other library."""
    program = """
try:
    import ece_constructs
except ImportError as error:
    print(error)
"""
    assert run(program, ECE_CDK="cdk") == "ECE_CDK is 'cdk'; allowed are cdktf and cdktn"
