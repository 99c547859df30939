"""HTTP around the core: a plain and a TLS port per installation, a port for the control API. aiohttp lives here."""

from __future__ import annotations

import asyncio
import ssl
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import TYPE_CHECKING, NoReturn

from aiohttp import web

from ece_simulator.control_http import control_handler
from ece_simulator.door import Admission, Door
from ece_simulator.faults import Fault
from ece_simulator.gateway import open_gateway
from ece_simulator.installation import Installation
from ece_simulator.message import Request
from ece_simulator.partners.partner import HTTP_PORT, Partner
from ece_simulator.platform.direct import PORT as ELASTICSEARCH_PORT
from ece_simulator.problems import Problem
from ece_simulator.server_tls import api_tls, partner_tls, proxy_tls

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
        self._opened = 0
        self._gateway: asyncio.Server | None = None
        self.control_endpoint = ""
        self.gateway_endpoint = ""

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
        handler = control_handler(simulator.control)
        port = await self._open(handler, CONTROL_HOST, self._next_port(), None)
        self.control_endpoint = f"http://{CONTROL_HOST}:{port}/_sim"
        for installation in simulator.installations:
            await self._open_api(installation)
        for installation in simulator.installations:
            await self._open_elasticsearch(installation)
        self._gateway = await open_gateway(simulator.plane.network, CONTROL_HOST, self._next_port())
        self.gateway_endpoint = f"http://{CONTROL_HOST}:{self._gateway.sockets[0].getsockname()[1]}"
        for organization in simulator.fabric.hosted:
            await self._open_whole(organization)
        for partner in simulator.partners:
            await self._open_partner(partner)

    async def _open_api(self, installation: Installation) -> None:
        simulator, handler = self._simulator, api_handler(installation)
        port = await self._open(handler, simulator.host, self._next_port(), None)
        installation.plain_endpoint = f"http://{_visible(simulator.host)}:{port}"
        context = api_tls(simulator, installation)
        port = await self._open(handler, simulator.host, self._next_port(), context)
        installation.endpoint = f"https://{_visible(simulator.host)}:{port}"

    async def _open_elasticsearch(self, installation: Installation) -> None:
        simulator, handler = self._simulator, api_handler(installation, direct=True)
        port = await self._open(handler, simulator.host, self._next_port(), proxy_tls(simulator, installation))
        installation.elasticsearch_endpoint = f"https://{_visible(simulator.host)}:{port}"
        for ports in installation.all_ports:
            ports.others[ELASTICSEARCH_PORT] = port

    def open_installation(self, installation: Installation) -> None:
        """Opens the ports of an organisation that came later; call it from another thread."""
        asyncio.run_coroutine_threadsafe(self._open_whole(installation), self._loop).result()

    async def _open_whole(self, installation: Installation) -> None:
        await self._open_api(installation)
        await self._open_elasticsearch(installation)

    def open_partner(self, partner: Partner) -> None:
        """Opens the port of a partner that came later; call it from another thread."""
        asyncio.run_coroutine_threadsafe(self._open_partner(partner), self._loop).result()

    async def _open_partner(self, partner: Partner) -> None:
        port = await self._open(
            api_handler(partner, direct=True), CONTROL_HOST, self._next_port(), partner_tls(partner)
        )
        partner.endpoint = f"https://{CONTROL_HOST}:{port}"
        partner.ports.others[HTTP_PORT] = port

    def _next_port(self) -> int:
        """Fixed ports follow each other; otherwise the system chooses."""
        self._opened += 1
        return self._simulator.port + self._opened - 1 if self._simulator.port else 0

    async def _open(self, handler: Handler, host: str, port: int, context: ssl.SSLContext | None) -> int:
        runner = web.ServerRunner(web.Server(handler, access_log=None), shutdown_timeout=0.1)
        await runner.setup()
        self._runners.append(runner)
        site = web.TCPSite(runner, host, port, ssl_context=context, backlog=512)
        await site.start()
        return int(runner.addresses[0][1])

    async def _close_all(self) -> None:
        if self._gateway is not None:
            self._gateway.close()
        for runner in self._runners:
            await runner.cleanup()
        for installation in self._simulator.fabric.installations:
            installation.show_certificate = installation.demand_client_certificate = None
            installation.world.on_certificate_change.clear()
            for ports in installation.all_ports:
                ports.others.clear()
        for partner in self._simulator.partners:
            partner.on_restart.clear()
            partner.ports.others.clear()


def _visible(host: str) -> str:
    host = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104  the address to write into an URL
    return f"[{host}]" if ":" in host else host


def api_handler(installation: Door, *, direct: bool = False) -> Handler:
    """Serves ECE's API of one installation, or (`direct`) the Elasticsearch of its deployments."""

    async def serve(raw: web.BaseRequest) -> web.StreamResponse:
        body = await raw.read()
        headers = {name.lower(): value for name, value in raw.headers.items()}
        path = raw.rel_url.raw_path
        request = Request(raw.method, path, tuple(raw.rel_url.query.items()), headers, body)
        admission = installation.admit(request, direct_from=(raw.remote or "") if direct else None)
        fault = admission.fault
        if fault is not None and not fault.after_effect:
            await _disturb(installation, admission, fault, raw)
        try:
            begun = installation.begin(admission)
            # what dials waits in a thread: one connection must not hold up the other calls
            reply = await asyncio.to_thread(begun) if callable(begun) else begun
        except ConnectionRefusedError:
            installation.close(admission, None)
            _hang_up(raw)
        except Exception:
            traceback.print_exc()  # a bug of the simulator: seen on its terminal, and told apart from ECE's errors
            reply = Problem(500, "sim.bug", "The simulator failed; its terminal tells why").reply()
        if fault is not None and fault.after_effect:
            await _disturb(installation, admission, fault, raw)
        installation.close(admission, reply)
        return web.Response(status=reply.status, headers=reply.headers, body=reply.body)

    return serve


async def _disturb(installation: Door, admission: Admission, fault: Fault, raw: web.BaseRequest) -> None:
    if fault.delay:
        await asyncio.sleep(fault.delay)
    if fault.hold:
        await asyncio.to_thread(fault.released.wait)
        await asyncio.sleep(0)  # the loop takes note of a connection that ended before the release
    gone = raw.transport is None or raw.transport.is_closing()
    if fault.drop or (fault.hold and not fault.after_effect and gone):
        # whoever was killed while the call was held never sent it
        installation.close(admission, None)
        _hang_up(raw)


def _hang_up(raw: web.BaseRequest) -> NoReturn:
    """Ends a connection without a reply."""
    if raw.transport is not None:
        raw.transport.abort()
    raise asyncio.CancelledError
