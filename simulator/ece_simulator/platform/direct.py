"""Port 9243: Elasticsearch itself behind the proxy, with users of Elasticsearch and with traffic filters by address."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ece_simulator.data_plane.handshake_log import Handshake
from ece_simulator.data_plane.listener import BLOCKED
from ece_simulator.data_plane.party import Peer
from ece_simulator.data_plane.rules import lets_in
from ece_simulator.deployments.cluster import filter_rules, is_running, site_of
from ece_simulator.elasticsearch.api import API, authenticated
from ece_simulator.elasticsearch.errors import ElasticsearchError
from ece_simulator.message import Reply, Request, json_reply
from ece_simulator.platform.proxies import behind

if TYPE_CHECKING:
    from ece_simulator.world import World

PORT = 9243
CLUSTER_HEADER = "x-found-cluster"
"""Names the cluster where the host name does not (documented)."""
ADDRESS_HEADER = "x-forwarded-for"
"""What a balancer in front says about the client's address (documented)."""


def answer(world: World, request: Request, source: str) -> Reply | Callable[[], Reply]:
    """A call from `source`; call it under the lock, and what it may return without."""
    host = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
    wanted = request.headers.get(CLUSTER_HEADER) or host
    found = behind(world, wanted)
    if found is None:
        return _refused(404, "Unknown resource.")
    deployment, resource = found
    source = request.headers.get(ADDRESS_HEADER, source).split(",")[0].strip()
    if not lets_in(filter_rules(world, deployment, resource), Peer(source)):
        world.plane.handshakes.add(Handshake(PORT, wanted, source, resource.id, None, (), BLOCKED))
        return _refused(403, "Forbidden")
    if not is_running(resource):
        return _refused(503, "Deployment is not available.")
    site = site_of(world, deployment, resource)
    try:
        who = authenticated(site, request.headers.get("authorization"))
    except ElasticsearchError as error:
        challenge = {"www-authenticate": 'Basic realm="security" charset="UTF-8", ApiKey'}
        return json_reply(error.status, error.body(), challenge)
    return API.answer(site, who, request, request.path)


def _refused(status: int, message: str) -> Reply:
    """The proxy's own words (documented for 403)."""
    return json_reply(status, {"ok": False, "message": message})
