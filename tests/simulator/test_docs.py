"""The simulator's page: its examples run, and its lists are complete."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

from ece_simulator import Switches
from ece_simulator.__main__ import _parser
from ece_simulator.control import METHODS
from tests.simulator.support import ROOT

PAGE = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")


def test_python_examples_run() -> None:
    """An example that does not run is worse than none; they share names from top to bottom."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}

    for block in blocks:
        exec(compile(block, "docs/simulator.md", "exec"), names)  # noqa: S102  our own page

    assert len(blocks) == 6


def test_lists_are_complete() -> None:
    """Every control method, switch and option must be found by a reader."""
    wanted = [*METHODS, *(field.name for field in fields(Switches))]

    assert [name for name in wanted if f"`{name}`" not in PAGE] == []
    for action in _parser()._actions:
        assert "--help" in action.option_strings or any(f"`{option}" in PAGE for option in action.option_strings)


def test_defaults_are_true() -> None:
    """The table of switches tells the defaults the code has."""
    for field in fields(Switches):
        row = next(line for line in PAGE.splitlines() if line.startswith("|") and f"`{field.name}`" in line)
        names, defaults = row.strip("|").split("|")
        position = [name.strip(" `") for name in names.split(",")].index(field.name)
        told = defaults.split(",")[position].strip(" `")
        assert told == str(field.default).lower() or told == f'"{field.default}"', row
