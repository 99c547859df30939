"""A connection as tests make and break it, and the names by which the API knows its parts."""

from __future__ import annotations

from typing import Any

from tests.provider.remote_clusters.conftest import Pair
from tests.provider.remote_clusters.support import KEY, REMOTE, Stored

SETTINGS = "PUT _cluster/settings"
KEYSTORE = "set-deployment-es-resource-keystore"
SECRET_NAME = "cluster.remote.logs.credentials"


def settings(pair: Pair, alias: str = "logs") -> dict[str, Any]:
    """The settings of an alias, by their last names."""
    found = pair.world.elasticsearch(pair.local["id"], "GET", "_cluster/settings?flat_settings=true")["persistent"]
    start = f"cluster.remote.{alias}."
    return {name.removeprefix(start): value for name, value in found.items() if name.startswith(start)}


def put_settings(pair: Pair, **values: Any) -> None:
    """Somebody changes settings of the alias by hand."""
    body = {"persistent": {f"cluster.remote.logs.{name}": value for name, value in values.items()}}
    pair.world.elasticsearch(pair.local["id"], "PUT", "_cluster/settings", body)


async def connected(pair: Pair, model: str = "api_key", **more: Any) -> tuple[Stored | None, Stored]:
    """Key (for its model) and connection, both applied."""
    key = await pair.world.apply(KEY, pair.key()) if model == "api_key" else None
    return key, await pair.world.apply(REMOTE, pair.connection(model, **more))
