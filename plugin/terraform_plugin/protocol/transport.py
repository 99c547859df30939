"""The only module that knows sockets, TLS and gRPC: bytes come in by path, bytes go out."""

from __future__ import annotations

import asyncio
import base64
import logging
import socket
import ssl
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from grpclib.const import Cardinality, Handler, Status
from grpclib.encoding.base import CodecBase
from grpclib.exceptions import GRPCError
from grpclib.protocol import H2Protocol
from grpclib.server import Server, Stream
from h2.settings import SettingCodes

from terraform_plugin.protocol.certificate import self_signed

logger = logging.getLogger("terraform_plugin")

Answer = Callable[[bytes], Awaitable[bytes]]
"""Answers one call; never raises."""

MESSAGE_LIMIT: Final = 256 << 20
"""Bytes of one message in either direction, as in Terraform itself."""

_LONGEST_SOCKET_PATH: Final = 100
"""Characters; the system's limit is 104 to 108."""

_STREAMS: Final = 10_000
"""Calls at once on one connection; Terraform's own parallelism is the real limit."""

_SERVING: Final = b"\x08\x01"
"""``HealthCheckResponse(status=SERVING)``; its request and all other small messages are read as empty."""


class BytesCodec(CodecBase):
    """Messages stay bytes: who answers a call decodes it. That keeps protobuf out of the start of the process."""

    __content_subtype__ = "proto"

    def encode(self, message: Any, message_type: Any) -> bytes:
        """The bytes, unless they are too many."""
        return _limited(message)

    def decode(self, data: bytes, message_type: Any) -> bytes:
        """The bytes, unless they are too many."""
        return _limited(data)


def _limited(data: bytes) -> bytes:
    if len(data) > MESSAGE_LIMIT:
        raise GRPCError(Status.RESOURCE_EXHAUSTED, f"a message of {len(data)} bytes; allowed are {MESSAGE_LIMIT}")
    return data


@dataclass(frozen=True)
class Endpoint:
    """Where the server listens, and what the handshake line says of it."""

    network: str
    address: str
    certificate: str
    """Base64 of the server's certificate (DER) without padding; empty without TLS."""

    def handshake(self) -> str:
        """The one line that Terraform reads on stdout."""
        return f"1|6|{self.network}|{self.address}|grpc|{self.certificate}"


class Transport:
    """A gRPC server on a socket of its own: a Unix socket in a folder only we can open, or loopback TCP.

    ``answer`` gives the function for a path once the provider is loaded; ``shutdown`` is called when Terraform asks
    the process to end.
    """

    def __init__(self, paths: list[str], answer: Callable[[str], Answer], shutdown: Callable[[], Any]) -> None:
        self._work: set[asyncio.Task[bytes]] = set()
        self._closing = asyncio.Event()
        self._shutdown = shutdown
        handlers = {path: _unary(self._shielded(path, answer)) for path in paths}
        handlers["/plugin.GRPCController/Shutdown"] = _unary(self._end)
        handlers["/plugin.GRPCStdio/StreamStdio"] = Handler(self._silence, Cardinality.UNARY_STREAM, None, None)
        handlers["/grpc.health.v1.Health/Check"] = _unary(_health)
        self._server = _Server(handlers)
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    async def start(self, client_certificate: str | None, folder: str | None = None) -> Endpoint:
        """Listen. With the client's certificate (PEM) both sides must show theirs; without it there is no TLS.

        ``folder`` is where the socket's own folder is made; by default the system's place for temporary files.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="tfp-", dir=folder)  # mode 0700
        context, shown = _mutual_tls(client_certificate, self._folder.name) if client_certificate else (None, "")
        path = str(Path(self._folder.name) / "s")
        if hasattr(socket, "AF_UNIX") and len(path.encode()) <= _LONGEST_SOCKET_PATH:
            await self._server.start(path=path, ssl=context)
            return Endpoint("unix", path, shown)
        listening = socket.create_server(("127.0.0.1", 0))
        await self._server.start(sock=listening, ssl=context)
        return Endpoint("tcp", f"127.0.0.1:{listening.getsockname()[1]}", shown)

    async def stop(self, grace: float = 0.0) -> None:
        """Stop listening; calls that still run get ``grace`` seconds to end."""
        self._closing.set()
        if self._work and grace:
            await asyncio.wait(self._work, timeout=grace)
        for task in self._work:
            task.cancel()
        self._server.close()
        if self._folder is not None:
            self._folder.cleanup()

    def _shielded(self, path: str, answer: Callable[[str], Answer]) -> Answer:
        """A call goes on when its connection breaks: a write in flight is not torn off, its object not forgotten."""

        async def call(data: bytes) -> bytes:
            task = asyncio.ensure_future(answer(path)(data))
            self._work.add(task)
            task.add_done_callback(self._work.discard)
            return await asyncio.shield(task)

        return call

    async def _end(self, data: bytes) -> bytes:
        # Called late so that the reply is on its way: Terraform waits for it.
        asyncio.get_running_loop().call_later(0.01, self._shutdown)
        return b""

    async def _silence(self, stream: Stream[bytes, bytes]) -> None:
        """Standard output and error stay with the process; the stream only has to stay open."""
        await stream.recv_message()
        await stream.send_initial_metadata()
        await self._closing.wait()


class _ManyStreams(H2Protocol):
    """HTTP/2 with room for many calls at once: by default the hundred-and-first, even StopProvider, would wait."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.connection._connection.update_settings({SettingCodes.MAX_CONCURRENT_STREAMS: _STREAMS})
        self.connection.flush()


class _Handlers(dict[str, Handler]):
    """Handlers by path. The library's own answer to other paths lacks a header, so that Go takes it for garbage."""

    def get(self, path: str, default: Any = None) -> Any:
        return super().get(path, _UNIMPLEMENTED)


class _Server(Server):
    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        super().__init__([], codec=BytesCodec())
        self._mapping = _Handlers(handlers)

    def _protocol_factory(self) -> H2Protocol:
        usual = super()._protocol_factory()
        return _ManyStreams(usual.handler, usual.config, usual.h2_config)


def _unary(answer: Answer) -> Handler:
    async def serve(stream: Stream[bytes, bytes]) -> None:
        data = await stream.recv_message()
        await stream.send_message(await answer(data or b""))

    return Handler(serve, Cardinality.UNARY_UNARY, None, None)


async def _refuse(stream: Stream[bytes, bytes]) -> None:
    await stream.recv_message()
    raise GRPCError(Status.UNIMPLEMENTED, "this provider does not have that call")


_UNIMPLEMENTED: Final = Handler(_refuse, Cardinality.STREAM_STREAM, None, None)


async def _health(data: bytes) -> bytes:
    return _SERVING


def _mutual_tls(client_certificate: str, folder: str) -> tuple[ssl.SSLContext, str]:
    pem, der = self_signed()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["h2"])
    file = Path(folder) / "certificate.pem"
    file.touch(mode=0o600)
    try:
        file.write_bytes(pem)  # ssl takes files only
        context.load_cert_chain(file)
    finally:
        file.unlink()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=client_certificate)
    return context, base64.b64encode(der).decode().rstrip("=")
