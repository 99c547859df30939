"""The listening ends: 9400, passed through to the node, and 9443, where TLS ends at the proxy.

Each port is a thread that accepts and one short-lived thread per connection. The proxy finds the cluster by the
server name of the ClientHello; on 9400 the TLS session is the node's own.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from ece_simulator.data_plane.certificates import other_names_in
from ece_simulator.data_plane.frames import receive, send
from ece_simulator.data_plane.handshake_log import Handshake, HandshakeLog
from ece_simulator.data_plane.names import identity_in
from ece_simulator.data_plane.party import Party, Peer, Verdict
from ece_simulator.data_plane.rules import lets_in
from ece_simulator.data_plane.source_address import peek_server_name, take_source
from ece_simulator.data_plane.tls_files import server_context
from ece_simulator.tls import Pair

TRANSPORT_PORT = 9400
KEY_PORT = 9443
_PATIENCE = 5.0
"""Seconds a connection may stay silent."""

FORBIDDEN = "BLOCKED_BY_TRAFFIC_FILTER"


class EdgeCertificate(Protocol):
    """What the proxy shows on 9443, and whose client certificates it can read."""

    def edge_chain(self) -> tuple[Pair, str]:
        """The server certificate with its key, and the PEM texts of the chain behind it."""

    def known_authorities(self) -> Sequence[str]:
        """CAs (PEM) by which the proxy identifies clients."""


class Listener:
    """One port on loopback, served from a thread until `close`."""

    def __init__(self, name: str, serve: Callable[[socket.socket], None]) -> None:
        self._serve = serve
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name=name, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        connection.settimeout(_PATIENCE)
        with contextlib.suppress(OSError, ValueError), connection:
            self._serve(connection)

    def close(self) -> None:
        """Stop listening."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class Ports:
    """The two ports of one installation (or of one cluster elsewhere)."""

    def __init__(
        self, name: str, find: Callable[[str | None], Party | None], edge: EdgeCertificate, log: HandshakeLog
    ) -> None:
        self._find, self._edge, self._log = find, edge, log
        self._transport = Listener(f"{name}-{TRANSPORT_PORT}", self._serve_transport)
        self._key = Listener(f"{name}-{KEY_PORT}", self._serve_key)

    def real_port(self, port: int) -> int | None:
        """The loopback port that stands for `port`; None for a port nobody listens on."""
        return {TRANSPORT_PORT: self._transport.port, KEY_PORT: self._key.port}.get(port)

    def close(self) -> None:
        """Close both ports."""
        self._transport.close()
        self._key.close()

    def _note(
        self, port: int, server_name: str | None, peer: Peer, party: Party | None, outcome: str, detail: str = ""
    ) -> None:
        cluster_id = party.cluster_id if party is not None else None
        self._log.add(Handshake(port, server_name, peer.source, cluster_id, peer.names, outcome, detail))

    def _serve_transport(self, raw: socket.socket) -> None:
        peer = Peer(take_source(raw))
        name = peek_server_name(raw)
        party = self._find(name)
        if party is None or not party.running:
            self._note(TRANSPORT_PORT, name, peer, None, "unknown_name")
            return
        trust = party.transport_trust()
        context = server_context(party.node_pair(), trust.authorities, client=ssl.CERT_REQUIRED)
        try:
            secured = context.wrap_socket(raw, server_side=True)
        except (ssl.SSLError, OSError) as error:
            self._note(TRANSPORT_PORT, name, peer, party, "tls", str(error))
            return
        with secured:
            peer = _identified(peer, secured)
            if not trust.accepts(peer.names):
                self._note(TRANSPORT_PORT, name, peer, party, "untrusted_name", "does not match the trusted names")
                return
            self._note(TRANSPORT_PORT, name, peer, party, "connected")
            _converse(secured, lambda frame: party.answer_transport(peer, frame))

    def _serve_key(self, raw: socket.socket) -> None:
        peer = Peer(take_source(raw))
        name = peek_server_name(raw)
        pair, chain = self._edge.edge_chain()
        context = server_context(pair, self._edge.known_authorities(), client=ssl.CERT_OPTIONAL, chain=chain)
        try:
            secured = context.wrap_socket(raw, server_side=True)
        except (ssl.SSLError, OSError) as error:
            self._note(KEY_PORT, name, peer, None, "tls", str(error))
            return
        with secured:
            self._route(secured, _identified(peer, secured), name)

    def _route(self, secured: ssl.SSLSocket, peer: Peer, name: str | None) -> None:
        party = self._find(name)
        if party is None or not party.running:
            self._note(KEY_PORT, name, peer, None, "unknown_name")
            return
        if not lets_in(party.filters(), peer):
            self._note(KEY_PORT, name, peer, party, FORBIDDEN)
            return
        _converse(secured, lambda frame: self._judged(party, peer, name, frame))

    def _judged(self, party: Party, peer: Peer, name: str | None, frame: dict[str, object]) -> Verdict:
        credentials = frame.pop("credentials", None)
        verdict = party.answer_with_key(peer, str(credentials) if credentials is not None else None, frame)
        if frame.get("action") == "handshake":
            outcome = "connected" if verdict.refused is None else "key"
            self._note(KEY_PORT, name, peer, party, outcome, verdict.refused or "")
        return verdict


def _identified(peer: Peer, secured: ssl.SSLSocket) -> Peer:
    names = tuple(other_names_in(secured.getpeercert(binary_form=True)))
    identity = next((found for found in map(identity_in, names) if found is not None), None)
    return Peer(peer.source, names, identity)


def _converse(secured: ssl.SSLSocket, answer: Callable[[dict[str, object]], Verdict]) -> None:
    with contextlib.suppress(ConnectionError):
        while True:
            send(secured, answer(receive(secured)).frame())
