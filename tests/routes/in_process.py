"""Terraform's part without Terraform: a configuration of a cell is planned and applied by the provider's own engine.

Objects come in the order of their references, each with a refresh and a plan of its own before it is applied. What an
object of a failed one needs is left out, as Terraform does. Only the expressions that constructs write are understood.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from terraform_plugin.engine.data import read_data
from tests.provider.remote_clusters.support import Refused, Stored, World, full
from tests.routes.places import Json

_WHOLE = re.compile(r"^\$\{(?:distinct\(concat\()?((?:data\.)?[\w.-]+?)\.(\w+)(?:\)\))?\}$")
_REFERENCE = re.compile(r"\$\{(?:distinct\(concat\()?((?:data\.)?[\w-]+\.[\w-]+)\.\w+")
_META = frozenset({"//", "provider", "depends_on", "lifecycle"})


class _Block(World):
    """Runs of the provider that one block configures; environment variables give the rest."""

    def settings(self, installation: int = 0) -> Json:
        return {}

    async def plan(self, kind: str, arguments: Any, stored: Stored | None = None, *, replace: bool = False) -> Any:
        """As Terraform does; what is only warned of counts as said."""
        planned = await super().plan(kind, arguments, stored, replace=replace)
        self.warnings += planned.warnings
        return planned


@dataclass(frozen=True)
class Said:
    """What a run of Terraform told."""

    errors: str
    warnings: str


class Run:
    """The state of one configuration, from the first apply on."""

    def __init__(self, simulator: Any) -> None:
        self._simulator = simulator
        self.states: dict[str, Stored] = {}
        """Objects in Terraform's state, by address."""
        self._owners: dict[str, str] = {}
        """Provider blocks of the objects in state."""
        self._applied: dict[str, Json] = {}
        """Arguments that were applied and not refused."""
        self._refreshes = True
        self._blocks: dict[str, _Block] = {}
        self._values: dict[str, Any] = {}

    async def apply(self, configuration: Json, *, refreshes: bool = True) -> Said:
        """``terraform apply``; without ``refreshes`` only objects whose arguments differ from the last apply's."""
        self._refreshes = refreshes
        objects = self._begin(configuration)
        for address in [each for each in reversed(self.states) if each not in objects]:
            self._applied.pop(address, None)
            await self._blocks[self._owners[address]].destroy(address.partition(".")[0], self.states.pop(address))
        errors: list[str] = []
        failed: set[str] = set()
        for address in _in_order(objects):
            needed = set(_needs(objects[address]))
            if needed & failed:
                failed.add(address)
                continue
            try:
                await self._change(address, objects[address])
            except Refused as refused:
                failed.add(address)
                errors.append(str(refused))
                self._keep(address, objects[address], refused.left)
        return Said("\n".join(errors), "\n".join(self._warned()))

    async def refresh(self, configuration: Json, address: str) -> str:
        """What the next plan says of one object."""
        block, arguments = await self._given(self._begin(configuration)[address])
        await block.plan(address.partition(".")[0], arguments, self.states[address])
        return "\n".join(self._warned())

    def _begin(self, configuration: Json) -> dict[str, Json]:
        """Another run: what was read before is forgotten; the resources by address."""
        self._blocks = {}
        for block in configuration["provider"]["ece"]:
            given = {name: value for name, value in block.items() if name != "alias"}
            self._blocks[block["alias"]] = _Block(self._simulator, **given)
        self._values = {}
        self._data = dict(_flat(configuration.get("data") or {}))
        return dict(_flat(configuration["resource"]))

    def _warned(self) -> Iterator[str]:
        for block in self._blocks.values():
            yield from block.warnings

    async def _change(self, address: str, written: Json) -> None:
        block, arguments = await self._given(written)
        if self._applied.get(address) == arguments and not self._refreshes:
            return
        self._applied.pop(address, None)
        made = await block.apply(address.partition(".")[0], arguments, self.states.get(address))
        self._keep(address, written, made)
        self._applied[address] = arguments

    async def _given(self, written: Json) -> tuple[_Block, Json]:
        arguments = {name: await self._value(value) for name, value in written.items() if name not in _META}
        return self._blocks[_owner(written)], arguments

    def _keep(self, address: str, written: Json, stored: Stored | None) -> None:
        if stored is not None:
            self.states[address] = stored
            self._owners[address] = _owner(written)

    async def _value(self, written: Any) -> Any:
        if isinstance(written, dict):
            return {name: await self._value(value) for name, value in written.items()}
        if isinstance(written, list):
            return [await self._value(value) for value in written]
        if not isinstance(written, str) or "${" not in written:
            return written
        found = _WHOLE.match(written)
        assert found is not None, f"an expression that is not understood: {written}"
        address, attribute = found.groups()
        if not address.startswith("data."):
            return self.states[address][attribute]
        if address not in self._values:
            self._values[address] = await self._read(address.removeprefix("data."))
        return self._values[address][attribute]

    async def _read(self, address: str) -> Json:
        """A data source."""
        block, arguments = await self._given(self._data[address])
        async with block.process() as process:
            source = process.runtime.data_sources[address.partition(".")[0]]
            reply = await read_data(process.runtime, source, full(source.schema.attributes, arguments))
        assert not reply.diagnostics.has_errors, [str(item) for item in reply.diagnostics]
        return dict(reply.values or {})


def _owner(written: Json) -> str:
    return str(written["provider"]).removeprefix("ece.")


def _flat(blocks: Json) -> Iterator[tuple[str, Json]]:
    for kind, named in blocks.items():
        for name, written in named.items():
            yield f"{kind}.{name}", written


def _needs(written: Json) -> Iterator[str]:
    """Addresses of resources that come first."""
    yield from written.get("depends_on") or ()
    yield from (found for found in _REFERENCE.findall(json.dumps(written)) if not found.startswith("data."))


def _in_order(objects: dict[str, Json]) -> Iterator[str]:
    left = dict(objects)
    while left:
        ready = [address for address, written in left.items() if not set(_needs(written)) & set(left)]
        assert ready, f"objects need each other: {sorted(left)}"
        for address in ready:
            del left[address]
            yield address
