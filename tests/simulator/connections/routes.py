"""Every route between ECE deployments, with all that it needs on both sides."""

from __future__ import annotations

from typing import Any

from ece_simulator import Simulator
from tests.simulator.clusters import Cluster, connect_by_key, introduce, seed, trust_proxy_of

DOCUMENTS = {"logs-1": {"1": {"n": 1}}}


def ends(sim: Simulator, installation: int, **parts: Any) -> tuple[Cluster, Cluster]:
    """Local and remote, the latter with an index."""
    local = seed(sim, name="local", **parts)
    return local, seed(sim, installation, name="remote", documents=DOCUMENTS, **parts)


def found(local: Cluster) -> int:
    """How many documents a search across the alias `r` finds."""
    return int(local.call("GET", "r:logs-*/_search")["hits"]["total"]["value"])


def account(cluster: Cluster, *ids: str, all_: bool = False) -> dict[str, Any]:
    """An entry for the own account."""
    return {"account_id": cluster.api.installation.account_id, "trust_all": all_, "trust_allowlist": list(ids)}


def direct(other: Cluster, *ids: str, **changes: Any) -> dict[str, Any]:
    """A direct entry for the other's environment."""
    entry = {
        "name": "other", "type": "ECE", "trust_all": not ids, "trust_allowlist": list(ids),
        "scope_id": other.api.installation.environment_id, "certificates": other.authorities(),
    }  # fmt: skip
    return {**entry, **changes}


def same_ece_by_key(sim: Simulator) -> tuple[Cluster, Cluster]:
    """Same ECE: API keys."""
    local, remote = ends(sim, 0)
    for cluster in (local, remote):
        cluster.put_trust(accounts=[])  # no trust is needed
    connect_by_key(local, remote)
    return local, remote


def same_ece_by_certificate(sim: Simulator) -> tuple[Cluster, Cluster]:
    """Same ECE: certificates, only these two."""
    local, remote = ends(sim, 0)
    local.put_trust(accounts=[account(local, remote.cluster_id)])
    remote.put_trust(accounts=[account(remote, local.cluster_id)])
    local.put_remote("r", remote, 9400)
    return local, remote


def other_ece_by_key(sim: Simulator) -> tuple[Cluster, Cluster]:
    """Other ECE: API keys, private CA of the proxies."""
    local, remote = ends(sim, 1)
    trust_proxy_of(local, remote)
    connect_by_key(local, remote)
    return local, remote


def other_ece_by_platform_trust(sim: Simulator) -> tuple[Cluster, Cluster]:
    """Other ECE: certificates, records on both platforms."""
    local, remote = ends(sim, 1)
    for one, other in ((local, remote), (remote, local)):
        entry = {"trust_relationship_id": introduce(one, other), "trust_all": False}
        one.put_trust(accounts=[account(one, all_=True)], external=[{**entry, "trust_allowlist": [other.cluster_id]}])
    local.put_remote("r", remote, 9400)
    return local, remote


def other_ece_by_direct_trust(sim: Simulator) -> tuple[Cluster, Cluster]:
    """Other ECE: certificates, the CA in the deployments themselves."""
    local, remote = ends(sim, 1)
    local.put_trust(direct=[direct(remote, remote.cluster_id)])
    remote.put_trust(direct=[direct(local, local.cluster_id)])
    local.put_remote("r", remote, 9400)
    return local, remote


ROUTES = (
    same_ece_by_key,
    same_ece_by_certificate,
    other_ece_by_key,
    other_ece_by_platform_trust,
    other_ece_by_direct_trust,
)
