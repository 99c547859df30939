"""HTTP around the core: a plain and a TLS port per installation, a port for the control API. aiohttp lives here."""

from __future__ import annotations

import asyncio
import ssl
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from aiohttp import web

from ece_simulator.control_http import control_handler
from ece_simulator.faults import Fault
from ece_simulator.installation import Admission, Installation
from ece_simulator.message import Request
from ece_simulator.problems import Problem

if TYPE_CHECKING:
    from ece_simulator.simulator import Simulator

MOST_WAITING = 512
"""Calls that can be held, plus control calls that can wait, at the same time."""
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
CONTROL_HOST = "127.0.0.1"
"""The control API never leaves the machine, whatever the host of the installations."""


class Serving:
    """A running server: own thread, own loop."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._run, name="ece-simulator", daemon=True)
        self._ready = Event()
        self._stopping = asyncio.Event()
        self._failed: BaseException | None = None
        self._runners: list[web.ServerRunner] = []
        self.control_endpoint = ""

    def start(self) -> None:
        """Opens all ports; raises what went wrong."""
        self._thread.start()
        self._ready.wait()
        if self._failed is not None:
            raise self._failed

    def stop(self) -> None:
        """Closes all ports and ends the thread."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        # held calls and waiting control calls sit in threads: there must always be one more
        self._loop.set_default_executor(ThreadPoolExecutor(max_workers=MOST_WAITING))
        try:
            await self._open_all()
        except BaseException as error:
            self._failed = error
            self._stopping.set()
        self._ready.set()
        await self._stopping.wait()
        await self._close_all()

    async def _open_all(self) -> None:
        simulator = self._simulator
        ports = iter(range(simulator.port, simulator.port + 1 + 2 * len(simulator.installations)))
        fixed = simulator.port != 0
        handler = control_handler(simulator.control)
        port = await self._open(handler, CONTROL_HOST, next(ports) if fixed else 0, None)
        self.control_endpoint = f"http://{CONTROL_HOST}:{port}/_sim"
        for installation in simulator.installations:
            handler = api_handler(installation)
            port = await self._open(handler, simulator.host, next(ports) if fixed else 0, None)
            installation.plain_endpoint = f"http://{_visible(simulator.host)}:{port}"
            context = _tls(simulator, installation)
            port = await self._open(handler, simulator.host, next(ports) if fixed else 0, context)
            installation.endpoint = f"https://{_visible(simulator.host)}:{port}"

    async def _open(self, handler: Handler, host: str, port: int, context: ssl.SSLContext | None) -> int:
        runner = web.ServerRunner(web.Server(handler, access_log=None), shutdown_timeout=0.1)
        await runner.setup()
        self._runners.append(runner)
        site = web.TCPSite(runner, host, port, ssl_context=context, backlog=512)
        await site.start()
        return int(runner.addresses[0][1])

    async def _close_all(self) -> None:
        for runner in self._runners:
            await runner.cleanup()
        for installation in self._simulator.installations:
            installation.show_certificate = installation.demand_client_certificate = None


def _visible(host: str) -> str:
    host = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104  the address to write into an URL
    return f"[{host}]" if ":" in host else host


def _tls(simulator: Simulator, installation: Installation) -> ssl.SSLContext:
    """The server context of an installation; its certificate can be exchanged while it serves."""
    authority = installation.world.authority
    if simulator.host not in authority.hosts and simulator.host != "0.0.0.0":  # noqa: S104  no name to certify
        authority.hosts = (*authority.hosts, simulator.host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_verify_locations(cadata=authority.client_authority.pem)
    folder = simulator.state_dir

    def show(kind: str) -> None:
        pair = authority.server_certificate(kind)
        _load(context, folder / f".{installation.name}-server.pem", pair.pem + pair.key_pem)

    def demand(required: bool) -> None:
        context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_NONE

    show(simulator.certificate)
    demand(simulator.client_certificate_required)
    installation.show_certificate, installation.demand_client_certificate = show, demand
    ca_file = folder / f"{installation.name}-ca.pem"
    ca_file.write_text(authority.platform.pem, encoding="ascii")
    installation.ca_file = str(ca_file)
    return context


def _load(context: ssl.SSLContext, file: Path, text: str) -> None:
    """The standard library takes chains from files only; this one is gone again at once."""
    file.touch(mode=0o600)
    try:
        file.write_text(text, encoding="ascii")
        context.load_cert_chain(file)
    finally:
        file.unlink()


def api_handler(installation: Installation) -> Handler:
    """Serves one installation."""

    async def serve(raw: web.BaseRequest) -> web.StreamResponse:
        body = await raw.read()
        headers = {name.lower(): value for name, value in raw.headers.items()}
        path = raw.rel_url.raw_path
        request = Request(raw.method, path, tuple(raw.rel_url.query.items()), headers, body)
        admission = installation.admit(request)
        fault = admission.fault
        if fault is not None and not fault.after_effect:
            await _disturb(installation, admission, fault, raw)
        try:
            reply = installation.perform(admission)
        except Exception:
            traceback.print_exc()  # a bug of the simulator: seen on its terminal, and told apart from ECE's errors
            reply = Problem(500, "sim.bug", "The simulator failed; its terminal tells why").reply()
        if fault is not None and fault.after_effect:
            await _disturb(installation, admission, fault, raw)
        installation.close(admission, reply)
        return web.Response(status=reply.status, headers=reply.headers, body=reply.body)

    return serve


async def _disturb(installation: Installation, admission: Admission, fault: Fault, raw: web.BaseRequest) -> None:
    if fault.delay:
        await asyncio.sleep(fault.delay)
    if fault.hold:
        await asyncio.to_thread(fault.released.wait)
        await asyncio.sleep(0)  # the loop takes note of a connection that ended before the release
    gone = raw.transport is None or raw.transport.is_closing()
    if fault.drop or (fault.hold and not fault.after_effect and gone):
        # whoever was killed while the call was held never sent it
        installation.close(admission, None)
        if raw.transport is not None:
            raw.transport.abort()
        raise asyncio.CancelledError
