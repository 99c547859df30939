"""Ways to log in: what is sent, when a session is renewed, and that many calls share one."""

from __future__ import annotations

import asyncio
import email.utils
import json
from datetime import UTC, datetime

import httpx
import pytest

from ece_client import ApiKey, Basic, ConnectionFailed, Login, LoginFailed, Unauthenticated
from tests.api_client.wire import FakeClock, Wire, client_on, ok, refused

LOGIN = Login("admin", "pass word")


class Sessions:
    """A server with a login: tokens t1, t2, …; only the newest counts, until it is ended."""

    def __init__(self, clock: FakeClock, life: float = 3600.0) -> None:
        self.clock = clock
        self.life = life
        self.made = 0
        self.logins: list[dict[str, str]] = []
        self.refreshes: list[str] = []
        self.can_refresh = True
        self.with_end = True
        self.skew = 0.0

    def end(self) -> None:
        self.made += 100

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/_login"):
            self.logins.append(json.loads(request.content))
            return self._token()
        if request.url.path.endswith("/_refresh"):
            self.refreshes.append(request.headers["authorization"])
            return self._token() if self.can_refresh else refused(401, "root.unauthorized")
        if request.headers["authorization"] == f"Bearer t{self.made}":
            return ok({"deployments": []})
        return refused(401, "root.unauthenticated")

    def _token(self) -> httpx.Response:
        self.made += 1
        now = self.clock.now + self.skew
        end = datetime.fromtimestamp(now + self.life, UTC).isoformat().replace("+00:00", "Z")
        data = {"token": f"t{self.made}", **({"session_expiration_time": end} if self.with_end else {})}
        return ok(data, date=email.utils.formatdate(now, usegmt=True))


@pytest.fixture
def clock():
    """Time that the test moves."""
    return FakeClock()


@pytest.fixture
def sessions(clock):
    """A server with a login."""
    return Sessions(clock)


@pytest.mark.parametrize(
    ("auth", "header"), [(ApiKey(" abc\n"), "ApiKey abc"), (Basic("admin", "pw"), "Basic YWRtaW46cHc=")]
)
async def test_fixed_header(auth, header):
    """Keys come from files and variables with a line break at their end."""
    wire = Wire(ok())
    async with client_on(wire, auth=auth) as client:
        await client.call("list-deployments")
    assert wire.request.headers["authorization"] == header


async def test_a_refused_key_is_not_tried_again():
    """A second try with the same key changes nothing."""
    wire = Wire(refused(401, "root.unauthenticated"))
    async with client_on(wire) as client:
        with pytest.raises(Unauthenticated):
            await client.call("list-deployments")
    assert len(wire.requests) == 1


async def test_fifty_calls_share_one_login(sessions, clock):
    """Fifty logins at once look like an attack."""
    async with client_on(Wire(sessions), auth=LOGIN, clock=clock) as client:
        await asyncio.gather(*(client.call("list-deployments") for _ in range(50)))
    assert sessions.logins == [{"username": "admin", "password": "pass word"}]


@pytest.mark.parametrize("skew", [0.0, 7200.0, -7200.0])
async def test_token_is_refreshed_before_it_ends(sessions, clock, skew):
    """Also when the clocks of both machines differ by hours, and once for all calls."""
    sessions.skew = skew
    async with client_on(Wire(sessions), auth=LOGIN, clock=clock) as client:
        await client.call("list-deployments")
        clock.now += 3500
        await client.call("list-deployments")
        assert sessions.refreshes == []
        clock.now += 60
        await asyncio.gather(*(client.call("list-deployments") for _ in range(10)))
    assert sessions.refreshes == ["Bearer t1"]
    assert len(sessions.logins) == 1


async def test_a_refused_refresh_leads_to_a_login(sessions, clock):
    """The session may have been ended on the server."""
    sessions.can_refresh = False
    async with client_on(Wire(sessions), auth=LOGIN, clock=clock) as client:
        await client.call("list-deployments")
        clock.now += 3600
        await client.call("list-deployments")
    assert len(sessions.logins) == 2


async def test_a_refused_token_is_replaced_once_for_all_calls(sessions, clock):
    """A restart of the login service in the middle of a deploy must go unnoticed."""
    async with client_on(Wire(sessions), auth=LOGIN, clock=clock) as client:
        await client.call("list-deployments")
        sessions.end()
        await asyncio.gather(*(client.call("list-deployments") for _ in range(20)))
    assert len(sessions.logins) == 2


async def test_a_token_without_an_end_is_kept(sessions, clock):
    """An answer of another version may lack the time; then only a 401 ends the session."""
    sessions.with_end = False
    async with client_on(Wire(sessions), auth=LOGIN, clock=clock) as client:
        await client.call("list-deployments")
        clock.now += 100_000
        await client.call("list-deployments")
    assert (len(sessions.logins), sessions.refreshes) == (1, [])


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (refused(401, "root.unauthenticated"), "check `username` and `password`"),
        (refused(501, "authc.no_authentication_cluster"), "use `api_key`"),
        (httpx.Response(302, json={}), "use `api_key`"),
        (refused(403, "root.unauthorized"), "root.unauthorized"),
    ],
)
async def test_a_refused_login_is_told_and_not_repeated(answer, words):
    """Fifty waiting calls with a wrong password would lock the account."""
    wire = Wire(answer)
    async with client_on(wire, auth=LOGIN) as client:
        results = await asyncio.gather(*(client.call("list-deployments") for _ in range(50)), return_exceptions=True)
    assert all(isinstance(result, LoginFailed) for result in results)
    assert words in str(results[0])
    assert "'admin'" in str(results[0])
    assert "pass word" not in str(results[0])
    assert len(wire.requests) == 1


async def test_an_unreachable_login_can_be_tried_again(sessions, clock):
    """A connection that fails says nothing about the password."""
    wire = Wire(httpx.ConnectError("refused"), sessions)
    async with client_on(wire, auth=LOGIN, clock=clock, max_retries=0) as client:
        with pytest.raises(ConnectionFailed):
            await client.call("list-deployments")
        await client.call("list-deployments")
    assert len(sessions.logins) == 1
