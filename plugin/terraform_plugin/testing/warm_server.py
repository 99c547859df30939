"""The warm process: it has loaded a provider's modules and forks a fresh provider for each start that is asked for.

A fork shares nothing with another one but loaded code: memory, environment, folder and streams are its own.
"""

from __future__ import annotations

import array
import contextlib
import gc
import importlib
import marshal
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

_FDS: Final = 4
"""The three streams, and a handle on the process that asked: Terraform."""


def function(name: str) -> Callable[[], Any]:
    """What ``module:function`` names."""
    module, _, attribute = name.partition(":")
    found: Callable[[], Any] = getattr(importlib.import_module(module), attribute)
    return found


@dataclass
class Request:
    """One start that was asked for."""

    folder: str
    arguments: list[str]
    environment: dict[str, str]
    streams: list[int]
    asker: int


@dataclass
class Started:
    """A provider that runs, and who is told of its end."""

    pid: int
    handle: int
    asker: int
    connection: socket.socket


def receive(connection: socket.socket) -> Request | None:
    """Read a request; None from a launcher that died on the way."""
    size, ancillary, _, _ = connection.recvmsg(4, socket.CMSG_SPACE(_FDS * 4))
    fds = array.array("i")
    for _, kind, data in ancillary:
        if kind == socket.SCM_RIGHTS:
            fds.frombytes(data)
    if len(size) < 4 or len(fds) < _FDS:
        return None
    left = int.from_bytes(size, "big")
    content = b""
    while len(content) < left:
        part = connection.recv(left - len(content))
        if not part:
            return None
        content += part
    folder, arguments, environment = marshal.loads(content)  # noqa: S302  (from our own launcher)
    return Request(folder, arguments, environment, list(fds[:3]), fds[3])


class WarmServer:
    """Forks providers until its own standard input ends."""

    def __init__(self, listener: socket.socket, program: Callable[[], Any]) -> None:
        self._listener = listener
        self._program = program
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ, self._accept)
        self._selector.register(0, selectors.EVENT_READ, self._end)
        self._running = True

    def serve(self) -> None:
        """Fork whenever somebody asks; returns when the owner is gone."""
        while self._running:
            for key, _ in self._selector.select():
                if key.fileobj in self._selector.get_map():  # an earlier one of this round may have removed it
                    key.data()

    def _end(self) -> None:
        self._running = False

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        request = receive(connection)
        if request is None:
            connection.close()
            return
        pid = os.fork()
        if pid == 0:
            connection.close()
            self._become(request)
        for stream in request.streams:
            os.close(stream)
        started = Started(pid, os.pidfd_open(pid), request.asker, connection)
        for watched, what in (
            (started.handle, self._ended),
            (started.asker, self._orphaned),
            (connection, self._killed),
        ):
            self._selector.register(watched, selectors.EVENT_READ, lambda what=what: what(started))

    def _become(self, request: Request) -> None:
        """In the fork: be the provider that Terraform started; never returns."""
        code = 1
        try:
            for key in list(self._selector.get_map().values()):
                if key.fd != 0:
                    os.close(key.fd)
            self._selector.close()
            for number, stream in enumerate(request.streams):
                os.dup2(stream, number)
                os.close(stream)
            os.close(request.asker)
            os.environ.clear()
            os.environ.update(request.environment)
            os.chdir(request.folder)
            sys.argv[1:] = request.arguments
            code = self._program() or 0
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _forget(self, started: Started) -> None:
        for watched in (started.handle, started.asker, started.connection):
            if watched in self._selector.get_map():
                self._selector.unregister(watched)
        os.close(started.handle)
        os.close(started.asker)
        started.connection.close()

    def _ended(self, started: Started) -> None:
        """The provider ended: its launcher ends with the same code."""
        _, status = os.waitpid(started.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        with contextlib.suppress(OSError):  # the launcher may be gone too
            started.connection.send(bytes([code if 0 <= code < 256 else 128 - code]))
        self._forget(started)

    def _orphaned(self, started: Started) -> None:
        """Terraform died without a word: the provider is told as if its own parent had."""
        self._selector.unregister(started.asker)
        os.kill(started.pid, signal.SIGTERM)

    def _killed(self, started: Started) -> None:
        """The launcher is gone, so somebody killed the provider."""
        self._selector.unregister(started.connection)
        os.kill(started.pid, signal.SIGKILL)


def main(address: str, program: str, load: str, *path: str) -> None:
    """Load, listen on the socket at ``address`` and say so on stdout, then serve."""
    sys.path[:0] = path
    run = function(program)
    if load:
        function(load)()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(address)
    listener.listen(64)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.collect()
    gc.freeze()  # a fork then copies fewer pages
    print("ready", flush=True)
    WarmServer(listener, run).serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
