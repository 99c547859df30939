"""Resolves the dependencies again and writes both lock files without the address of any registry.

So a clone installs from whatever index and registry its machine is configured with.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


def without_registry(lock: str) -> str:
    """Return the text of a Pipfile.lock without its sources and without the packages' references to them.

    The key `sources` stays, empty: pipenv refuses a file without it and takes its default for an empty one.
    """
    content = json.loads(lock)
    content["_meta"]["sources"] = []
    for category in content.values():
        for package in category.values():
            if isinstance(package, dict):
                package.pop("index", None)
    return json.dumps(content, indent=4) + "\n"


def main() -> int:
    """Lock the Python packages with pipenv and the npm tools with npm."""
    environment = os.environ | {"PIPENV_VENV_IN_PROJECT": "1", "PIPENV_IGNORE_VIRTUALENVS": "1"}
    pipenv = PROJECT / ".tools" / "pipenv" / "bin" / "pipenv"
    subprocess.run([pipenv, "lock"], cwd=PROJECT, env=environment, check=True)
    file = PROJECT / "Pipfile.lock"
    file.write_text(without_registry(file.read_text()))
    subprocess.run(["npm", "install", "--package-lock-only"], cwd=PROJECT, check=True)  # .npmrc leaves addresses out
    return 0


if __name__ == "__main__":
    sys.exit(main())
