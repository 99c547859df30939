"""One installation: takes requests, gives replies. A call goes through log, fault, route, login, check, handler."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from threading import RLock

from ece_simulator.call import Call
from ece_simulator.call_log import CallLog, LoggedCall
from ece_simulator.clock import iso
from ece_simulator.faults import Fault
from ece_simulator.message import Reply, Request, json_reply
from ece_simulator.problems import Problem
from ece_simulator.router import Match, Router
from ece_simulator.routes import ROUTES, Route
from ece_simulator.spec_check import check_request
from ece_simulator.specification import specification
from ece_simulator.users.accounts import Login, User
from ece_simulator.users.rights import PLATFORM_ADMIN, check_right
from ece_simulator.world import World


@cache
def _router() -> Router:
    return Router(specification())


@cache
def _routes() -> dict[str, Route]:
    return {route.operation_id: route for route in ROUTES}


@dataclass
class Admission:
    """A call that has arrived: its log entry, what it means, the fault that will hit it."""

    request: Request
    entry: LoggedCall
    match: Match | None
    fault: Fault | None
    arrived: float = 0.0


class Installation:
    """An ECE installation. `endpoint` and `plain_endpoint` are there while the simulator serves."""

    def __init__(self, world: World, lock: RLock, log: CallLog, faults: list[Fault]) -> None:
        self.world = world
        self._lock = lock
        self._log = log
        self._faults = faults
        self.endpoint = ""
        self.plain_endpoint = ""
        self.ca_file = ""
        self.show_certificate: Callable[[str], None] | None = None
        self.demand_client_certificate: Callable[[bool], None] | None = None

    def __repr__(self) -> str:
        """Name and address; no credentials."""
        return f"<Installation {self.name} at {self.endpoint or 'no port'}>"

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
        admission = self.admit(request)
        fault = admission.fault
        if fault is not None and not fault.after_effect:
            self._disturb(admission, fault)
        reply = self.perform(admission)
        if fault is not None and fault.after_effect:
            self._disturb(admission, fault)
        self.close(admission, reply)
        return reply

    def _disturb(self, admission: Admission, fault: Fault) -> None:
        if fault.delay:
            time.sleep(fault.delay)
        if fault.hold:
            fault.released.wait()
        if fault.drop:
            self.close(admission, None)
            raise ConnectionResetError(f"call {admission.entry.index}: injected fault {fault.number}")

    def admit(self, request: Request) -> Admission:
        """Logs the call and decides which fault hits it. Nothing has taken effect yet."""
        match = _router().find(request.method, request.path)
        query = "&".join(f"{name}={value}" for name, value in request.query)
        with self._lock:
            now = self.world.clock.now()
            entry = LoggedCall(
                index=0, time=now, installation=self.name, method=request.method, path=request.path, query=query,
                operation_id=match.operation_id if match else None, is_write=_is_write(match, request),
            )  # fmt: skip
            self._log.open(entry)
            fault = next((fault for fault in self._faults if fault.hits(entry)), None)
        if fault is not None:
            entry.fault = fault.number
        return Admission(request, entry, match, fault, time.perf_counter())

    def perform(self, admission: Admission) -> Reply:
        """Lets the call take effect, unless its fault strikes before."""
        fault = admission.fault
        if fault is not None and fault.replaces_reply and not fault.after_effect:
            return fault.reply(None)
        with self._lock:
            self.world.agenda.run_due()
            reply = self._answer(admission)
        if fault is not None and fault.replaces_reply:
            return fault.reply(reply)
        return reply

    def close(self, admission: Admission, reply: Reply | None) -> None:
        """Finishes the log entry; no reply means the connection was dropped."""
        entry = admission.entry
        entry.seconds = round(time.perf_counter() - admission.arrived, 6)
        if reply is not None:
            entry.status = reply.status
            codes = reply.headers.get("x-cloud-error-codes", "")
            entry.codes = codes.split(",") if codes else []
        self._log.close(entry)

    def _answer(self, admission: Admission) -> Reply:
        try:
            reply = self._serve(admission)
        except Problem as problem:
            reply = problem.reply()
        reply.headers["x-cloud-request-id"] = f"sim-{admission.entry.index}"
        return reply

    def _serve(self, admission: Admission) -> Reply:
        request, match, entry = admission.request, admission.match, admission.entry
        if match is None:
            raise Problem(404, "root.resource_not_found", f"There is nothing at {request.method} {request.path}")
        route = _routes().get(match.operation_id)
        login = self._login(request, route, entry)
        if match.region not in (None, self.world.region):
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
        answer = route.handler(call)
        entry.took_effect = True
        return json_reply(answer.status, answer.body, {**answer.headers, **_key_header(login)})

    def _login(self, request: Request, route: Route | None, entry: LoggedCall) -> Login:
        if route is not None and route.open:
            return Login(User("anonymous", "0", (), ""))
        login = self.world.accounts.authenticate(request.headers.get("authorization"))
        entry.user = login.user.name
        return login


def _key_header(login: Login) -> dict[str, str]:
    return {} if login.key_expires is None else {"x-elastic-api-key-expiration": iso(login.key_expires)}


def _is_write(match: Match | None, request: Request) -> bool:
    route = _routes().get(match.operation_id) if match else None
    return route is not None and route.writes and ("validate_only", "true") not in request.query
