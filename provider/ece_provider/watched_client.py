"""A client that tells of its writes, so that what was read before is not used after them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ece_client import Client, ClientConfig, Reply
from ece_client._generated.operations import OPERATIONS, OperationId

READING_POSTS: Final = frozenset({"search-deployments"})
"""POST calls that change nothing."""


class WatchedClient(Client):
    """``on_write`` is called before each call that may change something, and after it."""

    def __init__(self, config: ClientConfig, on_write: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_write = on_write

    async def call(self, operation: OperationId, **options: Any) -> Reply[Any]:
        """As ``Client.call``."""
        if OPERATIONS[operation].method == "GET" or operation in READING_POSTS:
            return await super().call(operation, **options)
        self._on_write()
        try:
            return await super().call(operation, **options)
        finally:
            self._on_write()
