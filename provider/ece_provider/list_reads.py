"""Lists that many reads share: one call instead of one per object.

A refresh of any number of filters and associations asks ECE twice. Nothing here chooses values for a plan: lists
serve ``read``, and checks in ``plan`` that may only complain. A list is used for at most two seconds, and never after
a write.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from ece_provider.shared_read import SharedRead

if TYPE_CHECKING:
    from ece_client import Client

_LOG = logging.getLogger("ece_provider.list_reads")

Items = list[dict[str, Any]]
"""The elements of a list as the API gives them."""


class ListReads:
    """The lists of one installation, each asked for once at a time."""

    def __init__(self, client: Callable[[], Awaitable[Client]], clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._reads: dict[str, SharedRead[Items]] = {}
        self._has_written = False
        self._is_out_of_reach = False

    def drop(self) -> None:
        """Forget all lists, as something is being written or was; calls under way serve only who waits for them."""
        self._has_written = True
        for read in self._reads.values():
            read.drop()

    @property
    def has_written(self) -> bool:
        """True once this process wrote anything: it applies, so checks of a plan are over."""
        return self._has_written

    async def traffic_filters(self) -> Items:
        """All rule sets with their associations (``GET …/traffic-filter/rulesets``)."""
        return await self._once("filters", self._fetched_filters)

    async def deployments(self) -> Items:
        """All deployments that are not hidden: id, name, and ids of their resources (``GET deployments``)."""
        return await self._once("deployments", self._fetched_deployments)

    async def stack_versions(self) -> Items:
        """The versions that the installation offers (``GET stack/versions``)."""
        return await self._once("stacks", self._fetched_stacks)

    async def templates(self, stack_version: str | None = None, *, show_hidden: bool = False) -> Items:
        """The deployment templates as they are for ``stack_version`` (``GET deployments/templates``)."""
        query = {"stack_version": stack_version, "show_hidden": show_hidden}
        return await self._once(f"templates {query}", lambda: self._fetched_templates(query))

    async def platform(self) -> Items:
        """The installation itself, as the only element: ``version``, ``regions`` … (``GET platform``)."""
        return await self._once("platform", self._fetched_platform)

    async def trust_relationships(self) -> Items:
        """The trust relationships of the platform with their certificates, its own record among them."""
        return await self._once("trust relationships", self._fetched_relationships)

    async def for_check(self, read: Callable[[], Awaitable[Items]]) -> Items | None:
        """The list for a check in a plan, None where there is nothing to check against.

        That is in an apply, where the call that follows tells the truth anyway, and when the API does not answer:
        a plan that needs nothing from it goes on. After the first failure it is not asked again.
        """
        from ece_client import ApiError
        from terraform_plugin.diagnostics import DiagnosticError

        if self.has_written or self._is_out_of_reach:
            return None
        try:
            return await read()
        except (ApiError, DiagnosticError) as problem:
            self._is_out_of_reach = True
            _LOG.debug("checks against the API are left out: %s", problem)
            return None

    async def _once(self, name: str, fetch: Callable[[], Awaitable[Items]]) -> Items:
        read = self._reads.get(name)
        if read is None:
            read = self._reads[name] = SharedRead(fetch, self._clock)
        return await read.get()

    async def _fetched_filters(self) -> Items:
        client = await self._client()
        reply = await client.call("get-traffic-filter-rulesets", query={"include_associations": True})
        return list(reply.data.get("rulesets") or ())

    async def _fetched_deployments(self) -> Items:
        reply = await (await self._client()).call("list-deployments")
        return list(reply.data.get("deployments") or ())

    async def _fetched_stacks(self) -> Items:
        reply = await (await self._client()).call("get-version-stacks")
        return list(reply.data.get("stacks") or ())

    async def _fetched_templates(self, query: dict[str, Any]) -> Items:
        reply = await (await self._client()).call("get-deployment-templates-v2", query=query)
        return list(reply.data or ())

    async def _fetched_relationships(self) -> Items:
        query = {"include_certificate": True}
        reply = await (await self._client()).call("get-trust-relationships", query=query)
        return list(reply.data.get("trust_relationships") or ())

    async def _fetched_platform(self) -> Items:
        return [(await (await self._client()).call("get-platform")).data]
