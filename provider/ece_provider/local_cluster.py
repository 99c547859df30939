"""A deployment as the local side of connections: its keystore, its remote cluster settings, and their state.

Everything that writes them goes through here, so that writers of one deployment are merged and hold its lock, and
readers share one answer. Keystore entries are always written alone: a PATCH removes what it names without a value.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ece_domain.compatibility import is_key_capable
from ece_domain.connection_checks import busy_finding
from ece_domain.findings import InvalidValue
from ece_domain.versions import Version
from ece_provider.deployment_reads import Facts
from ece_provider.locks import LockStopped
from ece_provider.merged_writer import Batch, MergedWriter, Request, longest_deadline
from ece_provider.shared_read import MAX_AGE, SharedRead
from terraform_plugin.resource import Interrupted

if TYPE_CHECKING:
    from ece_client import Elasticsearch, RemoteInfo
    from ece_provider.places import Place

LOG = logging.getLogger("ece_provider.remote_clusters")

SETTINGS_AGE: Final = 5.0
"""Seconds for which a writer trusts what this process read of the settings; its own writes always count."""

_FIRST_PAUSE: Final = 0.1
_PAUSE_GROWTH: Final = 1.5
_WAKE_UP_AFTER: Final = 3
"""Looks without a connection after which Elasticsearch is asked to try again."""

Change = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Makes settings to write (None removes one) of the settings that are there; may raise to refuse."""


@dataclass(frozen=True)
class Secret:
    """A keystore entry to write; None as value removes it."""

    name: str
    value: Any = field(repr=False)
    as_file: bool = False

    def body(self) -> dict[str, Any]:
        """The body of ``PATCH …/keystore`` that touches this entry only."""
        entry = {} if self.value is None else {"value": self.value, "as_file": self.as_file}
        return {"secrets": {self.name: entry}}


class LocalCluster:
    """Keystore, settings and connections of one deployment."""

    has_keystore_api = True
    """Whether keystore entries are written by API."""

    def __init__(self, place: Place, facts: Facts) -> None:
        self._place = place
        self.facts = facts
        self._settings = SharedRead(self._fetched_settings)
        self._info = SharedRead(self._fetched_info)
        self._secrets = SharedRead(self._fetched_secrets)
        self._keystore = MergedWriter(self._write_secrets)
        self._aliases = MergedWriter(self._write_settings)

    async def elasticsearch(self) -> Elasticsearch:
        """Elasticsearch of the deployment."""
        return await self._place.elasticsearch(self.facts)

    async def settings(self, max_age: float = MAX_AGE) -> dict[str, Any]:
        """The persistent cluster settings by their whole names; raises ApiError."""
        return await self._settings.get(max_age)

    async def remotes(self, max_age: float = MAX_AGE) -> dict[str, RemoteInfo]:
        """The state of all connections by alias; raises ApiError."""
        return await self._info.get(max_age)

    async def secrets(self) -> dict[str, bool]:
        """The names in the keystore, each with whether it is a file; raises ApiError."""
        return await self._secrets.get()

    async def write_secret(self, secret: Secret, *, stop: asyncio.Event, deadline: float | None) -> None:
        """Set or remove one keystore entry and let Elasticsearch read its keystore again.

        Raises:
            Interrupted, LockTimeout, PlanTimeout: before anything was written.
            ApiError: the write, or the reload after it, was refused.
        """
        await self._keystore.submit(secret, stop=stop, deadline=deadline)

    async def change_settings(self, change: Change, *, stop: asyncio.Event, deadline: float | None) -> None:
        """Change persistent settings on the basis of what is there, merged with others who do so now.

        Raises:
            Interrupted, LockTimeout: before anything was written.
            ApiError: the write was refused. Whatever ``change`` raises.
        """
        await self._aliases.submit(change, stop=stop, deadline=deadline)

    async def wait_connected(
        self, alias: str, *, by_key: bool, stop: asyncio.Event, deadline: float | None
    ) -> RemoteInfo | None:
        """Wait until the alias is connected on the wanted model; None when the time is over.

        Raises:
            Interrupted: the user stopped Terraform.
            ApiError: the state cannot be read.
        """
        end = None if deadline is None else time.monotonic() + deadline
        pause, looks = _FIRST_PAUSE, 0
        while True:
            looks += 1
            found = (await self.remotes(max_age=0.0 if looks == 1 else pause / 2)).get(alias)
            if found is not None and found.connected and found.has_credentials == by_key:
                return found
            if end is not None and time.monotonic() >= end:
                return None
            if looks % _WAKE_UP_AFTER == 0:
                await self.wake_up(alias)
            await _pause(stop, pause if end is None else max(0.0, min(pause, end - time.monotonic())))
            pause = min(pause * _PAUSE_GROWTH, self._place.poll_interval)

    async def wake_up(self, alias: str) -> None:
        """Let Elasticsearch try the connection now; that this fails is no news."""
        from ece_client import ApiError

        try:
            await (await self.elasticsearch()).resolve_cluster(alias)
        except ApiError as problem:
            LOG.debug("%s: _resolve/cluster/%s: %s", self.facts.words, alias, problem)

    async def _fetched_settings(self) -> dict[str, Any]:
        return await (await self.elasticsearch()).persistent_settings()

    async def _fetched_info(self) -> dict[str, RemoteInfo]:
        return await (await self.elasticsearch()).remote_info()

    async def _fetched_secrets(self) -> dict[str, bool]:
        client = await self._place.client()
        reply = await client.call("get-deployment-es-resource-keystore", path=self._path)
        return {name: bool((entry or {}).get("as_file")) for name, entry in (reply.data.get("secrets") or {}).items()}

    @property
    def _path(self) -> dict[str, str]:
        return {"deployment_id": self.facts.id, "ref_id": self.facts.ref_id}

    async def _write_secrets(self, batch: Batch[Secret]) -> None:
        """One lock and one reload for all; a refused entry does not stop the others."""
        written: Batch[Secret] = []
        try:
            async with self._place.locks.hold(self.facts.id, deadline=longest_deadline(batch), stop=batch[0].stop):
                await self._wait_quiet(batch)
                for request in batch:
                    if await self._is_written(request):
                        written.append(request)
        except LockStopped as stopped:
            raise Interrupted(str(stopped)) from None
        finally:
            self._secrets.drop()
        if written and self._reloads:
            self._info.drop()
            try:
                await (await self.elasticsearch()).reload_secure_settings()
            except Exception as error:
                for request in written:
                    request.fail(error)

    async def _is_written(self, request: Request[Secret]) -> bool:
        client = await self._place.client()
        try:
            await client.call("set-deployment-es-resource-keystore", path=self._path, body=request.item.body())
        except Exception as error:
            request.fail(error)
            return False
        return True

    @property
    def _reloads(self) -> bool:
        """False below 8.14, where only a restart lets Elasticsearch see remote cluster credentials."""
        try:
            return self.facts.version is None or is_key_capable(Version.parse(self.facts.version))
        except InvalidValue:
            return True

    async def _wait_quiet(self, batch: Batch[Any]) -> None:
        """Wait for plans that run: the platform may write keystores in them."""
        from ece_client import PlanStopped

        if await self._place.deployments.is_quiet(self.facts.id):
            return
        LOG.info("%s", busy_finding(self.facts.words).text)
        watcher = await self._place.watcher(lambda line: LOG.info("deployment %s: %s", self.facts.id, line))
        try:
            await watcher.wait_quiet(self.facts.id, longest_deadline(batch), batch[0].stop)
        except PlanStopped as stopped:
            raise Interrupted(f"Stopped while {self.facts.words} was busy: {stopped}") from None

    async def _write_settings(self, batch: Batch[Change]) -> None:
        """One read and one write for all; when that is refused, each alone, so that one cannot stop the others."""
        try:
            async with self._place.locks.hold(self.facts.id, deadline=longest_deadline(batch), stop=batch[0].stop):
                present = await self.settings(SETTINGS_AGE)
                wanted = {request: made for request in batch if (made := _judged(request, present)) is not None}
                await self._put(wanted)
        except LockStopped as stopped:
            raise Interrupted(str(stopped)) from None
        finally:
            self._settings.drop()
            self._info.drop()

    async def _put(self, wanted: Mapping[Request[Change], Mapping[str, Any]]) -> None:
        from ece_client import ElasticsearchError

        merged = {name: value for settings in wanted.values() for name, value in settings.items()}
        if not merged:
            return
        elasticsearch = await self.elasticsearch()
        try:
            await elasticsearch.put_persistent_settings(merged)
        except ElasticsearchError as error:
            if error.status != 400 or len(wanted) == 1:
                raise
            for request, settings in wanted.items():
                try:
                    await elasticsearch.put_persistent_settings(settings)
                except ElasticsearchError as refused:
                    request.fail(refused)


def _judged(request: Request[Change], present: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a request wants to write; None when it refuses what it sees."""
    try:
        return request.item(present)
    except Exception as error:
        request.fail(error)
        return None


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
    raise Interrupted("Stopped while waiting for the connection")
