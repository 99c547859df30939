"""Which calls are repeated, how often, and after how long a wait; and what is said when it was in vain."""

from __future__ import annotations

import email.utils
import ssl

import httpx
import pytest

from ece_client import (
    ConnectionFailed,
    NotJson,
    RequestTimeout,
    ServerError,
    TooManyRequests,
    WriteUncertain,
)
from ece_client.retry import LONGEST_WAIT, backoff
from tests.api_client.wire import FakeClock, Wire, client_on, ok, page, refused

READ = ("get-deployment", {"path": {"deployment_id": "d1"}})
PUT = ("update-deployment", {"path": {"deployment_id": "d1"}, "body": {"prune_orphans": False}})
DELETE = ("delete-deployment", {"path": {"deployment_id": "d1"}})
CREATE = ("create-deployment", {"body": {}})
CREATE_ONCE = ("create-deployment", {"body": {}, "query": {"request_id": "r" * 32}})
VALIDATE = ("create-deployment", {"body": {}, "query": {"validate_only": True}})
RULESET = ("create-traffic-filter-ruleset", {"body": {}})
ASSOCIATE = ("create-traffic-filter-ruleset-association", {"path": {"ruleset_id": "f1"}, "body": {}})
KEYSTORE = ("set-deployment-es-resource-keystore", {"path": {"deployment_id": "d1", "ref_id": "r"}, "body": {}})
RESET = ("reset-elasticsearch-user-password", {"path": {"deployment_id": "d1", "ref_id": "r"}})
CHANNEL = {"deployment_id": "d1", "resource_kind": "elasticsearch", "ref_id": "r", "proxy_path": "_x"}
CHANNEL_POST = ("post-deployment-resource-proxy-requests", {"path": CHANNEL, "body": {}})
CHANNEL_SAFE_POST = ("post-deployment-resource-proxy-requests", {"path": CHANNEL, "body": {}, "safe": True})

SAFE = [READ, PUT, DELETE, CREATE_ONCE, VALIDATE, ASSOCIATE, KEYSTORE, CHANNEL_SAFE_POST]
UNSAFE = [CREATE, RULESET, RESET, CHANNEL_POST]
LOST = [
    httpx.ReadError("reset"),
    httpx.RemoteProtocolError("Server disconnected without sending a response."),
    httpx.ReadTimeout("late"),
    httpx.WriteError("broken pipe"),
]


def name_of(call):
    """Return the name of a case."""
    return f"{call[0]}{'-safe' if call[1].get('safe') or call[1].get('query') else ''}"


async def outcome(wire, call, **options):
    """Return the reply to one call."""
    operation, arguments = call
    async with client_on(wire, **options) as client:
        return await client.call(operation, **arguments)


@pytest.mark.parametrize("call", SAFE, ids=name_of)
@pytest.mark.parametrize("failure", [*LOST, refused(502), page(503), refused(504)], ids=repr)
async def test_a_lost_answer_is_asked_for_again_where_that_is_safe(call, failure):
    """A hiccup of the network must not end a deploy of an hour."""
    wire = Wire(failure, ok({"id": "d1"}))
    assert (await outcome(wire, call)).data == {"id": "d1"}
    assert len(wire.requests) == 2
    assert wire.requests[0].url == wire.requests[1].url
    assert wire.requests[0].content == wire.requests[1].content


@pytest.mark.parametrize("call", UNSAFE, ids=name_of)
@pytest.mark.parametrize("failure", [*LOST, refused(502), page(504)], ids=repr)
async def test_a_lost_answer_to_another_write_is_uncertain(call, failure):
    """A second ruleset or key made by a blind repeat would stay behind, unknown to anybody."""
    wire = Wire(failure, ok())
    with pytest.raises(WriteUncertain, match="not known whether the write took effect") as caught:
        await outcome(wire, call)
    assert len(wire.requests) == 1
    assert caught.value.operation == call[0]


@pytest.mark.parametrize("call", [*SAFE, *UNSAFE], ids=name_of)
@pytest.mark.parametrize(
    "failure", [httpx.ConnectError("refused"), httpx.ConnectTimeout("late"), refused(429)], ids=repr
)
async def test_what_was_not_processed_is_always_repeated(call, failure):
    """Nothing was sent, or the server says that it did nothing."""
    wire = Wire(failure, ok({}, 200 if call[0] != RULESET[0] else 201))
    await outcome(wire, call)
    assert len(wire.requests) == 2


@pytest.mark.parametrize("answer", [refused(500), refused(501), refused(400), refused(409), refused(403)])
async def test_other_refusals_stand(answer):
    """Repeating them only delays the message."""
    wire = Wire(answer, ok())
    with pytest.raises(Exception, match="failed with"):
        await outcome(wire, READ)
    assert len(wire.requests) == 1


async def test_503_for_an_unsafe_write_is_a_refusal():
    """No gateway says here that somebody behind it took the call."""
    wire = Wire(refused(503), ok())
    with pytest.raises(ServerError):
        await outcome(wire, RULESET)
    assert len(wire.requests) == 1


async def test_an_answer_that_breaks_off():
    """The server did its work; half a JSON must count as a lost answer, not as a page of somebody else."""
    cut = httpx.Response(201, text='{"id": "f1', headers={"content-type": "application/json"})
    with pytest.raises(WriteUncertain, match="breaks off"):
        await outcome(Wire(cut, ok()), RULESET)
    wire = Wire(httpx.Response(200, text='{"id'), ok({"id": "d1"}))
    assert (await outcome(wire, READ)).data == {"id": "d1"}
    with pytest.raises(NotJson):
        await outcome(Wire(httpx.Response(200, text='{"id')), READ)


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx.ConnectError("refused"), ConnectionFailed),
        (httpx.ConnectTimeout(""), ConnectionFailed),
        (httpx.ReadError(""), ConnectionFailed),
        (httpx.ReadTimeout(""), RequestTimeout),
        (httpx.ProxyError("407"), ConnectionFailed),
    ],
)
async def test_the_last_failure_names_host_port_and_attempts(failure, kind):
    """Who reads it must know where the client knocked, and that it did so more than once."""
    wire = Wire(failure)
    with pytest.raises(kind, match=r"ece\.example\.com:12443.*after 3 attempts") as caught:
        await outcome(wire, READ, max_retries=2)
    assert type(caught.value) is kind
    assert len(wire.requests) == 3


async def test_a_hint_at_client_certificates_only_before_the_first_answer():
    """Afterwards a broken connection is just that."""
    async with client_on(Wire(httpx.ReadError("reset"), ok(), httpx.ReadError("reset")), max_retries=0) as client:
        with pytest.raises(ConnectionFailed, match="client_cert_file"):
            await client.call("list-deployments")
        await client.call("list-deployments")
        with pytest.raises(ConnectionFailed) as caught:
            await client.call("list-deployments")
    assert "client_cert_file" not in str(caught.value)


async def test_a_handshake_that_broke_off_is_repeated():
    """It may have been a restart; only a complaint of TLS itself is final."""
    broken = httpx.ConnectError("EOF occurred")
    broken.__cause__ = ssl.SSLEOFError(8, "EOF occurred in violation of protocol")
    late = httpx.ConnectTimeout("")
    late.__cause__ = ssl.SSLWantReadError(2, "The operation did not complete")
    for failure in (broken, late):
        assert (await outcome(Wire(failure, ok({"id": "d1"})), READ)).data == {"id": "d1"}


async def test_waits_double_and_end():
    """A server that comes back up must not be greeted by all at once, nor be waited for without end."""
    clock = FakeClock()
    with pytest.raises(ServerError):
        await outcome(Wire(refused(503)), READ, clock=clock, max_retries=4)
    assert clock.slept == [0.25, 0.5, 1.0, 2.0]
    assert backoff(30, lambda: 1.0) == LONGEST_WAIT
    assert backoff(1, lambda: 0.0) == 0.125


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", 7.0),
        ("0", 0.25),
        (email.utils.formatdate(1_700_000_009, usegmt=True), 9.0),
        (email.utils.formatdate(1_600_000_000, usegmt=True), 0.25),
        ("soon", 0.25),
    ],
)
async def test_retry_after_is_obeyed(header, wait):
    """The server knows best when it will listen again, in both forms that HTTP has."""
    clock = FakeClock(now=1_700_000_000.0)
    await outcome(Wire(refused(429, retry_after=header), ok()), READ, clock=clock)
    assert clock.slept == [wait]


async def test_a_retry_after_beyond_patience_is_reported():
    """Sleeping an hour in silence looks like a hang."""
    clock = FakeClock()
    with pytest.raises(TooManyRequests):
        await outcome(Wire(refused(429, retry_after="3600"), ok()), READ, clock=clock)
    assert clock.slept == []


async def test_no_retries_at_all():
    """`max_retries = 0` is a promise."""
    wire = Wire(httpx.ConnectError("refused"))
    with pytest.raises(ConnectionFailed):
        await outcome(wire, READ, max_retries=0)
    assert len(wire.requests) == 1
