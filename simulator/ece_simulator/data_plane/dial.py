"""The dialling end: a cluster opens a connection to another one and says who it is. Errors carry Elasticsearch's words.

The words are those of the log lines that Elastic documents for remote clusters, so that a diagnosis can be tested
against what a user would find.
"""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass, field
from typing import Any

from ece_simulator.data_plane.certificates import other_names_in
from ece_simulator.data_plane.frames import receive, send
from ece_simulator.data_plane.network import Place, Plane
from ece_simulator.data_plane.party import TransportTrust
from ece_simulator.data_plane.source_address import header
from ece_simulator.data_plane.tls_files import Shown, client_context

KEY_PORT = 9443
"""Where remote cluster servers listen."""
PATIENCE = 5.0
"""Seconds to wait for the other side."""
CONNECT_FAILED = "connect_transport_exception"
_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\Z")


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
    shown: Shown
    issuer: str
    """The CA (PEM) that signed the node's certificate."""
    transport: TransportTrust
    server_authorities: tuple[str, ...]
    credentials: str | None = field(default=None, repr=False)
    checks_server_host: bool = True
    """Whether the name must fit the certificate on the API-key model (`verification_mode` full)."""
    checks_node_host: bool = False
    """The same on the certificate model."""


class Refused(Exception):
    """The connection does not stand, or the other side refused a request; the text is what Elasticsearch would say."""

    def __init__(self, reason: str, type_name: str = CONNECT_FAILED, status: int = 500) -> None:
        super().__init__(reason)
        self.reason, self.type, self.status = reason, type_name, status


class Connection:
    """A standing connection to another cluster; `ask` sends a frame. Use it as a context manager."""

    def __init__(self, secured: ssl.SSLSocket, target: Target, credentials: str | None) -> None:
        self._secured, self._target, self._credentials = secured, target, credentials
        self._welcome = False

    def ask(self, frame: dict[str, Any]) -> dict[str, Any]:
        """Send a frame and return the reply; Refused with the other side's words if it refuses."""
        if not self._welcome:
            self._welcome = bool(self._heard({}))
        answer = self._heard({**frame, "credentials": self._credentials} if self._credentials else frame)
        if "error" in answer:
            raise Refused(str(answer["error"]), str(answer["type"]), int(answer["status"]))
        reply: dict[str, Any] = answer["reply"]
        return reply

    def _heard(self, frame: dict[str, Any]) -> dict[str, Any]:
        """What the other side says next, after the frame if there is one to send."""
        try:
            if frame:
                send(self._secured, frame)
            answer = receive(self._secured)
        except ssl.SSLEOFError as error:
            raise Refused(_closed(self._target)) from error
        except ssl.SSLError as error:
            raise Refused(_alert(error)) from error
        except OSError as error:
            raise Refused(_closed(self._target)) from error
        if "alert" in answer:
            raise Refused(f"Received fatal alert: {answer['alert']}")
        return answer

    def close(self) -> None:
        """Hang up."""
        self._secured.close()

    def __enter__(self) -> Connection:
        """The connection itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        self.close()


def connect(caller: Caller, target: Target, plane: Plane) -> Connection:
    """Open a connection: on the API-key model when the caller holds a key for the alias, else by certificate.

    Refused tells what failed, in the words of Elasticsearch's log.
    """
    if target.server_name is not None and not _HOST_NAME.match(target.server_name):
        raise Refused(f"invalid DiscoveryNode server_name [{target.server_name}]")
    place = plane.network.place_of(target.host)
    port = place.real_port(target.port, caller.source) if place is not None else None
    if place is None or port is None:
        raise Refused(_unreachable(target))
    by_key = caller.credentials is not None
    name = _hello_name(target, by_key=by_key or caller.checks_node_host)
    try:
        raw = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        raw.sendall(header(caller.source, target.port))
        plane.wire.begun(raw.getsockname()[1])
    except OSError as error:
        raise Refused(_unreachable(target)) from error
    try:
        secured = _context(caller, target, place, name, by_key=by_key).wrap_socket(raw, server_hostname=name)
    except ssl.SSLError as error:
        raw.close()
        raise Refused(_untrusted(error, target, by_key=by_key)) from error
    except OSError as error:
        raw.close()
        raise Refused(_closed(target)) from error
    if not by_key:
        _check_names(caller, secured, target)
    return Connection(secured, target, caller.credentials)


def _hello_name(target: Target, *, by_key: bool) -> str | None:
    """The name in the TLS hello. Only who checks host names falls back to the host (inferred)."""
    return target.server_name or (target.host if by_key else None)


def _check_names(caller: Caller, secured: ssl.SSLSocket, target: Target) -> None:
    names = other_names_in(secured.getpeercert(binary_form=True))
    if not caller.transport.accepts(names):
        secured.close()
        raise Refused(
            f"certificate of the server at [{target.host}:{target.port}] with the otherName "
            f"[{', '.join(names) or 'none'}] does not match the trusted names"
        )


def _context(caller: Caller, target: Target, place: Place, name: str | None, *, by_key: bool) -> ssl.SSLContext:
    # a client shows its certificate where the hello of the server asks for one of its issuer; a node that meets
    # another node shows it in any case, so that the refusal names what is wrong with it
    asked = caller.issuer in place.asked_authorities(target.port, name)
    shown = caller.shown if asked or (not by_key and target.port != KEY_PORT) else None
    if by_key:
        return client_context(caller.server_authorities, shown, check_name=caller.checks_server_host)
    return client_context(caller.transport.authorities, shown, check_name=caller.checks_node_host)


def _unreachable(target: Target) -> str:
    return f"failed to open any proxy connections to cluster: connect_exception: [{target.host}:{target.port}]"


def _closed(target: Target) -> str:
    return f"transport connection to [{target.host}:{target.port}] closed by remote"


def _untrusted(error: ssl.SSLError, target: Target, *, by_key: bool) -> str:
    if isinstance(error, ssl.SSLEOFError):
        return _closed(target)
    if not isinstance(error, ssl.SSLCertVerificationError):
        return _alert(error)
    name = "xpack.security.remote_cluster_client.ssl" if by_key else "xpack.security.transport.ssl"
    if "mismatch" in error.verify_message:
        cause = f"the server's certificate does not fit the name: {error.verify_message}"
    elif "expired" in error.verify_message:
        cause = f"the server's certificate is not valid: {error.verify_message}"
    else:
        cause = f"this ssl context ([{name}]) is not configured to trust that issuer: {error.verify_message}"
    return f"failed to establish trust with server at [{target.host}:{target.port}] in ssl context [{name}]; {cause}"


_ALERTS = {
    # what OpenSSL calls the alerts that Java would send as another one
    "certificate_required": "bad_certificate",
    "unknown_ca": "certificate_unknown",
}


def _alert(error: ssl.SSLError) -> str:
    reason = (error.reason or str(error)).lower()
    name = reason.rpartition("alert_")[2]
    return f"Received fatal alert: {_ALERTS.get(name, name)}"
