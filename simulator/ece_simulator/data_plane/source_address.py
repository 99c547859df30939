"""Who connects and to whom: the proxy protocol version 2, and the server name of a ClientHello.

All simulated clusters live on loopback; who dials puts the address that the other side shall see in front.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
import time

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
_HEAD = struct.Struct(">12sBBH")
_VERSION_2_PROXY = 0x21
_TCP4, _TCP6 = 0x11, 0x21
_LONGEST_HELLO = 16 * 1024


def header(source: str, destination_port: int) -> bytes:
    """The proxy protocol header for a connection from `source` (an address, no name)."""
    address = ipaddress.ip_address(source)
    target = ipaddress.ip_address("127.0.0.1") if address.version == 4 else ipaddress.ip_address("::1")
    body = address.packed + target.packed + struct.pack(">HH", 49152, destination_port)
    return _HEAD.pack(SIGNATURE, _VERSION_2_PROXY, _TCP4 if address.version == 4 else _TCP6, len(body)) + body


def take_source(connection: socket.socket) -> tuple[str, bool]:
    """The address the header in front of a connection names; the socket's own without one, and whether there was one.

    Takes the header off the stream. ConnectionError when the peer leaves in the middle of it.
    """
    if _peek(connection, len(SIGNATURE)) != SIGNATURE:
        return str(connection.getpeername()[0]), False
    _, _, family, size = _HEAD.unpack(_exactly(connection, _HEAD.size))
    body = _exactly(connection, size)
    length = 4 if family == _TCP4 else 16
    return str(ipaddress.ip_address(body[:length])), True


def _peek(connection: socket.socket, size: int) -> bytes:
    """The next bytes without taking them off the stream; fewer when the peer has nothing more to say for a moment."""
    patience = time.monotonic() + 1.0
    while True:
        data = connection.recv(size, socket.MSG_PEEK)
        if len(data) >= size or not data or time.monotonic() > patience:
            return data
        time.sleep(0.001)


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        chunk = connection.recv(size - len(data))
        if not chunk:
            raise ConnectionError("the peer left within the proxy protocol header")
        data += chunk
    return data


def peek_server_name(connection: socket.socket) -> str | None:
    """The server name of the ClientHello that waits on a connection; None without one. Nothing is taken off."""
    record = _peek(connection, 5)
    if len(record) < 5 or record[0] != 0x16:
        return None
    size = min(5 + int.from_bytes(record[3:5], "big"), _LONGEST_HELLO)
    return _server_name(_peek(connection, size)[5:])


def _server_name(hello: bytes) -> str | None:
    try:
        place = 4 + 2 + 32  # handshake head, version, random
        place += 1 + hello[place]  # session id
        place += 2 + int.from_bytes(hello[place : place + 2], "big")  # cipher suites
        place += 1 + hello[place]  # compression
        end = place + 2 + int.from_bytes(hello[place : place + 2], "big")
        place += 2
        while place + 4 <= end:
            kind, size = struct.unpack(">HH", hello[place : place + 4])
            if kind == 0:  # server_name: list length, type, name length, name
                return hello[place + 9 : place + 4 + size].decode("ascii")
            place += 4 + size
    except (IndexError, struct.error, UnicodeDecodeError):
        return None
    return None
