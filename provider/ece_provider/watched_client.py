"""A client that tells of its writes, so that what was read before is not used after them, and whose errors say where
they come from: a run may talk to several installations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ece_client import OPERATIONS, ApiError, Client, ClientConfig, OperationId, Reply
from ece_provider.environment_ids import regions_in_use
from ece_provider.kinds import ECH
from ece_provider.settings import Settings

SETTINGS: Final = "ece_settings"
"""Attribute of an error: the ``Settings`` of the client that raised it."""

READING_POSTS: Final = frozenset(
    {
        "search-deployments",
        "search-eligible-remote-clusters",
        "get-deployment-es-resource-eligible-remote-clusters",
    }
)
"""POST calls that change nothing."""

HOSTED_FALLBACK: Final = "us-east-1"
"""A region that Elastic Cloud Hosted has, for an organization without deployments (inferred: any serves)."""

PLANLESS_WRITES: Final = frozenset(
    {
        "post-deployment-resource-proxy-requests",
        "put-deployment-resource-proxy-requests",
        "delete-deployment-resource-proxy-requests",
        "set-deployment-es-resource-keystore",
    }
)
"""Writes that change nothing of what ``GET deployments/{id}`` shows."""


class WatchedClient(Client):
    """``on_write`` is called with the operation before each call that may change something, and after it."""

    def __init__(
        self, config: ClientConfig, on_write: Callable[[OperationId], None], settings: Settings | None = None
    ) -> None:
        super().__init__(config)
        self._on_write = on_write
        self._settings = settings

    async def _discovered_region(self) -> str:
        """On Elastic Cloud Hosted, which has no platform to ask, any region serves for calls with one in their path.

        Where it matters which region is meant, ``ConfiguredProvider.region`` is asked.
        """
        if self._settings is None or self._settings.kind != ECH:
            return await super()._discovered_region()
        return next(iter(await regions_in_use(self)), HOSTED_FALLBACK)

    async def call(self, operation: OperationId, **options: Any) -> Reply[Any]:
        """As ``Client.call``."""
        try:
            return await self._watched(operation, **options)
        except ApiError as error:
            setattr(error, SETTINGS, self._settings)
            raise

    async def _watched(self, operation: OperationId, **options: Any) -> Reply[Any]:
        is_check = bool((options.get("query") or {}).get("validate_only"))
        if OPERATIONS[operation].method == "GET" or operation in READING_POSTS or is_check:
            return await super().call(operation, **options)
        self._on_write(operation)
        try:
            return await super().call(operation, **options)
        finally:
            self._on_write(operation)
