"""The addresses by which a Kubernetes cluster is reached from outside: one for each service of type LoadBalancer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ece_simulator.data_plane.handshake_log import Handshake
from ece_simulator.eck.kinds import Manifest
from ece_simulator.eck.traffic import BLOCKED_BY_POLICY, BLOCKED_BY_RANGES, ranges_admit, target_of

if TYPE_CHECKING:
    from ece_simulator.eck.cluster import EckCluster


@dataclass(frozen=True)
class Balancers:
    """`data_plane.network.Place` of all services below the cluster's domain."""

    cluster: EckCluster

    def at(self, host: str) -> Balancer | None:
        """The balancer of the service `<service>.<namespace>`."""
        service = self.cluster.service_at(host)
        return Balancer(self.cluster, service) if service is not None else None

    def real_port(self, port: int, source: str | None = None) -> int | None:
        """The domain itself has no address."""
        return None

    def reachable_port(self, port: int) -> int | None:
        """The domain itself has no address."""
        return None

    def asked_authorities(self, port: int, server_name: str | None) -> tuple[str, ...]:
        """Nobody asks."""
        return ()

    def close(self) -> None:
        """Stop listening."""
        self.cluster.ports.close()


@dataclass(frozen=True)
class Balancer:
    """One service as seen from outside (`data_plane.network.Place`)."""

    cluster: EckCluster
    service: Manifest

    def at(self, host: str) -> Balancer:
        """Itself."""
        return self

    def real_port(self, port: int, source: str | None = None) -> int | None:
        """The pods' port behind a port of the balancer; None where none is, or where the caller is kept out."""
        target = target_of(self.service, port)
        if target is None:
            return None
        if source is not None:
            blocked = self._blocked(target, source)
            if blocked is not None:
                self.cluster.plane.handshakes.add(
                    Handshake(port, None, source, self.cluster.cluster_id, None, (), blocked)
                )
                return None
        return self.cluster.ports.real_port(target)

    def _blocked(self, target: int, source: str) -> str | None:
        if not ranges_admit(self.service, source):
            return BLOCKED_BY_RANGES
        return None if self.cluster.admits(source, target) else BLOCKED_BY_POLICY

    def reachable_port(self, port: int) -> int | None:
        """Like `real_port`, and the HTTP port."""
        target = target_of(self.service, port)
        return None if target is None else self.cluster.ports.reachable_port(target)

    def asked_authorities(self, port: int, server_name: str | None) -> tuple[str, ...]:
        """The CAs that the TLS hello at a port asks client certificates of."""
        target = target_of(self.service, port)
        return self.cluster.ports.asked_authorities(target, server_name) if target is not None else ()

    def close(self) -> None:
        """Stop listening."""
        self.cluster.ports.close()
