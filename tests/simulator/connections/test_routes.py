"""Connections over real TLS: every route between ECE deployments, and each piece that takes it down."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ece_simulator import Simulator
from tests.simulator.clusters import Cluster
from tests.simulator.connections.routes import (
    ROUTES,
    found,
    other_ece_by_direct_trust,
    other_ece_by_key,
    other_ece_by_platform_trust,
    same_ece_by_certificate,
    same_ece_by_key,
)


@pytest.mark.parametrize("route", ROUTES)
def test_routes(two: Simulator, route: Callable[[Simulator], tuple[Cluster, Cluster]]) -> None:
    """Every route connects and answers a search, and the wire knows of it."""
    local, remote = route(two)

    assert local.connected("r") is True
    assert found(local) == 1
    told = local.call("GET", "_resolve/cluster/r:logs-*")["r"]
    assert (told["connected"], told["matching_indices"], told["version"]["number"]) == (True, True, "9.2.0")
    by_key = "key" in route.__name__
    assert ("cluster_credentials" in local.call("GET", "_remote/info")["r"]) is by_key
    last = two.control.handshakes()[-1]
    assert (last["port"], last["outcome"], last["cluster_id"]) == (
        9443 if by_key else 9400,
        "connected",
        remote.cluster_id,
    )
    assert last["source"] == "198.51.100.10"


def pieces(local: Cluster, remote: Cluster) -> dict[str, tuple[str, Callable[[], str], Cluster]]:
    """Single pieces of a connection by name: kind, id, and the side that holds it."""

    def record(cluster: Cluster) -> Callable[[], str]:
        return lambda: next(iter(cluster.api.installation.world.relationships))

    def key() -> str:
        (found,) = remote.call("GET", "_security/api_key")["api_keys"]
        return f"{remote.id}/{found['id']}"

    own, theirs = local.api.installation.account_id, remote.api.installation.account_id
    return {
        "settings": ("settings", lambda: f"{local.id}/r", local),
        "secret": ("secret", lambda: f"{local.id}/cluster.remote.r.credentials", local),
        "key": ("key", key, remote),
        "ca": ("trust", lambda: f"{local.id}/direct/proxy", local),
        "account here": ("trust", lambda: f"{local.id}/accounts/{own}", local),
        "account there": ("trust", lambda: f"{remote.id}/accounts/{theirs}", remote),
        "external here": ("trust", lambda: f"{local.id}/external/{record(local)()}", local),
        "external there": ("trust", lambda: f"{remote.id}/external/{record(remote)()}", remote),
        "direct here": ("trust", lambda: f"{local.id}/direct/other", local),
        "direct there": ("trust", lambda: f"{remote.id}/direct/other", remote),
        "record here": ("relationship", record(local), local),
        "record there": ("relationship", record(remote), remote),
    }


@pytest.mark.parametrize(
    ("route", "piece"),
    [
        *((same_ece_by_key, piece) for piece in ("settings", "secret", "key")),
        *((same_ece_by_certificate, piece) for piece in ("settings", "account here", "account there")),
        *((other_ece_by_key, piece) for piece in ("settings", "secret", "key", "ca")),
        *(
            (other_ece_by_platform_trust, piece)
            for piece in ("settings", "external here", "external there", "record here", "record there")
        ),
        *((other_ece_by_direct_trust, piece) for piece in ("settings", "direct here", "direct there")),
    ],
)
def test_each_piece_counts(two: Simulator, route: Callable[[Simulator], tuple[Cluster, Cluster]], piece: str) -> None:
    """Without any single piece there is no connection, and nothing remembers the one that was."""
    local, remote = route(two)
    assert local.connected("r") is True

    kind, id, holder = pieces(local, remote)[piece]
    two.control.take_away(kind, id(), installation=holder.api.installation.name)

    assert local.call("GET", "_remote/info").get("r", {"connected": False})["connected"] is False
