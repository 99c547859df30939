"""What the conformance tests share: the toy's command, workspace and store together, short configurations."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from terraform_plugin.testing import Mirror, TerraformBinary, Workspace
from tests.plugin.toy.store import Store

ROOT = Path(__file__).resolve().parents[3]


def toy_command(*arguments: str) -> list[str]:
    """The program of the toy provider."""
    return ["env", f"PYTHONPATH={ROOT}", sys.executable, "-m", "tests.plugin.toy", *arguments]


class Toy:
    """A workspace and the store that its provider works on."""

    def __init__(self, folder: Path, binary: TerraformBinary, mirror: Mirror, *, trace: bool = False) -> None:
        self.store = Store(folder / "store")
        env = {"TOY_FOLDER": str(self.store.folder)}
        self.ws = Workspace(folder / "workspace", binary, mirror, env, trace=trace)

    def things(self, **by_name: dict[str, Any]) -> None:
        """Write a configuration of things; each has its key as name unless it gives one."""
        self.ws.write({"resource": {"toy_thing": {key: {"name": key, **value} for key, value in by_name.items()}}})

    def apply_things(self, **by_name: dict[str, Any]) -> None:
        """Write a configuration of things and apply it."""
        self.things(**by_name)
        self.ws.apply()

    def stored(self, name: str) -> dict[str, Any]:
        """The object of this name in the store; AssertionError unless there is exactly one."""
        found = [values for values in self.store.all().values() if values.get("name") == name]
        assert len(found) == 1, f"{len(found)} objects named {name}"
        return found[0]

    def assert_clean(self) -> None:
        """Nothing is left to do, also not after a refresh."""
        plan = self.ws.plan()
        assert plan.is_empty, plan.describe()
