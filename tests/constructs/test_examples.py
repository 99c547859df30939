"""The examples, each run as it stands."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from ece_constructs import testing

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def loaded(path: Path) -> ModuleType:
    """The example as a module."""
    spec = importlib.util.spec_from_file_location(f"example_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.py")))
def test_an_example_synthesizes(name: str) -> None:
    """What newcomers copy must work, validations included."""
    app = testing.app()
    loaded(EXAMPLES / name).build(app)
    assert testing.Template.from_app(app).resources("ece_deployment") != {}


def test_the_readme_lists_every_example() -> None:
    """An example that nobody finds teaches nobody."""
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in EXAMPLES.glob("*.py") if f"]({path.name})" not in text] == []


def test_the_package_of_a_company_passes_its_own_tests() -> None:
    """The package shows how others build on the constructs, so its tests guard what they rely on."""
    folder = EXAMPLES / "company_ece"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", ".", "."],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
