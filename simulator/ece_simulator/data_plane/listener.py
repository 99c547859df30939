"""The listening ends: 9400, passed through to the node, and 9443, where TLS ends at the proxy.

Each port is a thread that accepts and one short-lived thread per connection. The proxy finds the cluster by the
server name of the ClientHello; on 9400 the TLS session is the node's own.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

from ece_simulator.data_plane.certificates import other_names_in
from ece_simulator.data_plane.dial import KEY_PORT
from ece_simulator.data_plane.frames import GREETING, receive, send
from ece_simulator.data_plane.handshake_log import Handshake, HandshakeLog
from ece_simulator.data_plane.names import identity_in
from ece_simulator.data_plane.party import Edge, Party, Peer, Verdict
from ece_simulator.data_plane.rules import lets_in
from ece_simulator.data_plane.source_address import peek_server_name, take_source
from ece_simulator.data_plane.tls_files import server_context
from ece_simulator.data_plane.wire import Wire

TRANSPORT_PORT = 9400
_PATIENCE = 5.0
"""Seconds a connection may stay silent."""

BLOCKED = "BLOCKED_BY_TRAFFIC_FILTER"


class Listener:
    """One port on loopback, served from a thread until `close`."""

    def __init__(self, name: str, serve: Callable[[socket.socket], None]) -> None:
        self._serve = serve
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
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
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError, ValueError), connection:
            self._serve(connection)

    def close(self) -> None:
        """Stop listening."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class Ports:
    """The two ports of one installation (or of one cluster elsewhere), opened when first needed.

    `transport_port` is 9300 where clusters are reached without a proxy in between.
    """

    def __init__(
        self, name: str, edge: Edge, log: HandshakeLog, wire: Wire, transport_port: int = TRANSPORT_PORT
    ) -> None:
        self._name, self._edge, self._log, self._wire = name, edge, log, wire
        self._transport = transport_port
        self._listeners: dict[int, Listener] = {}
        self._lock = threading.Lock()
        self.closed: set[int] = set()
        """Ports that nobody is let to: a firewall, or a balancer without that port."""
        self.others: dict[int, int] = {}
        """Ports served by somebody else, and where."""
        self.key_port = KEY_PORT
        """Where the remote cluster server listens."""
        self.listens: Callable[[int], bool] = lambda _: True
        """Whether somebody listens at one of the two ports at present."""

    def real_port(self, port: int, source: str | None = None) -> int | None:
        """The loopback port that stands for `port`; None for a port nobody listens on or that is closed."""
        serve = {self._transport: self._transport_port, self.key_port: self._key_port}.get(port)
        if serve is None or port in self.closed or not self.listens(port):
            return None
        with self._lock:
            if port not in self._listeners:
                self._listeners[port] = Listener(f"{self._name}-{port}", serve)
            return self._listeners[port].port

    def at(self, host: str) -> Ports:
        """All its names lead here."""
        return self

    def reachable_port(self, port: int) -> int | None:
        """Like `real_port`, but also for the ports of others."""
        return self.real_port(port) or self.others.get(port)

    def asked_authorities(self, port: int, server_name: str | None) -> tuple[str, ...]:
        """The CAs that the TLS hello at a port asks client certificates of."""
        if port == self.key_port:
            return self._edge.known_authorities()
        party = self._edge.find(server_name)
        return party.trust.authorities if party is not None else ()

    def close(self) -> None:
        """Close both ports; they open again when needed."""
        with self._lock:
            for listener in self._listeners.values():
                listener.close()
            self._listeners.clear()

    def _note(
        self, port: int, server_name: str | None, peer: Peer, party: Party | None, outcome: str, detail: str = ""
    ) -> None:
        cluster_id = party.cluster_id if party is not None else None
        caller = peer.identity.cluster_id if peer.identity is not None else None
        self._log.add(Handshake(port, server_name, peer.source, cluster_id, caller, peer.names, outcome, detail))

    @contextlib.contextmanager
    def _introduced(self, raw: socket.socket) -> Iterator[Peer]:
        """Who dials; at the end the wire is told that everything about it is written down."""
        port = raw.getpeername()[1]
        source, by_header = take_source(raw)
        try:
            yield Peer(source)
        finally:
            if by_header:
                self._wire.ended(port)

    def _transport_port(self, raw: socket.socket) -> None:
        with self._introduced(raw) as peer:
            if not self._blocked(self._transport, peer):
                self._serve_transport(raw, peer)

    def _key_port(self, raw: socket.socket) -> None:
        with self._introduced(raw) as peer:
            if not self._blocked(self.key_port, peer):
                self._serve_key(raw, peer)

    def _blocked(self, port: int, peer: Peer) -> bool:
        outcome = self._edge.blocks(port, peer.source)
        if outcome is not None:
            self._note(port, None, peer, None, outcome)
        return outcome is not None

    def _serve_transport(self, raw: socket.socket, peer: Peer) -> None:
        name = peek_server_name(raw)
        party = self._edge.find(name)
        if party is None or not party.running:
            outcome = "unknown_name" if party is None else "not_running"
            self._note(self._transport, name, peer, party, outcome)
            return
        context = server_context(party.node, party.trust.authorities, ssl.CERT_REQUIRED)
        try:
            secured = context.wrap_socket(raw, server_side=True)
        except OSError as error:
            party.note(_told(error))
            self._note(self._transport, name, peer, party, "tls", str(error))
            return
        with secured:
            peer = _identified(peer, secured)
            if not party.trust.accepts(peer.names):
                # a node refuses within the handshake, by an alert
                send(secured, {"alert": "certificate_unknown"})
                names = ", ".join(peer.names) or "none"
                party.note(f"certificate of the client with the otherName [{names}] does not match the trusted names")
                self._note(self._transport, name, peer, party, "untrusted_name", "does not match the trusted names")
                return
            _converse(secured, lambda frame: self._transported(party, peer, name, frame))

    def _transported(self, party: Party, peer: Peer, name: str | None, frame: dict[str, Any]) -> Verdict:
        verdict = party.answer_transport(peer, _credentials(frame), frame)
        self._note_handshake(self._transport, party, peer, name, frame, verdict)
        return verdict

    def _serve_key(self, raw: socket.socket, peer: Peer) -> None:
        name = peek_server_name(raw)
        context = server_context(self._edge.shown(), self._edge.known_authorities(), ssl.CERT_OPTIONAL)
        try:
            secured = context.wrap_socket(raw, server_side=True)
        except OSError as error:
            self._note(self.key_port, name, peer, self._edge.find(name), "tls", str(error))
            return
        with secured:
            self._route(secured, _identified(peer, secured), name)

    def _route(self, secured: ssl.SSLSocket, peer: Peer, name: str | None) -> None:
        party = self._edge.find(name)
        if party is None or not party.running:
            outcome = "unknown_name" if party is None else "not_running"
            self._note(self.key_port, name, peer, party, outcome)
            return
        if not lets_in(party.filters, peer):
            self._note(self.key_port, name, peer, party, BLOCKED)
            return
        _converse(secured, lambda frame: self._judged(party, peer, name, frame))

    def _judged(self, party: Party, peer: Peer, name: str | None, frame: dict[str, Any]) -> Verdict:
        verdict = party.answer_with_key(peer, _credentials(frame), frame)
        self._note_handshake(self.key_port, party, peer, name, frame, verdict)
        return verdict

    def _note_handshake(
        self, port: int, party: Party, peer: Peer, name: str | None, frame: dict[str, Any], verdict: Verdict
    ) -> None:
        if frame.get("action") == "handshake":
            refused = "key" if port == self.key_port else "transport"
            outcome = "connected" if verdict.refused is None else refused
            self._note(port, name, peer, party, outcome, verdict.refused or "")


def _credentials(frame: dict[str, Any]) -> str | None:
    given = frame.pop("credentials", None)
    return None if given is None else str(given)


def _told(error: OSError) -> str:
    """What a node writes about a handshake that failed."""
    reason = (getattr(error, "reason", None) or str(error)).lower()
    if "peer_did_not_return" in reason:
        return "client did not show a certificate: Empty client certificate chain"
    if "alert" in reason:
        return "client did not trust this server's certificate, closing connection"
    return (
        "failed to establish trust with client: the ssl context [xpack.security.transport.ssl] "
        f"is not configured to trust that issuer: {reason}"
    )


def _identified(peer: Peer, secured: ssl.SSLSocket) -> Peer:
    names = tuple(other_names_in(secured.getpeercert(binary_form=True)))
    identity = next((found for found in map(identity_in, names) if found is not None), None)
    return Peer(peer.source, names, identity)


def _converse(secured: ssl.SSLSocket, answer: Callable[[dict[str, Any]], Verdict]) -> None:
    with contextlib.suppress(ConnectionError):
        send(secured, GREETING)
        while True:
            send(secured, answer(receive(secured)).frame())
