"""One installation: takes requests, gives replies. A call goes through log, fault, route, login, check, handler."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from threading import RLock

from ece_simulator.call import Answer, Call, Later, Outcome
from ece_simulator.call_log import CallLog, LoggedCall
from ece_simulator.clock import iso
from ece_simulator.data_plane.listener import Ports
from ece_simulator.door import Admission, Door, Meaning
from ece_simulator.elasticsearch.api import API
from ece_simulator.faults import Fault
from ece_simulator.hosted.operations import is_there, unknown_route
from ece_simulator.message import Reply, Request, json_reply
from ece_simulator.platform import direct
from ece_simulator.problems import Problem
from ece_simulator.router import Match, Router
from ece_simulator.routes import ROUTES, Route
from ece_simulator.spec_check import check_request
from ece_simulator.specification import specification
from ece_simulator.users.accounts import Login, User
from ece_simulator.users.rights import PLATFORM_ADMIN, check_right
from ece_simulator.world import World

DIRECT = "elasticsearch"
"""Operation id, in the log of calls, of what goes to Elasticsearch itself."""


@cache
def _router() -> Router:
    return Router(specification())


@cache
def _routes() -> dict[str, Route]:
    return {route.operation_id: route for route in ROUTES}


class Installation(Door):
    """An ECE installation. Endpoints and CA files are there while the simulator serves.

    `elasticsearch_endpoint` stands for 9243 of all deployments; the header `X-Found-Cluster` says which one is meant
    where the host name does not.
    """

    def __init__(
        self, world: World, all_ports: tuple[Ports, ...], lock: RLock, log: CallLog, faults: list[Fault]
    ) -> None:
        super().__init__(lock, log, faults)
        self.world = world
        self.all_ports = all_ports
        """The ports of each region."""
        self.endpoint = ""
        self.plain_endpoint = ""
        self.elasticsearch_endpoint = ""
        self.ca_file = ""
        self.proxy_ca_file = ""
        self.show_certificate: Callable[[str], None] | None = None
        self.demand_client_certificate: Callable[[bool], None] | None = None

    def __repr__(self) -> str:
        """Name and address; no credentials."""
        return f"<{type(self).__name__} {self.name} at {self.endpoint or 'no port'}>"

    @property
    def name(self) -> str:
        """Name within the simulator: a, b, …"""
        return self.world.name

    @property
    def api_key(self) -> str:
        """A key with all rights."""
        return self.api_keys[PLATFORM_ADMIN]

    @property
    def api_keys(self) -> dict[str, str]:
        """One key per role."""
        return dict(self.world.accounts.default_keys)

    @property
    def username(self) -> str:
        """The built-in administrator."""
        return "admin"

    @property
    def password(self) -> str:
        """The administrator's password."""
        return self.world.accounts.users[self.username].password

    @property
    def ca_pem(self) -> str:
        """The CA behind the API's certificate."""
        return self.world.authority.platform.pem

    @property
    def account_id(self) -> str:
        """The one account of the installation, 32 hex characters."""
        return self.world.account_id

    @property
    def environment_id(self) -> str:
        """The numeric environment id used in trust and filter rules."""
        return self.world.environment_id

    def handle(self, request: Request) -> Reply:
        """A call without a port. Injected delays are slept, a dropped connection raises ConnectionResetError."""
        return self._handled(self.admit(request))

    def handle_direct(self, request: Request, source: str = "127.0.0.1") -> Reply:
        """A call of Elasticsearch itself (9243) from an address; the `host` header says of which cluster."""
        return self._handled(self.admit(request, direct_from=source))

    def _door(self) -> tuple[str, float]:
        return self.name, self.world.clock.now()

    def _meaning(self, request: Request, *, direct: bool) -> Meaning:
        if direct:
            return Meaning(DIRECT, API.is_write(request.method, request.path))
        match = _router().find(request.method, request.path)
        return Meaning(match.operation_id if match else None, _is_write(match, request), match)

    def _answer(self, admission: Admission) -> Reply | Callable[[], Reply]:
        entry = admission.entry
        self.world.agenda.run_due()
        try:
            if admission.direct_from is not None:
                outcome = direct.answer(self.world, admission.request, admission.direct_from)
                headers: dict[str, str] = {}
            else:
                outcome, headers = self._serve(admission)
        except Problem as problem:
            return _stamped(entry, problem.reply(), {})
        if isinstance(outcome, Reply):
            return _stamped(entry, outcome, headers, effect=True)
        return lambda: _stamped(entry, outcome(), headers, effect=True)

    def _serve(self, admission: Admission) -> tuple[Reply | Callable[[], Reply], dict[str, str]]:
        request, match, entry = admission.request, admission.match, admission.entry
        if self.world.hosted and not _hosted_has(self.world, match, request.path):
            return unknown_route(), {}
        if match is None:
            raise Problem(404, "root.resource_not_found", f"There is nothing at {request.method} {request.path}")
        route = _routes().get(match.operation_id)
        login = self._login(request, route, entry)
        if match.region is not None and match.region not in self.world.regions:
            raise Problem(404, "root.region_not_found", f"The region [{match.region}] was not found")  # inferred
        if route is None:
            text = f"The simulator does not support [{match.operation_id}]; /_sim/operations lists what it does"
            raise Problem(501, "sim.not_supported", text)
        if not route.open:
            check_right(login.user.roles, route.right, route.operation_id, login.user.name)
        checked = check_request(specification().operations[route.operation_id], request)
        entry.unknown_fields = checked.unknown_fields
        call = Call(
            self.world, login.user, match.parameters, checked.query, checked.body, route.operation_id,
            login.token, request,
        )  # fmt: skip
        return _result(route.handler(call)), _key_header(login)

    def _login(self, request: Request, route: Route | None, entry: LoggedCall) -> Login:
        if route is not None and route.open:
            return Login(User("anonymous", "0", (), ""))
        authorization = request.headers.get("authorization")
        if self.world.hosted and not (authorization or "").lower().startswith("apikey "):
            raise Problem(401, "root.unauthenticated", "The request carries no API key")  # the document: apiKey only
        login = self.world.accounts.authenticate(authorization)
        entry.user = login.user.name
        return login


def _hosted_has(world: World, match: Match | None, path: str) -> bool:
    channel = world.switches.hosted_management_channel
    return match is not None and is_there(match.operation_id, path, management_channel=channel)


def _key_header(login: Login) -> dict[str, str]:
    return {} if login.key_expires is None else {"x-elastic-api-key-expiration": iso(login.key_expires)}


def _is_write(match: Match | None, request: Request) -> bool:
    route = _routes().get(match.operation_id) if match else None
    if match is None or route is None or ("validate_only", "true") in request.query:
        return False
    return route.is_write(request.method, match.parameters)


def _result(outcome: Outcome) -> Reply | Callable[[], Reply]:
    if isinstance(outcome, Later):
        return lambda: _sent(outcome.finish())
    return _sent(outcome)


def _sent(answer: Answer | Reply) -> Reply:
    return answer if isinstance(answer, Reply) else json_reply(answer.status, answer.body, answer.headers)


def _stamped(entry: LoggedCall, reply: Reply, headers: dict[str, str], *, effect: bool = False) -> Reply:
    """Notes whether the call did its work, and gives the reply the platform's own headers."""
    entry.took_effect = effect and reply.status < 400
    reply.headers.update(headers)
    reply.headers["x-cloud-request-id"] = f"sim-{entry.index}"
    return reply
