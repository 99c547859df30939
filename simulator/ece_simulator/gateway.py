"""A way to the simulated host names for programs that cannot resolve them: an HTTP proxy that knows `CONNECT` only.

`CONNECT <host>:<port>` for 9243, 9400 and 9443 of any name below an installation's domain, and for plain loopback
addresses with their real ports, so that one proxy setting serves for everything.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress

from ece_simulator.data_plane.network import Network

_LINE_LIMIT = 8192
_CHUNK = 65536


async def open_gateway(network: Network, host: str, port: int) -> asyncio.Server:
    """Starts the proxy."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            await _serve(network, reader, writer)
        writer.close()

    return await asyncio.start_server(serve, host, port, limit=_LINE_LIMIT)


async def _serve(network: Network, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    method, _, rest = head.partition(" ")
    if method != "CONNECT":
        writer.write(b"HTTP/1.1 405 Method Not Allowed\r\nallow: CONNECT\r\ncontent-length: 0\r\n\r\n")
        return
    target = await asyncio.to_thread(_real_address, network, rest.split(" ")[0])
    if target is None:
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n")
        return
    far_reader, far_writer = await asyncio.open_connection(*target)
    writer.write(b"HTTP/1.1 200 Connection Established\r\n\r\n")
    try:
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
    finally:
        far_writer.close()


def _real_address(network: Network, target: str) -> tuple[str, int] | None:
    host, _, text = target.rpartition(":")
    host, port = host.strip("[]"), int(text)
    try:
        if ipaddress.ip_address(host).is_loopback:
            return host, port
    except ValueError:
        pass  # a name
    place = network.place_of(host)
    real = place.reachable_port(port) if place is not None else None
    return None if real is None else ("127.0.0.1", real)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    if writer.can_write_eof():
        with contextlib.suppress(OSError):
            writer.write_eof()
