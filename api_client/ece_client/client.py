"""The object users hold: `Client.call` sends one operation, repeats it where that is safe, and returns its reply.

Knows nothing about what a call means; plans.py waits for plans.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

import httpx

from ece_client import wire_log
from ece_client.call import Answer, Call, Reply, is_cut, needs_region, prepare, read_reply
from ece_client.clock import Clock, SystemClock
from ece_client.config import ClientConfig
from ece_client.errors import ApiError, StatusError, Unauthenticated
from ece_client.failures import translate, uncertain
from ece_client.pinning import find_pin
from ece_client.retry import LOST_ANSWER_STATUSES, backoff, wait_after_status
from ece_client.session import authorizer
from ece_client.tls import context

if TYPE_CHECKING:
    from pydantic import BaseModel

    from ece_client._generated.operations import OperationId

ModelT = TypeVar("ModelT", bound="BaseModel")
Send = Callable[[Call, int], Awaitable[Answer]]
DEFAULT_REGION = "ece-region"
MOST_CONNECTIONS = 64
KEEP_ALIVE = 15.0
"""Seconds after which an idle connection is not used again, well below what servers keep theirs."""


class Client:
    """A client of one installation; safe for any number of calls at once within one event loop.

    Connections are opened at the first call and reused; close with `aclose`, or use `async with`.
    `transport`, `clock` and `chance` (numbers from 0 to 1) are there to be replaced by tests.
    """

    def __init__(
        self,
        config: ClientConfig,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.config = config
        self._transport = transport
        self._clock = clock or SystemClock()
        self._chance = chance
        self._http: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()
        self._never_answered = True
        self._region = config.region
        self._asking_region = asyncio.Lock()
        self._authorizer = authorizer(config.auth, self._call_outside_session, self._clock)

    async def __aenter__(self) -> Self:
        """Return the client itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections; the client can be used again afterwards."""
        if self._http is not None:
            http, self._http = self._http, None
            await http.aclose()

    async def region(self) -> str:
        """Return the region of the configuration, else the one that `GET /platform` names, else `ece-region`.

        Asks once. Errors of the connection and of the login are raised; a refusal of this one call is not.
        """
        if self._region is None:
            async with self._asking_region:
                if self._region is None:
                    self._region = await self._discovered_region()
        return self._region

    @overload
    async def call(
        self,
        operation: OperationId,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: BaseModel | Mapping[str, Any] | Sequence[Any] | str | bytes | None = None,
        response: type[ModelT],
        safe: bool | None = None,
    ) -> Reply[ModelT]: ...

    @overload
    async def call(
        self,
        operation: OperationId,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: BaseModel | Mapping[str, Any] | Sequence[Any] | str | bytes | None = None,
        response: None = None,
        safe: bool | None = None,
    ) -> Reply[Any]: ...

    async def call(
        self,
        operation: OperationId,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: BaseModel | Mapping[str, Any] | Sequence[Any] | str | bytes | None = None,
        response: type[Any] | None = None,
        safe: bool | None = None,
    ) -> Reply[Any]:
        """Call an operation of the API document and return its reply.

        `path` holds every path parameter, `query` any of the query parameters (None values are not sent; a required
        `region` is filled in).
        `body` is a model (unset fields are left out), decoded JSON, or text and bytes that are sent as they are.
        `response` overrides the model that `Reply.model` returns.
        `safe` overrides whether a repeat after a lost answer does no harm, for the management channel.
        Raises ApiError (see errors.py), and ValueError for parameters that the operation does not have.
        """
        region = await self.region() if needs_region(operation, query) else ""
        call = prepare(operation, path, query, body, region=region, safe=safe)
        return await self._reply(call, self._authorized, response)

    async def send(self, call: Call) -> Reply[Any]:
        """Send a prepared call with the client's credentials; for servers that are no ECE (elasticsearch.py)."""
        return await self._reply(call, self._authorized)

    async def _call_outside_session(self, operation: str, body: Any, authorization: str | None) -> Reply[Any]:
        """Call login or refresh, which must not wait for the session they make."""

        async def send(call: Call, attempt: int) -> Answer:
            return await self._sent(call, authorization, attempt)

        call = prepare(operation, body=body)
        return await self._reply(call, send)

    async def _reply(self, call: Call, send: Send, form: type[Any] | None = None) -> Reply[Any]:
        """Send until there is an answer that stands, or the attempts are used up, and make a reply or error of it."""
        attempt = 0
        while True:
            attempt += 1
            is_last = attempt > self.config.max_retries
            try:
                answer = await send(call, attempt)
            except httpx.RequestError as error:
                failure, repeatable = translate(error, call, self.config, never_answered=self._never_answered)
                if is_last or not repeatable:
                    raise _after(attempt, failure) from error
                wait = backoff(attempt, self._chance)
            else:
                asked = None if is_last else self._wait_after(call, answer, attempt)
                if asked is None:
                    return read_reply(call, self._checked(call, answer), form)
                wait = asked
            wire_log.repeated(call, wait)
            await self._clock.sleep(wait)

    def _wait_after(self, call: Call, answer: Answer, attempt: int) -> float | None:
        """Return the seconds to wait before a repeat, None if the answer stands."""
        if call.safe and is_cut(call, answer):
            return backoff(attempt, self._chance)
        return wait_after_status(
            answer.status,
            answer.headers.get("retry-after"),
            safe=call.safe,
            attempt=attempt,
            now=self._clock.time(),
            random=self._chance,
        )

    def _checked(self, call: Call, answer: Answer) -> Answer:
        """Return the answer, unless it leaves open what became of a write."""
        if is_cut(call, answer) and not call.safe:
            raise uncertain(call, self.config.address, "it breaks off")
        if answer.status in LOST_ANSWER_STATUSES and not call.safe:
            raise uncertain(call, self.config.address, f"status {answer.status} from a gateway")
        return answer

    async def _authorized(self, call: Call, attempt: int) -> Answer:
        """Send with the session's header, and once more with a new one if the token was refused."""
        header = await self._authorizer.header()
        answer = await self._sent(call, header, attempt)
        if answer.status == httpx.codes.UNAUTHORIZED and (other := await self._authorizer.renewed(header)):
            return await self._sent(call, other, attempt)
        return answer

    async def _sent(self, call: Call, authorization: str | None, attempt: int) -> Answer:
        """Send once; raises httpx.RequestError."""
        http = self._http or await self._opened()
        headers = call.headers if authorization is None else {**call.headers, "Authorization": authorization}
        wire_log.sent(call, headers)
        start = self._clock.monotonic()
        try:
            response = await http.request(
                call.where.method, self.config.endpoint + call.target, headers=headers, content=call.content or None
            )
        except (httpx.RequestError, OSError) as error:
            wire_log.failed(call, error, self._clock.monotonic() - start, attempt)
            if isinstance(error, httpx.RequestError):
                raise
            # An alert that arrives after the handshake comes through httpx as it is.
            raise httpx.ReadError(str(error)) from error
        self._never_answered = False
        answer = Answer(response.status_code, response.headers, response.content)
        wire_log.answered(call, answer, self._clock.monotonic() - start, attempt)
        return answer

    async def _opened(self) -> httpx.AsyncClient:
        """Make the connection pool and its TLS context, once."""
        async with self._opening:
            if self._http is None:
                self._http = await self._made()
            return self._http

    async def _made(self) -> httpx.AsyncClient:
        config = self.config
        timeout = httpx.Timeout(config.request_timeout, pool=None)
        limits = httpx.Limits(max_connections=MOST_CONNECTIONS, keepalive_expiry=KEEP_ALIVE)
        headers = {"User-Agent": config.user_agent}
        if self._transport is not None:
            return httpx.AsyncClient(transport=self._transport, timeout=timeout, headers=headers)
        is_tls = config.endpoint.startswith("https:")
        pin = await find_pin(config) if is_tls and config.tls.ca_fingerprint else None
        verify = context(config.tls, pin) if is_tls else False
        return httpx.AsyncClient(verify=verify, timeout=timeout, limits=limits, headers=headers)

    async def _discovered_region(self) -> str:
        try:
            reply = await self.call("get-platform")
        except Unauthenticated:
            raise
        except StatusError:
            return DEFAULT_REGION
        names = [region["region_id"] for region in reply.data.get("regions", ())]
        return DEFAULT_REGION if DEFAULT_REGION in names or not names else str(names[0])


def _after(attempt: int, failure: ApiError) -> ApiError:
    """Tell the number of attempts where there was more than one."""
    if attempt > 1:
        failure.args = (f"{failure} (after {attempt} attempts)",)
    return failure
