"""The simulator as an object: installations, control, and serving them from a background thread."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from string import ascii_lowercase
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ece_simulator.call_log import CallLog
from ece_simulator.clock import Clock, RealClock
from ece_simulator.control import Control
from ece_simulator.data_plane.listener import Ports
from ece_simulator.data_plane.network import Plane
from ece_simulator.fabric import Fabric
from ece_simulator.faults import Fault
from ece_simulator.hosted.organization import HostedOrganization
from ece_simulator.installation import Installation
from ece_simulator.message import Reply, Request
from ece_simulator.partners.partner import Surroundings
from ece_simulator.partners.registry import Partners
from ece_simulator.platform.chains import KINDS
from ece_simulator.platform.proxies import Proxies
from ece_simulator.switches import Switches
from ece_simulator.tls import WellKnown
from ece_simulator.world import World

if TYPE_CHECKING:
    from ece_simulator.eck.cluster import EckCluster
    from ece_simulator.self_managed.cluster import SelfManagedCluster
    from ece_simulator.server import Serving

MOST = len(ascii_lowercase)


def _proxy_kinds(given: str | Sequence[str], installations: int) -> list[str]:
    kinds = [given] * installations if isinstance(given, str) else list(given)
    if len(kinds) != installations or not set(kinds) <= set(KINDS):
        raise ValueError(f"proxy_ca: {' or '.join(KINDS)}, one for all or one for each installation; got {given!r}")
    return kinds


class Simulator:
    """Any number of ECE installations.

    Usable without a port (`handle`), or served on loopback between `start` and `stop` (also `with` and `async with`).
    `plan_seconds` is the time a plan takes; the default 0 lets plans end before the next call. `port` 0 takes free
    ports; otherwise `port` is the control port and the installations follow, plain and TLS in turn. `proxy_ca` says
    who signs the certificates of the proxies, for all installations or one by one: their own CA (`private`) or one
    that everybody trusts (`public`).
    """

    def __init__(
        self,
        installations: int = 1,
        *,
        clock: Clock | None = None,
        plan_seconds: float = 0.0,
        seed: str = "ece",
        switches: Switches | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        state_dir: Path | str | None = None,
        session_seconds: float = 3600.0,
        certificate: str = "normal",
        client_certificate_required: bool = False,
        proxy_ca: str | Sequence[str] = "private",
    ) -> None:
        if not 1 <= installations <= MOST:
            raise ValueError(f"installations: 1 to {MOST}, got {installations}")
        self.clock = clock or RealClock()
        self.switches = switches or Switches()
        self.host, self.port = host, port
        self.certificate, self.client_certificate_required = certificate, client_certificate_required
        self._state_dir = Path(state_dir) if state_dir is not None else None
        self._temporary: Path | None = None
        self._serving: Serving | None = None
        self.plane = Plane()
        self.lock = self.plane.lock
        self.log = CallLog()
        self._faults: list[Fault] = []
        kinds = _proxy_kinds(proxy_ca, installations)
        self._seed, self._plan_seconds = seed, plan_seconds
        self.well_known = well_known = WellKnown()
        worlds = [
            World(
                name, self.clock, self.switches,
                seed=seed, domain=f"{name}.ece.test", session_seconds=session_seconds,
                plane=self.plane, well_known=well_known, proxy_ca=kinds[number], egress=f"198.51.100.{10 + 8 * number}",
            )
            for number, name in enumerate(ascii_lowercase[:installations])
        ]  # fmt: skip
        self.installations = tuple(self._installation(world) for world in worlds)
        around = Surroundings(self.plane, self.clock, well_known, seed, self.log, self._faults)
        self.partners = Partners(around, lambda: self.state_dir, lambda name: self.fabric.has(name))
        self.fabric = Fabric(self.installations, self.partners)
        self.control = Control(self.fabric, self.plane, self.log, self._faults, self.switches, self.add_hosted)
        self.control.set_plan_speed(plan_seconds)

    def _installation(self, world: World) -> Installation:
        return Installation(world, self._ports(world), self.lock, self.log, self._faults)

    def _ports(self, world: World) -> tuple[Ports, ...]:
        """The ports of each region; its deployments can be reached by the names below its domain."""
        edge, plane = Proxies(world), self.plane
        ports = [Ports(f"{world.name}-{name}", edge, plane.handshakes, plane.wire) for name in world.regions]
        for region, one in zip(world.regions.values(), ports, strict=True):
            plane.network.add(region.domain, one)
        return tuple(ports)

    def add_hosted(
        self, name: str = "cloud", regions: Sequence[str] = ("aws-eu-central-1", "aws-us-east-1")
    ) -> HostedOrganization:
        """An organisation on Elastic Cloud Hosted with these regions, each with its own CA and address."""
        self.partners.check(name)
        if not regions:
            raise ValueError("regions: at least one")
        first = 10 + 16 * len(self.fabric.hosted)
        addresses = {region: f"192.0.2.{first + number}" for number, region in enumerate(dict.fromkeys(regions))}
        world = World(
            name, self.clock, self.switches,
            seed=self._seed, domain=f"{name}.ech.test", session_seconds=3600.0,
            plane=self.plane, well_known=self.well_known, proxy_ca="public", hosted=addresses,
        )  # fmt: skip
        made = HostedOrganization(world, self._ports(world), self.lock, self.log, self._faults)
        made.world.plans.set_speed(self._plan_seconds, None)
        self.fabric.hosted.append(made)
        if self._serving is not None:
            self._serving.open_installation(made)
        return made

    def handle(self, request: Request, installation: int | str = 0) -> Reply:
        """A call to one installation without a port."""
        return self.fabric.one(installation).handle(request)

    def add_self_managed(
        self, name: str = "onprem", home: Path | str | None = None, **options: Any
    ) -> SelfManagedCluster:
        """A self-managed cluster whose files are below `home`, which is filled when it is empty (default: a folder of
        the state folder).

        Options: `version`, `host` (the name by which others reach it), `cluster_id` and `scope_id` (for names of
        nodes), `egress` (the address that others see), `named_nodes` (whether the node's certificate has an otherName
        from the start), `nodes` (how many; each further one has a home `<home>-node2`, …), `documents` (sources by
        index and id).
        """
        return self.partners.add_self_managed(name, home, **options)

    def add_eck(self, name: str = "search", home: Path | str | None = None, **options: Any) -> EckCluster:
        """A cluster on Kubernetes whose objects are files below `home` (default: a folder of the state folder).

        Options: `namespace`, `version`, `operator_version`, `cluster_id`, `egress` (the address that others see),
        `documents` (sources by index and id).
        """
        return self.partners.add_eck(name, home, **options)

    @property
    def control_endpoint(self) -> str:
        """Address of the control API; empty unless served."""
        return self._serving.control_endpoint if self._serving else ""

    @property
    def gateway_endpoint(self) -> str:
        """Address of an HTTP proxy (CONNECT) that knows the simulated host names; empty unless served."""
        return self._serving.gateway_endpoint if self._serving else ""

    @property
    def state_dir(self) -> Path:
        """Where CA files are: the folder given, else a temporary one (mode 0700) removed by `stop`."""
        if self._state_dir is not None:
            self._state_dir.mkdir(parents=True, exist_ok=True)
            return self._state_dir
        if self._temporary is None:
            self._temporary = Path(tempfile.mkdtemp(prefix="ece-simulator-"))
        return self._temporary

    def start(self) -> Self:
        """Serves all installations from a background thread; returns when every port answers."""
        from ece_simulator.server import Serving  # the HTTP server is loaded only where one is wanted

        if self._serving is None:
            self.log.begin()
            self._serving = Serving(self)
            try:
                self._serving.start()
                self.partners.joined.append(self._serving.open_partner)
            except BaseException:
                self.stop()
                raise
        return self

    def stop(self) -> None:
        """Lets held calls go, closes all ports, removes temporary files. Safe to repeat."""
        self.control.release()
        self.log.end()
        self.plane.network.close()
        if self._serving is not None:
            self.partners.joined.clear()
            self._serving.stop()
            self._serving = None
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)
            self._temporary = None

    def __enter__(self) -> Self:
        """Starts serving."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops serving."""
        self.stop()

    async def __aenter__(self) -> Self:
        """Starts serving without blocking the caller's loop."""
        return await asyncio.to_thread(self.start)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops serving without blocking the caller's loop."""
        await asyncio.to_thread(self.stop)
