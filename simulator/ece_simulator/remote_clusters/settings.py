"""What ECE writes into Elasticsearch for the remotes of its `remote-clusters` call, and what it tells about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ece_simulator.data_plane.certificates import other_names_of
from ece_simulator.data_plane.listener import TRANSPORT_PORT
from ece_simulator.deployments.cluster import endpoint_of, node_of
from ece_simulator.elasticsearch.compatibility import can_talk
from ece_simulator.elasticsearch.remote_settings import PREFIX
from ece_simulator.trust.effect import transport_trust
from ece_simulator.trust.pem import read_certificates

if TYPE_CHECKING:
    from ece_simulator.deployments.model import Deployment, Resource
    from ece_simulator.world import World

Entry = dict[str, Any]


def resolve(world: World, entry: Entry) -> tuple[Deployment, Resource] | None:
    """The remote that an entry names; None when it is not in this installation."""
    deployment = world.deployments.get(entry["deployment_id"])
    for resource in deployment.of_kind("elasticsearch") if deployment is not None else ():
        if deployment is not None and entry["elasticsearch_ref_id"] in (resource.ref_id, "_main"):
            return deployment, resource
    return None


def write(world: World, resource: Resource, before: list[Entry], after: list[Entry]) -> None:
    """Brings the settings in line: aliases that went are cleared, aliases that are listed are written whole."""
    settings = resource.cluster.persistent
    for entry in (*before, *after):
        beginning = f"{PREFIX}{entry['alias']}."
        for key in [key for key in settings if key.startswith(beginning)]:
            settings.pop(key)
    for entry in after:
        found = resolve(world, entry)
        if found is not None:
            host = endpoint_of(world, found[1])
            beginning = f"{PREFIX}{entry['alias']}."
            settings[f"{beginning}mode"] = "proxy"
            settings[f"{beginning}proxy_address"] = f"{host}:{TRANSPORT_PORT}"
            settings[f"{beginning}server_name"] = host
            settings[f"{beginning}skip_unavailable"] = str(bool(entry.get("skip_unavailable"))).lower()


def relation(world: World, local: tuple[Deployment, Resource], entry: Entry) -> dict[str, bool]:
    """The parts of RemoteResourceInfo that follow from settings and versions, without a connection."""
    found = resolve(world, entry)
    if found is None:
        return {"compatible": False, "trusted": False, "trusted_back": False}
    return {
        "compatible": can_talk(local[1].stack_version, found[1].stack_version),
        "trusted": _accepts(world, local[1], found),
        "trusted_back": _accepts(world, found[1], local),
    }


def _accepts(world: World, one: Resource, other: tuple[Deployment, Resource]) -> bool:
    certificate = read_certificates(node_of(world, *other).chain_pem)[0]
    return transport_trust(world, one).accepts(other_names_of(certificate))
