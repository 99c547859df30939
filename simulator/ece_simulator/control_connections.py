"""The control API about connections between clusters: what was seen on the wire, and what to change there."""

from __future__ import annotations

import ipaddress
from typing import Any

from ece_simulator.data_plane.dial import KEY_PORT
from ece_simulator.data_plane.listener import TRANSPORT_PORT
from ece_simulator.data_plane.network import Plane
from ece_simulator.fabric import Fabric
from ece_simulator.platform.chains import KINDS

Which = int | str | None


class ConnectionControl:
    """Wrong arguments raise ValueError that says what is allowed."""

    def __init__(self, fabric: Fabric, plane: Plane) -> None:
        self._fabric = fabric
        self._plane = plane
        self._lock = plane.lock

    def handshakes(self, since: int = 0) -> list[dict[str, Any]]:
        """What happened on the wire, oldest first, as the listening sides saw it (`data_plane.handshake_log`).

        `since` leaves out that many entries.
        """
        self._plane.wire.settle()
        return self._plane.handshakes.views()[since:]

    def elasticsearch_log(self, deployment: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """What the nodes wrote about connections, in the words that Elastic documents; of one deployment or of all."""
        self._plane.wire.settle()
        lines = self._plane.log.views()[since:]
        return [line for line in lines if deployment in (None, line["deployment"], line["cluster_id"])]

    def clear_connections(self) -> None:
        """Forgets handshakes and the nodes' log."""
        self._plane.wire.settle()
        self._plane.handshakes.clear()
        self._plane.log.clear()

    def set_egress(self, address: str, *, installation: Which = None) -> None:
        """The address that others see when clusters of an installation, or of a partner by name, dial them."""
        ipaddress.ip_address(address)
        partner = self._fabric.partners.get(str(installation))
        if partner is not None:
            partner.egress = address
            return
        with self._lock:
            for one in self._fabric.select(installation):
                one.world.egress = address

    def set_port(self, port: int, *, open: bool, installation: Which = None) -> None:
        """Whether anybody is let to 9400 or 9443 of an installation: a firewall, or a balancer without that port.

        With the name of a partner, its 9300 or the port of its remote cluster server.
        """
        partner = self._fabric.partners.get(str(installation))
        if partner is not None:
            partner.firewall(port, open=open)
            return
        if port not in (TRANSPORT_PORT, KEY_PORT):
            raise ValueError(f"port: {TRANSPORT_PORT} or {KEY_PORT}; got {port}")
        for one in self._fabric.select(installation):
            for ports in one.all_ports:
                (ports.closed.discard if open else ports.closed.add)(port)

    def set_proxy_ca(self, kind: str, *, installation: Which = None) -> None:
        """Who signs the proxies' certificate from now on: the installation's own CA (`private`) or one that everybody
        trusts (`public`). An uploaded chain is forgotten."""
        if kind not in KINDS:
            raise ValueError(f"kind: {' or '.join(KINDS)}; got {kind!r}")
        with self._lock:
            for one in self._fabric.select(installation):
                one.world.proxy_ca = kind
                one.world.chains.pop("proxy", None)
                one.world.tell_certificate_change("proxy")

    def rotate_internal_ca(self, *, installation: Which = None) -> None:
        """The next internal CA becomes active: nodes get new certificates, and one more CA is announced."""
        with self._lock:
            for one in self._fabric.select(installation):
                for region in one.world.regions.values():
                    region.authority.rotate_internal()
