"""For tests of your own constructs: an app with a folder of its own, and what it synthesizes to.

No Terraform is run. Validations are on, and references between stacks come out as they really are.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ece_l1._cdk import App

_FOLDERS: list[tempfile.TemporaryDirectory[str]] = []
"""Kept until the program ends: the library writes to them from a process of its own."""

Block = Mapping[str, Any]


def app(**options: Any) -> App:
    """An app that writes to a temporary folder; ``options`` are those of ``App``."""
    folder = tempfile.TemporaryDirectory(prefix="ece-constructs-")
    _FOLDERS.append(folder)
    return App(outdir=folder.name, **options)


class Template:
    """What an app, or one stack of it, synthesized to."""

    def __init__(self, stacks: Mapping[str, Block]) -> None:
        self._stacks = stacks

    @classmethod
    def from_app(cls, given: App) -> Template:
        """Synthesize the app, validations included.

        Raises:
            RuntimeError: a validation failed; its text names the construct.
        """
        given.synth()
        return cls.from_folder(Path(given.outdir))

    @classmethod
    def from_folder(cls, folder: Path) -> Template:
        """Read what was synthesized to ``folder`` (``cdktf.out``)."""
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return cls(
            {
                stack["name"]: json.loads((folder / stack["synthesizedStackPath"]).read_text(encoding="utf-8"))
                for stack in manifest["stacks"].values()
            }
        )

    @property
    def stacks(self) -> list[str]:
        """Names of the stacks."""
        return sorted(self._stacks)

    def stack(self, name: str) -> Template:
        """The part of one stack.

        Raises:
            AssertionError: no such stack.
        """
        if name not in self._stacks:
            raise AssertionError(f"no stack {name!r}; there are {', '.join(self.stacks)}")
        return Template({name: self._stacks[name]})

    def blocks(self, section: str, type_: str) -> dict[str, dict[str, Any]]:
        """Blocks of a type by address; ``section`` is ``resource`` or ``data``. Metadata is left out."""
        found: dict[str, dict[str, Any]] = {}
        for address, of_type, block in self._all(section):
            if of_type == type_:
                found[address] = {name: value for name, value in block.items() if name != "//"}
        return found

    def _all(self, section: str) -> Iterator[tuple[str, str, Block]]:
        prefix = "" if section == "resource" else f"{section}."
        for stack in self.stacks:
            for type_, blocks in sorted(self._stacks[stack].get(section, {}).items()):
                for name, block in sorted(blocks.items()):
                    address = f"{prefix}{type_}.{name}"
                    yield (address if len(self._stacks) == 1 else f"{stack}: {address}"), type_, block

    def resources(self, type_: str) -> dict[str, dict[str, Any]]:
        """Resources of a type, such as ``ece_deployment``, by address."""
        return self.blocks("resource", type_)

    def data_sources(self, type_: str) -> dict[str, dict[str, Any]]:
        """Data sources of a type by address."""
        return self.blocks("data", type_)

    def providers(self, name: str = "ece") -> list[dict[str, Any]]:
        """Provider blocks of all stacks."""
        return [block for stack in self.stacks for block in self._stacks[stack].get("provider", {}).get(name, [])]

    def outputs(self) -> dict[str, dict[str, Any]]:
        """Outputs by name, those between stacks included."""
        return {name: block for stack in self.stacks for name, block in self._stacks[stack].get("output", {}).items()}

    def only(self, type_: str) -> dict[str, Any]:
        """The one resource of a type.

        Raises:
            AssertionError: none, or several.
        """
        found = self.resources(type_)
        if len(found) != 1:
            raise AssertionError(f"{len(found)} resources {type_}, expected one: {', '.join(found) or 'none'}")
        return next(iter(found.values()))

    def has_resource(self, type_: str, *, count: int | None = None, **properties: Any) -> None:
        """Assert that a resource has these properties; members of mappings not named do not count.

        Args:
            type_: Such as ``ece_deployment``.
            count: How many there must be; at least one unless given.
            **properties: What each of them has.

        Raises:
            AssertionError: shows what there is.
        """
        found = self.resources(type_)
        matching = [block for block in found.values() if _matches(block, properties)]
        if (not matching) if count is None else (len(matching) != count):
            wanted = "a resource" if count is None else f"{count} resources"
            shown = json.dumps(found, indent=2, sort_keys=True)
            raise AssertionError(f"{wanted} {type_} with {properties} expected, {len(matching)} found in:\n{shown}")

    def has_connection(self, alias: str, **properties: Any) -> None:
        """Assert that there is exactly one remote cluster of this alias, with these properties.

        Raises:
            AssertionError: shows what there is.
        """
        self.has_resource("ece_remote_cluster", count=1, alias=alias, **properties)

    def addresses(self) -> list[str]:
        """All Terraform addresses; put them into a golden file, as a changed address replaces an object."""
        return sorted(address for section in ("resource", "data") for address, _, _ in self._all(section))

    def json(self) -> dict[str, Any]:
        """Everything by stack, without what differs from one library and machine to the other."""
        return {name: _stable(stack) for name, stack in self._stacks.items()}


def _matches(block: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(block, Mapping) and all(_matches(block.get(name), value) for name, value in wanted.items())
    return bool(block == wanted)


def _stable(stack: Block) -> dict[str, Any]:
    """The stack without the library's version and the place of local state."""
    stable: dict[str, Any] = json.loads(json.dumps(stack))
    stable.get("//", {}).pop("metadata", None)
    stable.get("terraform", {}).pop("backend", None)
    for states in stable.get("data", {}).get("terraform_remote_state", {}).values():
        states.pop("config", None)
    return stable
