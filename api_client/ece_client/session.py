"""The Authorization header: fixed for keys, a renewed session token for user name and password."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from ece_client.call import Reply
from ece_client.clock import Clock
from ece_client.config import ApiKey, Basic, Login
from ece_client.errors import LoginFailed, StatusError

RENEW_AHEAD = 60.0
"""Seconds before its end at which a token is renewed, or half of its life if that is shorter."""

CLOCK_TOLERANCE = 5.0
"""Seconds by which the clocks may differ before the server's own, which tells whole seconds only, is the better one."""

Post = Callable[[str, Any, str | None], Awaitable[Reply[Any]]]
"""Calls (operation, body, Authorization header) outside of the session."""


class Authorizer(Protocol):
    """Gives the Authorization header."""

    async def header(self) -> str:
        """Return the header to send; raises LoginFailed, or what the login call raises."""

    async def renewed(self, refused: str) -> str | None:
        """Return another header after a 401 for `refused`, None if there can be no other."""


def authorizer(auth: ApiKey | Login | Basic, post: Post, clock: Clock) -> Authorizer:
    """Return the authorizer for a way to log in."""
    if isinstance(auth, Login):
        return Session(auth, post, clock)
    if isinstance(auth, ApiKey):
        return FixedHeader(f"ApiKey {auth.value}")
    pair = base64.b64encode(f"{auth.username}:{auth.password}".encode()).decode()
    return FixedHeader(f"Basic {pair}")


class FixedHeader:
    """A header that never changes."""

    def __init__(self, value: str) -> None:
        self._value = value

    async def header(self) -> str:
        """Return the header."""
        return self._value

    async def renewed(self, refused: str) -> None:
        """Return None: a refused key stays refused."""


class Session:
    """A login, shared by all calls: one logs in or renews, the others wait for it."""

    def __init__(self, auth: Login, post: Post, clock: Clock) -> None:
        self._auth = auth
        self._post = post
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token: str | None = None
        self._renew_at: float | None = None
        self._failure: LoginFailed | None = None

    async def header(self) -> str:
        """Return the header with a token that is not about to end."""
        if self._token is None or self._is_old():
            async with self._lock:
                if self._token is None:
                    await self._login()
                elif self._is_old():
                    await self._refresh()
        return f"Bearer {self._token}"

    async def renewed(self, refused: str) -> str:
        """Return a header with another token than the refused one, logging in again if nobody did yet."""
        async with self._lock:
            if refused == f"Bearer {self._token}":
                await self._login()
        return f"Bearer {self._token}"

    def _is_old(self) -> bool:
        return self._renew_at is not None and self._clock.monotonic() >= self._renew_at

    async def _refresh(self) -> None:
        try:
            self._keep(await self._post("refresh-token", None, f"Bearer {self._token}"))
        except StatusError:
            await self._login()

    async def _login(self) -> None:
        """Log in; a refusal is kept, so that many waiting calls do not lock the account with a wrong password."""
        if self._failure:
            raise self._failure
        body = {"username": self._auth.username, "password": self._auth.password}
        try:
            reply = await self._post("login", body, None)
        except StatusError as error:
            self._failure = _refused(error, self._auth.username)
            raise self._failure from None
        self._keep(reply)

    def _keep(self, reply: Reply[Any]) -> None:
        self._token = str(reply.data["token"])
        life = _life(reply, self._clock.time())
        self._renew_at = None if life is None else self._clock.monotonic() + life - min(RENEW_AHEAD, life / 2)


def _refused(error: StatusError, username: str) -> LoginFailed:
    hints = {401: "check `username` and `password`", 501: "this installation has no login service: use `api_key`"}
    hint = hints.get(error.status, "use `api_key`" if error.status < 400 else "")
    return LoginFailed(
        f"no session for user {username!r}: {error}{f'; {hint}' if hint else ''}",
        error.where,
        status=error.status,
        problems=error.problems,
        request_id=error.request_id,
    )


def _life(reply: Reply[Any], now: float) -> float | None:
    """Return the seconds that the token lives, by the server's own clock where it tells it; None if unknown."""
    try:
        end = datetime.fromisoformat(reply.data["session_expiration_time"])
    except (KeyError, TypeError, ValueError):
        return None
    end = end if end.tzinfo else end.replace(tzinfo=UTC)
    with suppress(KeyError, ValueError):
        told = parsedate_to_datetime(reply.headers["date"]).timestamp()
        now = told if abs(told - now) > CLOCK_TOLERANCE else now
    return max(0.0, end.timestamp() - now)
