"""ECE's own list of a deployment's remote clusters (``…/remote-clusters``), which a write replaces whole.

Certificate model between deployments of one ECE only. The list has no version: between machines this is best effort,
so it is read again once a write has settled.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ece_provider.deployment_reads import Facts
from ece_provider.locks import LockStopped
from ece_provider.merged_writer import Batch, MergedWriter, longest_deadline
from ece_provider.shared_read import SharedRead
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import Interrupted

if TYPE_CHECKING:
    from ece_provider.places import Place

LOG = logging.getLogger("ece_provider.remote_clusters")

Entries = dict[str, dict[str, Any]]
"""Entries by alias: ``deployment_id``, ``elasticsearch_ref_id``, ``alias``, ``skip_unavailable``, and ``info``."""

Change = Callable[[Mapping[str, dict[str, Any]]], Mapping[str, dict[str, Any] | None]]
"""Makes entries to set (None removes one) of the entries that are there; may raise to refuse."""

_MOST_ROUNDS = 5


class RemoteList:
    """The list of one deployment."""

    def __init__(self, place: Place, facts: Facts) -> None:
        self._place = place
        self._facts = facts
        self._read = SharedRead(self._fetched)
        self._writer = MergedWriter(self._write)

    async def entries(self) -> Entries:
        """The list as it is; raises ApiError."""
        return await self._read.get()

    async def change(self, change: Change, *, stop: asyncio.Event, deadline: float | None) -> None:
        """Change entries on the basis of what is there, merged with others who do so now.

        Raises:
            Interrupted: the user stopped Terraform.
            DiagnosticError: somebody else keeps writing the list. Whatever ``change`` raises.
            LockTimeout, PlanTimeout, ApiError: as they are.
        """
        await self._writer.submit(change, stop=stop, deadline=deadline)

    @property
    def _path(self) -> dict[str, str]:
        return {"deployment_id": self._facts.id, "ref_id": self._facts.ref_id}

    async def _fetched(self) -> Entries:
        client = await self._place.client()
        reply = await client.call("get-deployment-es-resource-remote-clusters", path=self._path)
        return {str(entry["alias"]): dict(entry) for entry in reply.data.get("resources") or ()}

    async def _write(self, batch: Batch[Change]) -> None:
        from ece_client import PlanStopped

        try:
            async with self._place.locks.hold(self._facts.id, deadline=longest_deadline(batch), stop=batch[0].stop):
                for _ in range(_MOST_ROUNDS):
                    await self._settle(batch)
                    if not await self._write_once(batch):
                        return
                raise DiagnosticError(
                    "The list of remote clusters does not stay as it is written",
                    f"Somebody else keeps writing the remote clusters of {self._facts.words}. The call replaces the "
                    "whole list: let one of both manage it.",
                )
        except (LockStopped, PlanStopped) as stopped:
            raise Interrupted(str(stopped)) from None
        finally:
            self._read.drop()

    async def _settle(self, batch: Batch[Change]) -> None:
        """Wait for plans that run, among them that of the write before."""
        watcher = await self._place.watcher(lambda line: LOG.info("deployment %s: %s", self._facts.id, line))
        await watcher.wait_quiet(self._facts.id, longest_deadline(batch), batch[0].stop)

    async def _write_once(self, batch: Batch[Change]) -> bool:
        """Read, merge, write; False when everything is as wanted."""
        present = await self._fetched()
        wanted: dict[str, dict[str, Any] | None] = {}
        for request in batch:
            try:
                wanted |= request.item(present) if not request.done.done() else {}
            except Exception as error:
                request.fail(error)
        if all(_is_done(present.get(alias), entry) for alias, entry in wanted.items()):
            return False
        merged = {**present, **{alias: entry for alias, entry in wanted.items() if entry is not None}}
        left = [_request(entry) for alias, entry in merged.items() if wanted.get(alias, entry) is not None]
        client = await self._place.client()
        await client.call("set-deployment-es-resource-remote-clusters", path=self._path, body={"resources": left})
        return True


def _request(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry without what only reads show."""
    return {name: value for name, value in entry.items() if name != "info" and value is not None}


def _is_done(present: Mapping[str, Any] | None, wanted: Mapping[str, Any] | None) -> bool:
    if present is None or wanted is None:
        return present is None and wanted is None
    return all(_request(present).get(name) == value for name, value in wanted.items())
