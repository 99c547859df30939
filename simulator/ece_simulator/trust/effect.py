"""Whom the nodes of a deployment accept: authorities and name patterns that follow from its trust settings.

The settings count as the last good plan applied them; platform records and the installation's own CAs count at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ece_simulator.data_plane.names import cluster_pattern
from ece_simulator.data_plane.party import TransportTrust

if TYPE_CHECKING:
    from ece_simulator.deployments.model import Resource
    from ece_simulator.world import World


def transport_trust(world: World, resource: Resource) -> TransportTrust:
    """Certificate model: CAs and patterns. A deployment from before ECE 2.9.0 trusts only itself (documented)."""
    own = [pair.pem for pair in world.internal_authorities()]
    patterns = [cluster_pattern(resource.id, world.environment_id)]
    if not resource.scoped_names:
        return TransportTrust(tuple(own), tuple(patterns))
    trust = resource.effective_trust
    for entry in trust["accounts"]:
        if entry["account_id"] == world.account_id:
            patterns += _scoped(entry, world.environment_id)
    authorities = own
    for authority, more in (*_external(world, trust["external"]), *_direct(trust["direct"])):
        authorities += authority
        patterns += more
    return TransportTrust(tuple(dict.fromkeys(authorities)), tuple(dict.fromkeys(patterns)))


def _scoped(entry: dict[str, Any], scope: str) -> list[str]:
    ids = ["*"] if entry["trust_all"] else entry.get("trust_allowlist") or []
    return [cluster_pattern(cluster_id, scope) for cluster_id in ids]


def _external(world: World, entries: list[dict[str, Any]]) -> Iterator[tuple[list[str], list[str]]]:
    """Entries whose record is gone have no effect; records with `trust_by_default` need no entry (inferred)."""
    named = {entry["trust_relationship_id"]: entry for entry in entries}
    for record in world.relationships.values():
        entry = {"trust_all": True} if record.trust_by_default else named.get(record.id)
        if entry is not None:
            yield [record.public_ca_cert], _scoped(entry, record.installation_id or "")


def _direct(entries: list[dict[str, Any]]) -> Iterator[tuple[list[str], list[str]]]:
    for entry in entries:
        if entry.get("type") != "proxy":
            scoped = _scoped(entry, entry["scope_id"]) if entry.get("scope_id") else []
            yield [c["pem"] for c in entry["certificates"]], scoped + list(entry.get("additional_node_names") or [])


def server_authorities(world: World, resource: Resource) -> tuple[str, ...]:
    """API-key model: the CAs by which the deployment judges the server certificate at the other end's 9443.

    The well-known one, those of direct entries of type `proxy` and `generic`, and, unless switched off, the CA of the
    own installation's proxies. That `generic` counts too is inferred: which type the UI writes is not documented.
    """
    found = [world.well_known.root.pem]
    if world.switches.own_proxy_trusted:
        found.append(world.proxy_chain().root_pem)
    for entry in resource.effective_trust["direct"]:
        if entry.get("type", "generic") in ("proxy", "generic"):
            found += [certificate["pem"] for certificate in entry["certificates"]]
    return tuple(dict.fromkeys(found))
