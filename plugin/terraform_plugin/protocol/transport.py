"""The only module that knows sockets, TLS and gRPC: calls come in here and go to a table of handlers."""

from __future__ import annotations

import base64
import socket
import ssl
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grpclib.const import Cardinality, Handler
from grpclib.server import Server, Stream

from terraform_plugin.protocol.certificate import self_signed

Answer = Callable[[Any], Awaitable[Any]]


@dataclass(frozen=True)
class Endpoint:
    """Where the server listens, and what the handshake line says of it."""

    network: str
    address: str
    certificate: str
    """Base64 of the server's certificate without padding; empty without TLS."""

    def handshake(self) -> str:
        """The one line that Terraform reads on stdout."""
        return f"1|6|{self.network}|{self.address}|grpc|{self.certificate}"


def unary(answer: Answer, request: Any, reply: Any) -> Handler:
    """One request, one reply."""

    async def serve(stream: Stream[Any, Any]) -> None:
        message = await stream.recv_message()
        await stream.send_message(await answer(message))

    return Handler(serve, Cardinality.UNARY_UNARY, request, reply)


def silent_stream(wait: Callable[[], Awaitable[Any]], request: Any, reply: Any) -> Handler:
    """A stream that stays open and says nothing until `wait` returns."""

    async def serve(stream: Stream[Any, Any]) -> None:
        await stream.recv_message()
        await wait()

    return Handler(serve, Cardinality.UNARY_STREAM, request, reply)


class _Table:
    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        self._handlers = dict(handlers)

    def __mapping__(self) -> Mapping[str, Handler]:
        return self._handlers


class Transport:
    """A gRPC server on a socket of its own: a Unix socket in a folder only we can open, or loopback TCP."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        self._server = Server([_Table(handlers)])
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    async def start(self, client_certificate: str | None) -> Endpoint:
        """Listen. With the client's certificate (PEM) both sides must show theirs; without it there is no TLS."""
        context, shown = _mutual_tls(client_certificate) if client_certificate else (None, "")
        if not hasattr(socket, "AF_UNIX"):
            listening = socket.create_server(("127.0.0.1", 0))
            await self._server.start(sock=listening, ssl=context)
            return Endpoint("tcp", f"127.0.0.1:{listening.getsockname()[1]}", shown)
        self._folder = tempfile.TemporaryDirectory(prefix="tfp")
        path = str(Path(self._folder.name) / "s")
        await self._server.start(path=path, ssl=context)
        return Endpoint("unix", path, shown)

    async def stop(self) -> None:
        """Stop listening and let running calls end."""
        self._server.close()
        await self._server.wait_closed()
        if self._folder is not None:
            self._folder.cleanup()


def _mutual_tls(client_certificate: str) -> tuple[ssl.SSLContext, str]:
    pem, key, der = self_signed()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["h2"])
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:  # mode 0600; ssl takes files only
        file.write(key + pem)
        file.flush()
        context.load_cert_chain(file.name)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=client_certificate)
    return context, base64.b64encode(der).decode().rstrip("=")
