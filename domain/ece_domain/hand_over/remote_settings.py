"""The settings of an alias as lines of a local cluster's own configuration, for one that Terraform does not reach.

Source: Elasticsearch documentation, "Remote cluster settings"; settings made by API win over these.
"""

from __future__ import annotations

from typing import Any

from ece_domain.hand_over.facts import Connection
from ece_domain.remote_clusters import PREFIX


def remote_settings(connection: Connection) -> dict[str, tuple[Any, bool]]:
    """Each setting with its value, and whether the connection needs it."""
    start = f"{PREFIX}{connection.alias}."
    address = connection.remote.reached_at(connection.model)
    name = connection.remote.asked_name(connection.model)
    settings: dict[str, tuple[Any, bool]] = {
        f"{start}mode": ("proxy", True),
        f"{start}proxy_address": (str(address), True),
    }
    if name is not None:
        # A client that checks host names asks for the host of the address by itself; transport connections, which check
        # certificates only, ask for none (inferred).
        settings[f"{start}server_name"] = (name, not connection.is_by_key or name != address.host)
    settings[f"{start}skip_unavailable"] = (connection.skip_unavailable, False)
    return settings
