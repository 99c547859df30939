"""What clusters say to each other once TLS stands: one JSON object per line, a request and its reply.

This stands in for Elasticsearch's transport protocol; the shapes are the simulator's own. The listening end speaks
first (`GREETING`, or `{"alert": …}`), so that a refusal reaches the caller before it says anything.
"""

from __future__ import annotations

import json
import socket
from typing import Any

GREETING: dict[str, Any] = {"welcome": True}
LONGEST = 4 * 1024 * 1024
"""Longest frame in bytes."""


def send(connection: socket.socket, frame: dict[str, Any]) -> None:
    """Send one frame."""
    connection.sendall(json.dumps(frame).encode() + b"\n")


def receive(connection: socket.socket) -> dict[str, Any]:
    """Receive one frame. ConnectionError when the peer closes first."""
    data = b""
    while not data.endswith(b"\n"):
        chunk = connection.recv(65536)
        if not chunk:
            raise ConnectionResetError("closed by remote")
        data += chunk
        if len(data) > LONGEST:
            raise ConnectionError("frame too long")
    frame = json.loads(data)
    if not isinstance(frame, dict):
        raise ConnectionError("a frame is a JSON object")
    return frame
