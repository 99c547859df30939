"""The local side of remote clusters: from settings and secret to a connection that stands, or to words why not."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from ece_simulator.data_plane.dial import CONNECT_FAILED, Caller, Connection, Refused, Target, connect
from ece_simulator.elasticsearch.compatibility import can_talk, oldest_partner
from ece_simulator.elasticsearch.remote_settings import PROXY, Remote, remotes_in
from ece_simulator.elasticsearch.site import Site

T = TypeVar("T")
ATTEMPTS = 3
"""How often a request is sent anew because settings or secret changed while it was under way."""
AT_ONCE = 8


@dataclass(frozen=True)
class Link:
    """What a connection is made of on this side, at one moment."""

    remote: Remote
    caller: Caller


def link_of(site: Site, alias: str) -> Link | None:
    """The link of an alias; None when the cluster has no such remote. Call it under the lock."""
    remote = remotes_in(site.cluster.settings(), site.version).get(alias)
    return Link(remote, site.caller(alias)) if remote is not None else None


def reach(site: Site, alias: str, then: Callable[[Connection], T]) -> T:
    """Connects, shakes hands and does something with the connection; call it without the lock.

    Raises Refused with Elasticsearch's words, which are also in the cluster's log. What counts is the secret at the
    moment of sending, so a request that met a change on its way is sent again.
    """
    with site.plane.lock:
        link = link_of(site, alias)
    for attempt in range(ATTEMPTS):
        if link is None:
            raise Refused(f"no such remote cluster: [{alias}]", "no_such_remote_cluster_exception", 404)
        try:
            with _open(site, link) as connection:
                return then(connection)
        except Refused as refused:
            present = _present_link(site, alias)
            if present == link or attempt == ATTEMPTS - 1:
                if refused.type == CONNECT_FAILED:
                    site.note(refused.reason, alias)
                raise
            link = present
    raise AssertionError("unreachable")


def _present_link(site: Site, alias: str) -> Link | None:
    with site.plane.lock:
        present = site.again()
        return link_of(present, alias) if present is not None else None


def _open(site: Site, link: Link) -> Connection:
    if link.remote.mode != PROXY:
        # the addresses that a proxied cluster publishes are not reachable from outside
        raise Refused(f"fetching nodes from external cluster [{link.remote.alias}] failed")
    host, port = link.remote.host_and_port
    connection = connect(link.caller, Target(host, port, link.remote.server_name), site.plane)
    try:
        told = connection.ask({"action": "handshake", "version": site.version, "cluster_id": site.cluster_id})
        if not can_talk(site.version, str(told["version"])):
            raise Refused(unsupported(site.version, str(told["version"])))
    except Refused as refused:
        connection.close()
        # whatever is refused here leaves no connection; the words stay
        raise Refused(refused.reason) from refused
    return connection


def unsupported(own: str, other: str) -> str:
    """What a node says to one of a version it cannot talk to."""
    return (
        f"Received message from unsupported version: [{other}] minimal compatible version is: [{oldest_partner(own)}]"
    )


def is_connected(site: Site, alias: str) -> bool:
    """Whether a handshake succeeds now."""
    try:
        reach(site, alias, lambda _: None)
    except Refused:
        return False
    return True


def side_by_side(work: Callable[[str], T], aliases: list[str]) -> dict[str, T]:
    """Does the same for several remotes at once."""
    if len(aliases) < 2:
        return {alias: work(alias) for alias in aliases}
    with ThreadPoolExecutor(min(AT_ONCE, len(aliases))) as pool:
        return dict(zip(aliases, pool.map(work, aliases), strict=True))


def info(remote: Remote, *, connected: bool, has_secret: bool) -> dict[str, Any]:
    """One entry of `GET /_remote/info`."""
    shown: dict[str, Any] = {"connected": connected, "mode": remote.mode.lower()}
    if remote.mode == PROXY:
        shown |= {
            "proxy_address": remote.proxy_address,
            "server_name": remote.server_name or "",
            "num_proxy_sockets_connected": remote.sockets if connected else 0,
            "max_proxy_socket_connections": remote.sockets,
        }
    else:
        shown |= {"seeds": list(remote.seeds), "num_nodes_connected": 0, "max_connections_per_cluster": 3}
    shown |= {"initial_connect_timeout": "30s", "skip_unavailable": remote.skip_unavailable}
    return {**shown, "cluster_credentials": "::es_redacted::"} if has_secret else shown
