"""Which ``uid`` a CA has in direct trust: within one installation it has one, in whatever deployments it stands.

Source: ECE 3.5.0 release notes; a new entry without the ``uid`` of a known CA is refused or merged (inferred).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ece_client import NotFound
from ece_domain.certificates import fingerprints
from ece_domain.findings import InvalidValue
from ece_provider.locks import LockStopped
from ece_provider.resources.deployment.mapping import resource_of
from terraform_plugin.resource import Interrupted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ece_client import Client
    from ece_provider.places import Place

LOCK: Final = "direct trust"
_PAGE: Final = 100

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Known:
    """A direct entry of some deployment."""

    uid: str
    name: str
    fingerprints: frozenset[str]
    deployment: str
    """The deployment that has it, for messages."""


@dataclass(eq=False)
class Claim:
    """A task that is about to make the first entry with a CA; the others wait until it has its ``uid``."""

    fingerprints: frozenset[str]
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class DirectUids:
    """The direct entries of an installation by the fingerprints of their certificates."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._known: list[Known] | None = None
        self._claims: list[Claim] = []

    @asynccontextmanager
    async def owner_of(
        self, wanted: frozenset[str], *, fresh: bool, stop: asyncio.Event, deadline: float | None
    ) -> AsyncIterator[list[Known]]:
        """The entries that hold one of the certificates; empty for a CA that is new, and then it is this task's.

        Inside the block of a new CA no other task of the process makes an entry with it; ``note`` its ``uid`` there.
        ``fresh`` looks at every deployment anew.

        Raises:
            LockTimeout, Interrupted, ApiError: before anything was found.
        """
        claim: Claim | None = None
        while True:
            found, other = await self._looked_up(wanted, fresh=fresh, stop=stop, deadline=deadline)
            if found or other is None:
                break
            await _ended(other, stop)
            fresh = False
        if not found:
            claim = Claim(wanted)
            self._claims.append(claim)
        try:
            yield found
        finally:
            if claim is not None:
                self._claims.remove(claim)
                claim.ended.set()

    def note(self, entry: Known) -> None:
        """This process made an entry, or changed the certificates of one."""
        if self._known is not None:
            self._known = [each for each in self._known if each.uid != entry.uid]
            self._known.append(entry)

    async def _looked_up(
        self, wanted: frozenset[str], *, fresh: bool, stop: asyncio.Event, deadline: float | None
    ) -> tuple[list[Known], Claim | None]:
        """Known entries with one of the certificates, else the task that is making the first one."""
        try:
            async with self._place.locks.hold(LOCK, deadline=deadline, stop=stop):
                if fresh or self._known is None:
                    self._known = [known async for known in self._all(fresh)]
        except LockStopped as stopped:
            raise Interrupted(str(stopped)) from None
        found = [known for known in self._known if known.fingerprints & wanted]
        return found, next((claim for claim in self._claims if claim.fingerprints & wanted), None)

    async def _all(self, fresh: bool) -> AsyncIterator[Known]:
        """All direct entries: by the search, or, where its answers hold no settings or may be old, one by one."""
        client = await self._place.client()
        async for deployment in _deployments(client, by_search=not fresh):
            seen = deployment if _shows_settings(deployment) else await self._fetched(str(deployment["id"]))
            for known in known_entries(seen):
                yield known

    async def _fetched(self, deployment_id: str) -> Json:
        try:
            return await self._place.deployments.get(deployment_id)
        except NotFound:
            return {}


async def _ended(claim: Claim, stop: asyncio.Event) -> None:
    """Wait for the end of a claim, or for the user."""
    waits = [asyncio.ensure_future(claim.ended.wait()), asyncio.ensure_future(stop.wait())]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    if stop.is_set():
        raise Interrupted("Stopped while another deployment's trust in the same CA was being made.")


async def _deployments(client: Client, *, by_search: bool) -> AsyncIterator[Json]:
    if not by_search:
        for deployment in (await client.call("list-deployments")).data.get("deployments") or ():
            yield deployment
        return
    body: dict[str, Any] = {"size": _PAGE, "sort": ["id"]}
    while True:
        reply = (await client.call("search-deployments", body=body)).data
        for deployment in reply.get("deployments") or ():
            yield deployment
        if not reply.get("cursor"):
            return
        body = {"cursor": reply["cursor"]}


def _settings(deployment: Json) -> Any:
    elasticsearch = resource_of(deployment, "elasticsearch") if isinstance(deployment.get("resources"), dict) else None
    return ((elasticsearch or {}).get("info") or {}).get("settings")


def _shows_settings(deployment: Json) -> bool:
    return isinstance(_settings(deployment), Mapping)


def known_entries(deployment: Json) -> Iterator[Known]:
    """The direct entries of a deployment; one whose certificates cannot be read is left out."""
    trust = (_settings(deployment) or {}).get("trust") or {}
    for entry in trust.get("direct") or ():
        found = fingerprints_of(entry)
        if found and entry.get("uid"):
            words = f'deployment {deployment.get("id")} ("{deployment.get("name")}")'
            yield Known(str(entry["uid"]), str(entry.get("name") or ""), found, words)


def fingerprints_of(entry: Json) -> frozenset[str]:
    """The fingerprints of the certificates of an entry; empty when one of them cannot be read."""
    try:
        return fingerprints(str(each.get("pem") or "") for each in entry.get("certificates") or ())
    except InvalidValue:
        return frozenset()


def uids(known: Iterable[Known]) -> list[str]:
    """The different ``uid``s."""
    return sorted({each.uid for each in known})
