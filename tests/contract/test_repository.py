"""What the repository as a whole promises: it speaks of itself alone, and of no machine or registry."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Written in two parts so that this file does not find itself.
REGISTRY_HOSTS = re.compile("|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(org|com)"]))
MACHINE_PATHS = re.compile("|".join(["/wor" + "k/", r"\.\./sha" + "red", "/roo" + "t/"]))


def tracked_texts() -> list[tuple[str, str]]:
    """Give name and text of every file under version control."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    texts = []
    for name in filter(None, names):
        try:
            texts.append((name, (ROOT / name).read_text(encoding="utf-8")))
        except (UnicodeDecodeError, FileNotFoundError):
            continue
    return texts


@pytest.mark.parametrize(
    ("pattern", "why"),
    [(REGISTRY_HOSTS, "names the host of a package registry"), (MACHINE_PATHS, "carries a path of some machine")],
)
def test_no_file_carries_what_belongs_elsewhere(pattern: re.Pattern[str], why: str) -> None:
    """A clone must work with any mirror of the registries and on any machine."""
    assert [name for name, text in tracked_texts() if pattern.search(text)] == [], why


def test_pipfile_lock_leaves_the_registry_to_pipenv() -> None:
    """A pinned source would bypass the mirror that a company's pipenv is configured with."""
    lock = json.loads((ROOT / "Pipfile.lock").read_text(encoding="utf-8"))
    assert lock["_meta"]["sources"] == []  # pipenv refuses a lock file without the key
    assert "source" not in tomllib.loads((ROOT / "Pipfile").read_text(encoding="utf-8"))
