"""A cluster that stands outside of any installation: its state, its place in the data plane, its own HTTP API."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ece_simulator.call_log import CallLog
from ece_simulator.clock import Clock
from ece_simulator.data_plane.dial import Caller
from ece_simulator.data_plane.listener import Ports
from ece_simulator.data_plane.network import Plane
from ece_simulator.data_plane.party import TransportTrust
from ece_simulator.data_plane.tls_files import Shown
from ece_simulator.door import Admission, Door, Meaning
from ece_simulator.elasticsearch.api import API, authenticated
from ece_simulator.elasticsearch.cluster import ELASTIC, SUPERUSER, Cluster, User
from ece_simulator.elasticsearch.errors import ElasticsearchError
from ece_simulator.elasticsearch.remote_server import ServedCluster
from ece_simulator.elasticsearch.site import Site, Who
from ece_simulator.faults import Fault
from ece_simulator.ids import Ids
from ece_simulator.message import Reply, Request, json_reply
from ece_simulator.partners.failure import StartFailure
from ece_simulator.partners.ip_filter import BLOCKED, lets_in
from ece_simulator.partners.node_setup import NodeSetup, check_formation
from ece_simulator.tls import WellKnown

TRANSPORT_PORT = 9300
HTTP_PORT = 9200
OPERATION = "elasticsearch"
"""Operation id, in the log of calls, of what goes to Elasticsearch itself."""


@dataclass(frozen=True)
class Surroundings:
    """What all partners of one simulator share."""

    plane: Plane
    clock: Clock
    well_known: WellKnown
    seed: str
    log: CallLog
    faults: list[Fault]


class Partner(Door):
    """One cluster of nodes that are made of files (`data_plane.party.Edge`). State changes hold the plane's lock.

    `endpoint` and `ca_file` lead to its HTTP API; the endpoint is there while the simulator serves.
    """

    kind = ""

    def __init__(
        self,
        name: str,
        around: Surroundings,
        *,
        version: str,
        egress: str,
        cluster_id: str | None,
        documents: dict[str, dict[str, dict[str, Any]]] | None,
    ) -> None:
        super().__init__(around.plane.lock, around.log, around.faults)
        self.name, self.version, self.egress = name, version, egress
        self.around, self.plane = around, around.plane
        self.ids = Ids(f"{around.seed}/{self.kind}/{name}")
        self.cluster_id = cluster_id or self.ids.hex32()
        self.username, self.password = ELASTIC, self.ids.word(24)
        users = {ELASTIC: User(ELASTIC, [SUPERUSER], self.password)}
        self.state = Cluster(self.ids.word(22), users, indices=copy.deepcopy(documents or {}))
        self.nodes: list[NodeSetup] = []
        self.endpoint = ""
        self.ca_file = ""
        self.on_restart: list[Callable[[], None]] = []
        """Called after each start: who serves TLS for this cluster shows another certificate."""
        plane = around.plane
        self.ports = Ports(name, self, plane.handshakes, plane.wire, transport_port=TRANSPORT_PORT)
        self.ports.listens = self._listens

    def __repr__(self) -> str:
        """Kind, name and address; no credentials."""
        return f"<{type(self).__name__} {self.name} at {self.endpoint or 'no port'}>"

    # what the kinds differ in

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """What the announcement tells about this cluster."""

    @abstractmethod
    def refresh(self) -> None:
        """Takes note of what changed outside (watched files, objects). Called under the lock before each look."""

    @abstractmethod
    def secrets(self) -> dict[str, str]:
        """The keystore as it is on disk now."""

    # the nodes

    @property
    def running(self) -> bool:
        """Whether the nodes have started and accept each other."""
        with self.plane.lock:
            self.refresh()
            return bool(self.nodes) and self._formed()

    def _formed(self) -> bool:
        try:
            check_formation(self.nodes)
        except StartFailure as failure:
            self._down(str(failure))
            return False
        return True

    def _down(self, text: str) -> None:
        """Writes it once, not at each look."""
        lines = [line for line in self.plane.log.views() if line["deployment"] == self.name]
        if not lines or lines[-1]["message"] != text:
            self.site().note(text)

    def restarted(self, nodes: list[NodeSetup], secrets: dict[str, str]) -> None:
        """These are the nodes from now on. Call it under the lock."""
        self.nodes = nodes
        self.state.configured = nodes[0].remotes if nodes else {}
        self.load(secrets)
        self.ports.key_port = nodes[0].server_port if nodes else self.ports.key_port
        for tell in self.on_restart:
            tell()

    def load(self, secrets: dict[str, str]) -> None:
        """The nodes read their keystore."""
        self.state.load({name: {"value": value} for name, value in secrets.items()}, self.version)

    @property
    def node_names(self) -> list[str]:
        """The otherNames of all nodes, as their certificates carry them."""
        with self.plane.lock:
            self.refresh()
            return [name for node in self.nodes for name in node.node_names]

    def log(self) -> str:
        """What the nodes wrote since the logs were cleared."""
        self.plane.wire.settle()
        return "\n".join(line["message"] for line in self.plane.log.views() if line["deployment"] == self.name)

    # the data plane

    def _listens(self, port: int) -> bool:
        if not self.running:
            return False
        return port == TRANSPORT_PORT or all(node.server is not None for node in self.nodes)

    def trust(self) -> TransportTrust:
        """Whom the nodes accept: what all of them have in common, as any of them may be asked."""
        authorities, *others = [node.authorities for node in self.nodes]
        common = [pem for pem in authorities if all(pem in other for other in others)]
        lists = [patterns for node in self.nodes if (patterns := node.trusted_names()) is not None]
        shared = [name for name in lists[0] if all(name in other for other in lists)] if lists else []
        return TransportTrust(tuple(common), tuple(shared) if lists else None)

    def _server_authorities(self) -> tuple[str, ...]:
        first, *others = [node.server_authorities for node in self.nodes]
        return tuple(pem for pem in first if all(pem in other for other in others))

    def find(self, server_name: str | None) -> ServedCluster | None:
        """Whatever the name: there is only one cluster here. Of several nodes the last one answers, and dials."""
        with self.plane.lock:
            if not self.running:
                return None
            return ServedCluster(self.site(), True, self.nodes[-1].node, self.trust(), None)

    def shown(self) -> Shown:
        """The certificate of the remote cluster server."""
        with self.plane.lock:
            server = self.nodes[-1].server if self.nodes else None
            if server is None:
                raise ConnectionRefusedError(f"{self.name}: no remote cluster server")
            return server

    def known_authorities(self) -> tuple[str, ...]:
        """Nobody is asked for a certificate on 9443."""
        return ()

    def blocks(self, port: int, source: str) -> str | None:
        """Elasticsearch's own IP filter; settings by API win over those of the file."""
        with self.plane.lock:
            settings = {**(self.nodes[0].settings if self.nodes else {}), **self.state.settings()}
            return None if lets_in(settings, source, to_server=port == self.ports.key_port) else BLOCKED

    def site(self) -> Site:
        """The cluster where it stands."""
        return Site(
            cluster=self.state,
            cluster_id=self.cluster_id,
            installation=self.name,
            deployment=self.name,
            version=self.version,
            now=self.around.clock.now(),
            ids=self.ids,
            plane=self.plane,
            caller=self._caller,
            again=self._again,
            reload=lambda: self.load(self.secrets()),
        )

    def _again(self) -> Site | None:
        with self.plane.lock:
            return self.site() if self.running else None

    def _caller(self, alias: str | None) -> Caller:
        node = self.nodes[-1]
        return Caller(
            source=self.egress,
            shown=node.node,
            issuer=node.issuer,
            transport=self.trust(),
            server_authorities=self._server_authorities(),
            credentials=self.state.credentials.get(alias) if alias is not None else None,
            checks_server_host=node.checks_server_host,
            checks_node_host=node.checks_node_host,
        )

    # its own API

    def handle(self, request: Request, source: str = "127.0.0.1") -> Reply:
        """A call of Elasticsearch with a user's credentials. ConnectionRefusedError when the cluster is down."""
        admission = self.admit(request, direct_from=source)
        try:
            return self._handled(admission)
        except ConnectionRefusedError:
            self.close(admission, None)
            raise

    def _door(self) -> tuple[str, float]:
        return self.name, self.around.clock.now()

    def _meaning(self, request: Request, *, direct: bool) -> Meaning:
        return Meaning(OPERATION, API.is_write(request.method, request.path))

    def _answer(self, admission: Admission) -> Reply | Callable[[], Reply]:
        self._must_run()
        site, entry = self.site(), admission.entry
        try:
            who = authenticated(site, admission.request.headers.get("authorization"))
        except ElasticsearchError as error:
            challenge = {"www-authenticate": 'Basic realm="security" charset="UTF-8", ApiKey'}
            return json_reply(error.status, error.body(), challenge)
        entry.user = who.name

        def stamped(reply: Reply) -> Reply:
            entry.took_effect = reply.status < 400
            return reply

        found = API.answer(site, who, admission.request, admission.request.path)
        return stamped(found) if isinstance(found, Reply) else lambda: stamped(found())

    def call(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        """A call as the user `elastic`, without a port; RuntimeError on another status than `expect`."""
        request = Request.make(method, f"/{path}", body=body)
        with self.plane.lock:
            self._must_run()
            found = API.answer(self.site(), Who(ELASTIC, (SUPERUSER,)), request, request.path)
        reply = found if isinstance(found, Reply) else found()
        if reply.status != expect:
            raise RuntimeError(f"{self.name}: {method} /{path}: {reply.status} {reply.body.decode()[:1000]}")
        return reply.json()

    def _must_run(self) -> None:
        if not self.running:
            raise ConnectionRefusedError(f"{self.name}: connection refused, the cluster is down")

    def put_documents(self, documents: dict[str, dict[str, dict[str, Any]]]) -> None:
        """Sources by index and id, as if somebody had written them."""
        with self.plane.lock:
            for index, sources in documents.items():
                self.state.indices.setdefault(index, {}).update(copy.deepcopy(sources))

    def firewall(self, port: int, *, open: bool) -> None:
        """Whether anybody is let to 9300 or the port of the remote cluster server."""
        (self.ports.closed.discard if open else self.ports.closed.add)(port)
