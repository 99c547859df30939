"""The dialling end: a cluster opens a connection to another one and says who it is. Errors carry Elasticsearch's words.

The words are those of the log lines that Elastic documents for remote clusters, so that a diagnosis can be tested
against what a user would find.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ece_simulator.data_plane.certificates import other_names_in
from ece_simulator.data_plane.frames import receive, send
from ece_simulator.data_plane.party import TransportTrust
from ece_simulator.data_plane.source_address import header
from ece_simulator.data_plane.tls_files import client_context
from ece_simulator.tls import Pair

PATIENCE = 5.0
"""Seconds to wait for the other side."""


@dataclass(frozen=True)
class Target:
    """Where a connection goes: the address as configured, and the name sent in the TLS hello."""

    host: str
    port: int
    server_name: str | None


@dataclass(frozen=True)
class Caller:
    """Who dials: the address others see, the node's certificate, whom it trusts, the key it holds for the alias."""

    source: str
    pair: Pair
    transport: TransportTrust
    server_authorities: Sequence[str]
    credentials: str | None = field(default=None, repr=False)


class ConnectionRefused(Exception):
    """The connection does not stand; the text is what Elasticsearch would log."""


Resolve = Callable[[str, int], int | None]
"""Maps host and port to a port on loopback; None where nobody answers."""
Presents = Callable[[str, int, Pair], bool]
"""Whether the other side would accept a client certificate of this issuer (TLS tells a client so in the handshake)."""


class Connection:
    """A standing connection to another cluster; `ask` sends a frame. Use it as a context manager."""

    def __init__(self, secured: ssl.SSLSocket, credentials: str | None) -> None:
        self._secured = secured
        self._credentials = credentials

    def ask(self, frame: dict[str, Any]) -> dict[str, Any]:
        """Send a frame and return the reply; ConnectionRefused with the other side's words if it refuses."""
        try:
            send(self._secured, {**frame, "credentials": self._credentials} if self._credentials else frame)
            answer = receive(self._secured)
        except ssl.SSLError as error:
            raise ConnectionRefused(_alert(error)) from error
        except OSError as error:
            raise ConnectionRefused(f"transport connection closed by remote: {error}") from error
        if "error" in answer:
            raise ConnectionRefused(str(answer["error"]))
        reply: dict[str, Any] = answer["reply"]
        return reply

    def close(self) -> None:
        """Hang up."""
        self._secured.close()

    def __enter__(self) -> Connection:
        """The connection itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        self.close()


def connect(caller: Caller, target: Target, resolve: Resolve, presents: Presents) -> Connection:
    """Open a connection: on the API-key model when the caller holds a key for the alias, else by certificate.

    ConnectionRefused tells what failed, in the words of Elasticsearch's log.
    """
    port = resolve(target.host, target.port)
    if port is None:
        raise ConnectionRefused(
            f"failed to open any proxy connections to cluster: connect_exception: {target.host}:{target.port}"
        )
    by_key = caller.credentials is not None
    context = _context(caller, target, presents, by_key=by_key)
    try:
        raw = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        raw.sendall(header(caller.source, target.port))
        secured = context.wrap_socket(raw, server_hostname=target.server_name or target.host)
    except ssl.SSLError as error:
        raise ConnectionRefused(_untrusted(error, by_key=by_key)) from error
    except OSError as error:
        raise ConnectionRefused(
            f"failed to open any proxy connections to cluster: connect_exception: {error}"
        ) from error
    names = other_names_in(secured.getpeercert(binary_form=True))
    if not by_key and not caller.transport.accepts(names):
        secured.close()
        raise ConnectionRefused(
            f"certificate of the remote ({', '.join(names) or 'no otherName'}) does not match the trusted names"
        )
    return Connection(secured, caller.credentials)


def _context(caller: Caller, target: Target, presents: Presents, *, by_key: bool) -> ssl.SSLContext:
    if not by_key:
        return client_context(caller.transport.authorities, pair=caller.pair, check_name=False)
    pair = caller.pair if presents(target.host, target.port, caller.pair) else None
    return client_context(caller.server_authorities, pair=pair, check_name=True)


def _untrusted(error: ssl.SSLError, *, by_key: bool) -> str:
    name = "xpack.security.remote_cluster_client.ssl" if by_key else "xpack.security.transport.ssl"
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"failed to establish trust with server in ssl context [{name}]: {error.verify_message}; "
            "this ssl context is not configured to trust that issuer or the certificate does not fit"
        )
    return _alert(error)


def _alert(error: ssl.SSLError) -> str:
    reason = (error.reason or str(error)).lower().replace("tlsv13_alert_certificate_required", "bad_certificate")
    if "alert" in reason or "bad_certificate" in reason:
        return f"Received fatal alert: {reason.rpartition('alert_')[2]}"
    return f"TLS failed: {reason}"
