"""TLS contexts of the served ports; what they show can be exchanged while they serve."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from ece_simulator.data_plane.tls_files import Shown, load_shown

if TYPE_CHECKING:
    from ece_simulator.installation import Installation
    from ece_simulator.partners.partner import Partner
    from ece_simulator.simulator import Simulator


class Exchangeable:
    """A server's context whose certificate can be another one for each new connection, whatever the kind of its key.

    OpenSSL keeps one certificate per kind of key beside each other, so loading a new one is not enough.
    """

    def __init__(self, client_authority: str | None = None) -> None:
        self._client_authority = client_authority
        self.context = self._new()
        self.context.sni_callback = self._choose
        self._shown: ssl.SSLContext | None = None

    def show(self, shown: Shown) -> None:
        """New connections see this certificate."""
        if self._shown is None:
            load_shown(self.context, shown)
        chosen = self._new()
        load_shown(chosen, shown)
        self._shown = chosen

    def _new(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self._client_authority is not None:
            context.load_verify_locations(cadata=self._client_authority)
        return context

    def _choose(self, connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        if self._shown is not None:
            connection.context = self._shown


def api_tls(simulator: Simulator, installation: Installation) -> ssl.SSLContext:
    """The port of ECE's API: the platform's certificate, or the uploaded chain of the service `ui`."""
    world = installation.world
    authority = world.authority
    _certify_host(simulator, installation)
    exchangeable = Exchangeable(authority.client_authority.pem)

    def show(kind: str) -> None:
        uploaded = world.chains.get("ui")
        if uploaded is not None and kind == "normal":
            exchangeable.show(Shown("".join(uploaded.pems), uploaded.key_pem))
            return
        pair = authority.server_certificate(kind)
        exchangeable.show(Shown(pair.pem, pair.key_pem))

    def demand(required: bool) -> None:
        exchangeable.context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_NONE

    def changed(service: str) -> None:
        if service == "ui":
            show("normal")

    show(simulator.certificate)
    demand(simulator.client_certificate_required)
    world.on_certificate_change.append(changed)
    installation.show_certificate, installation.demand_client_certificate = show, demand
    ca_file = simulator.state_dir / f"{installation.name}-ca.pem"
    ca_file.write_text(authority.platform.pem, encoding="ascii")
    installation.ca_file = str(ca_file)
    return exchangeable.context


def proxy_tls(simulator: Simulator, installation: Installation) -> ssl.SSLContext:
    """The port that stands for 9243: the chain of the proxies; its root is also left in a file."""
    world = installation.world
    exchangeable = Exchangeable()
    ca_file = simulator.state_dir / f"{installation.name}-proxy-ca.pem"

    def show() -> None:
        chain = world.proxy_chain()
        exchangeable.show(Shown("".join(chain.pems), chain.key_pem))
        ca_file.write_text(chain.root_pem, encoding="ascii")

    def changed(service: str) -> None:
        if service == "proxy":
            show()

    show()
    world.on_certificate_change.append(changed)
    installation.proxy_ca_file = str(ca_file)
    return exchangeable.context


def partner_tls(partner: Partner) -> ssl.SSLContext:
    """The HTTP port of a partner: what its settings name."""
    exchangeable = Exchangeable()

    def show() -> None:
        shown = partner.nodes[0].http if partner.nodes else None
        if shown is not None:
            exchangeable.show(shown)

    show()
    partner.on_restart.append(show)
    return exchangeable.context


def _certify_host(simulator: Simulator, installation: Installation) -> None:
    authority = installation.world.authority
    if simulator.host not in authority.hosts and simulator.host != "0.0.0.0":  # noqa: S104  no name to certify
        authority.hosts = (*authority.hosts, simulator.host)
