"""What this process knows of traffic filters beside the lists: their types, and what it made itself.

Terraform runs one process per plan and per apply, so nothing here is older than the run.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ece_client import Client

SNAPSHOT_AGE: Final = 2.0
"""Seconds for which the ids that exist are taken as known; what this process makes is added to them."""


class FilterFacts:
    """Types of rule sets (which never change), ids that were there before, and associations of this run."""

    def __init__(self, client: Callable[[], Awaitable[Client]], clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._types: dict[str, str] = {}
        self._made: set[str] = set()
        self._attempts: set[str] = set()
        self._associated: set[tuple[str, str]] = set()
        self._leaving: dict[str, set[str]] = {}
        self._asking = asyncio.Lock()
        self._snapshot: tuple[float, frozenset[str]] | None = None

    def note_made(self, ruleset_id: str, ruleset_type: str) -> None:
        """This process made a rule set, or adopted it as its own."""
        self._made.add(ruleset_id)
        self._types[ruleset_id] = ruleset_type

    def note_attempt(self, digest: str) -> bool:
        """A creation with this content begins; True when there was one before."""
        was_there = digest in self._attempts
        self._attempts.add(digest)
        return was_there

    def note_association(self, deployment_id: str, ruleset_id: str) -> None:
        """This process associated a rule set that was not associated before."""
        self._associated.add((deployment_id, ruleset_id))

    def was_associated_here(self, deployment_id: str, ruleset_id: str) -> bool:
        """True for an association that this very run made."""
        return (deployment_id, ruleset_id) in self._associated

    def note_leaving(self, deployment_id: str, ruleset_id: str) -> set[str]:
        """An association is planned to go; returns all rule sets that are planned to leave its deployment so far.

        Terraform plans a destroy in the order in which it will be done, so the last one is known as the last.
        """
        leaving = self._leaving.setdefault(deployment_id, set())
        leaving.add(ruleset_id)
        return set(leaving)

    async def types(self, ruleset_ids: Iterable[str]) -> dict[str, str]:
        """The types of these rule sets; ids that do not exist are left out. One list call at most."""
        wanted = set(ruleset_ids)
        if wanted - self._types.keys():
            async with self._asking:
                if wanted - self._types.keys():
                    await self.rulesets()
        return {name: self._types[name] for name in wanted if name in self._types}

    async def existing_ids(self, *, fresh: bool) -> frozenset[str]:
        """The ids of all rule sets before a new one is made: what is found later beside them is new.

        Unless ``fresh`` they may be two seconds old; what this process made since is among them all the same.
        """
        async with self._asking:
            if fresh or self._snapshot is None or self._clock() - self._snapshot[0] > SNAPSHOT_AGE:
                asked_at = self._clock()
                self._snapshot = asked_at, frozenset(ruleset["id"] for ruleset in await self.rulesets())
            return self._snapshot[1] | self._made

    async def rulesets(self) -> list[dict[str, Any]]:
        """All rule sets as they are now, without associations."""
        reply = await (await self._client()).call("get-traffic-filter-rulesets")
        rulesets: list[dict[str, Any]] = list(reply.data.get("rulesets") or ())
        self._types |= {ruleset["id"]: ruleset["type"] for ruleset in rulesets}
        return rulesets

    def is_made_here(self, ruleset_id: str) -> bool:
        """True for a rule set that this process made or adopted."""
        return ruleset_id in self._made
