"""Several objects that belong together: planned in one process as Terraform plans them, applied in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from terraform_plugin.values import Values
from tests.provider.remote_clusters.support import Process, Stored, World


class Installation(World):
    """Runs of Terraform against one installation, step by step."""

    async def change(self, process: Process, kind: str, config: Values, stored: Stored | None) -> Stored:
        """Plan again and apply in the process of an apply; raises Refused with what state is left."""
        return await self._change(process, kind, config, stored)


States = dict[str, Stored]
Arguments = Mapping[str, Any] | Callable[[States], Mapping[str, Any]]


@dataclass(frozen=True)
class Declared:
    """An object of a configuration; arguments may be made from the states of those before it."""

    kind: str
    arguments: Arguments
    installation: int = 0
    """Whose provider it belongs to."""

    def given(self, states: States) -> Mapping[str, Any]:
        """The arguments, references filled in."""
        return self.arguments(states) if callable(self.arguments) else self.arguments


@dataclass(frozen=True)
class _Planned:
    action: str
    """Empty for none."""
    seen: Stored | None


@dataclass
class Configuration:
    """Objects by name, in the order in which they depend on each other, and Terraform's state of them."""

    worlds: tuple[Installation, ...]
    """Runs against each installation."""
    objects: dict[str, Declared]
    states: States = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    """Of the last plan."""
    _planned: dict[str, _Planned] = field(default_factory=dict)

    async def changes(self) -> dict[str, str]:
        """``terraform plan``: what would happen, by object; a process for each installation sees all its objects."""
        self._planned = {}
        self.warnings = []
        async with AsyncExitStack() as stack:
            processes = [await stack.enter_async_context(world.process()) for world in self.worlds]
            for name, declared in self.objects.items():
                await self._plan(processes[declared.installation], name, declared)
        return {name: planned.action for name, planned in self._planned.items() if planned.action}

    async def _plan(self, process: Process, name: str, declared: Declared) -> None:
        stored: Stored | None = self.states.get(name)
        if stored is not None:
            stored, seen = await process.refresh(declared.kind, stored)
            self.warnings += [item.detail for item in seen]
        reply = await process.plan(declared.kind, self._config(declared), stored)
        if stored is None:
            action = "create"
        elif reply.replace_paths:
            action = "replace"
        else:
            planned = reply.planned or {}
            action = "update" if any(planned[one] != stored.state.get(one) for one in planned) else ""
        self._planned[name] = _Planned(action, stored)

    def _config(self, declared: Declared) -> Values:
        return self.worlds[declared.installation].given(declared.kind, declared.given(self.states))

    async def apply_planned(self) -> None:
        """``terraform apply`` of the plan that ``changes`` made: creates and updates, in another process."""
        async with AsyncExitStack() as stack:
            processes = [await stack.enter_async_context(world.process()) for world in self.worlds]
            for name, planned in self._planned.items():
                declared = self.objects[name]
                assert planned.action != "replace", name
                if planned.action:
                    change = self.worlds[declared.installation].change
                    config = self._config(declared)
                    process = processes[declared.installation]
                    self.states[name] = await change(process, declared.kind, config, planned.seen)
                elif planned.seen is not None:
                    self.states[name] = planned.seen

    async def build(self) -> None:
        """The first apply: every object in turn, as each may refer to what was made before it."""
        for name, declared in self.objects.items():
            world = self.worlds[declared.installation]
            self.states[name] = await world.apply(declared.kind, declared.given(self.states))
