"""The proxies of an installation: which deployment a host name means, what they show, whose clients they can tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ece_simulator.data_plane.tls_files import Shown
from ece_simulator.deployments.cluster import alias_of, endpoint_of, served
from ece_simulator.elasticsearch.remote_server import ServedCluster

if TYPE_CHECKING:
    from ece_simulator.deployments.model import Deployment, Resource
    from ece_simulator.world import World


@dataclass(frozen=True)
class Proxies:
    """`data_plane.party.Edge` of one installation. Takes the lock, so it can be asked from any thread."""

    world: World

    def find(self, server_name: str | None) -> ServedCluster | None:
        """The deployment behind a host name. System-owned ones take no part in remote clusters."""
        with self.world.plane.lock:
            self.world.agenda.run_due()
            found = behind(self.world, server_name) if server_name else None
            if found is None or found[0].system_owned:
                return None
            return served(self.world, *found)

    def shown(self) -> Shown:
        """The chain on 9443."""
        with self.world.plane.lock:
            chain = self.world.proxy_chain()
            return Shown("".join(chain.pems), chain.key_pem)

    def known_authorities(self) -> tuple[str, ...]:
        """CAs of client certificates that the proxies read: the internal ones; those of other ECEs by switch."""
        with self.world.plane.lock:
            found = [pair.pem for pair in self.world.internal_authorities()]
            if self.world.switches.filters_read_foreign_certificates:
                found += [record.public_ca_cert for record in self.world.relationships.values()]
            return tuple(dict.fromkeys(found))

    def blocks(self, port: int, source: str) -> str | None:
        """The proxies talk to everybody first; filters are judged by cluster."""
        return None


def behind(world: World, host: str) -> tuple[Deployment, Resource] | None:
    """The deployment, and its Elasticsearch, that a host name or a cluster id means."""
    for deployment in world.deployments.values():
        if alias_of(world, deployment) == host:
            return deployment, deployment.elasticsearch
        for resource in deployment.of_kind("elasticsearch"):
            if host in (endpoint_of(world, resource), resource.id):
                return deployment, resource
    return None
