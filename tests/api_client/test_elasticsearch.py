"""Elasticsearch through the management channel and by credentials: requests, answers, errors, secrets."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import httpx
import pytest

from ece_client import (
    ApiKey,
    Basic,
    ConnectionFailed,
    Elasticsearch,
    ElasticsearchError,
    Forbidden,
    NotFound,
    ServerError,
    UnexpectedReply,
    WriteUncertain,
)
from ece_client.wire_log import TRACE
from tests.api_client.wire import Wire, client_on, ok, refused

CHANNEL = "/api/v1/deployments/d1/elasticsearch/main/proxy"
DATE = "Thu, 01 Jan 2026 00:00:00 GMT"
KEY = {
    "id": "k1",
    "name": "logs",
    "type": "cross_cluster",
    "creation": 1_767_225_600_000,
    "expiration": 1_767_312_000_000,
    "invalidated": False,
    "metadata": {"alias": "logs"},
    "access": {"search": [{"names": ["logs-*"]}]},
}


def error(status: int, type: str, reason: str) -> httpx.Response:
    """An error body of Elasticsearch."""
    return ok({"error": {"type": type, "reason": reason, "root_cause": []}, "status": status}, status)


def elasticsearch(wire: Wire, **options: Any) -> Elasticsearch:
    """The cluster of deployment d1, behind the channel."""
    return Elasticsearch(client_on(wire, **options), "d1", "main")


async def test_requests_go_through_the_channel():
    """Path, header and query as ECE wants them; a slash too many reaches nothing."""
    wire = Wire(ok({"version": {"number": "9.2.0"}, "cluster_uuid": "u1"}))
    found = await elasticsearch(wire).info()
    assert (found.version, found.cluster_uuid) == ("9.2.0", "u1")
    assert wire.paths == [f"{CHANNEL}/"]
    assert wire.request.headers["X-Management-Request"] == "true"


async def test_settings_are_read_flat_and_written_with_nulls():
    """A null is what removes a setting: leaving it out would keep it."""
    wire = Wire(ok({"persistent": {"cluster.remote.a.mode": "proxy"}, "transient": {}}), ok({"acknowledged": True}))
    cluster = elasticsearch(wire)
    assert await cluster.persistent_settings() == {"cluster.remote.a.mode": "proxy"}
    assert wire.paths[-1] == f"{CHANNEL}/_cluster/settings?flat_settings=true"
    await cluster.put_persistent_settings({"cluster.remote.a.mode": None})
    assert wire.request.method == "PUT"
    assert wire.sent_json == {"persistent": {"cluster.remote.a.mode": None}}


async def test_state_of_connections():
    """Whether a secret is loaded shows in one redacted member only."""
    entry = {
        "connected": True,
        "mode": "proxy",
        "proxy_address": "h:9443",
        "server_name": "h",
        "num_proxy_sockets_connected": 18,
        "skip_unavailable": False,
        "cluster_credentials": "::es_redacted::",
    }
    wire = Wire(ok({"a": entry, "b": {"connected": False, "mode": "sniff", "seeds": []}}))
    found = await elasticsearch(wire).remote_info()
    assert (found["a"].connected, found["a"].has_credentials, found["a"].sockets) == (True, True, 18)
    assert (found["b"].connected, found["b"].has_credentials, found["b"].proxy_address) == (False, False, None)


async def test_resolving_one_alias():
    """What Elasticsearch says of a failure is the best evidence there is."""
    wire = Wire(ok({"a": {"connected": False, "error": "closed by remote"}}))
    assert (await elasticsearch(wire).resolve_cluster("a"))["error"] == "closed by remote"
    assert wire.paths == [f"{CHANNEL}/_resolve/cluster/a:*"]


@pytest.mark.parametrize("skipped", [True, False])
async def test_why_a_search_on_an_alias_fails(skipped: bool):
    """The reason stands in two places, by skip_unavailable; the innermost one is what helps."""
    error = {"reason": "Unable to connect to [a]", "caused_by": {"reason": "does not match the trusted names"}}
    details = {"_clusters": {"details": {"a": {"status": "skipped", "failures": [{"reason": error}]}}}}
    wire = Wire(ok(details) if skipped else ok({"error": error, "status": 500}, 500))
    said = await elasticsearch(wire).failure_of("a")
    assert said == "Unable to connect to [a]; does not match the trusted names"
    assert wire.paths == [f"{CHANNEL}/a:*/_search?size=0"]
    assert await elasticsearch(Wire(ok({"hits": {"hits": []}}))).failure_of("a") == ""


async def test_a_key_is_made_and_shown_once():
    """The secret is what goes on; it is in no repr."""
    wire = Wire(ok({"id": "k1", "name": "logs", "api_key": "s3cret", "encoded": "b64secret", "expiration": 5}))
    made = await elasticsearch(wire).create_cross_cluster_key("logs", KEY["access"], {"alias": "logs"}, "90d")
    assert (made.id, made.encoded, made.expiration) == ("k1", "b64secret", 5)
    assert "b64secret" not in repr(made)
    assert wire.sent_json == {
        "name": "logs",
        "access": KEY["access"],
        "metadata": {"alias": "logs"},
        "expiration": "90d",
    }


async def test_a_lost_answer_to_a_creation_is_not_repeated():
    """A repeat makes a second key; the caller must look first."""
    wire = Wire(httpx.ReadError("reset"))
    with pytest.raises(WriteUncertain):
        await elasticsearch(wire).create_cross_cluster_key("logs", {}, {})
    assert len(wire.requests) == 1


async def test_a_lost_answer_to_harmless_writes_is_repeated():
    """Settings, metadata, reload and invalidation come to the same however often they are sent."""
    for work in (
        lambda cluster: cluster.put_persistent_settings({"a": 1}),
        lambda cluster: cluster.update_cross_cluster_key("k1", metadata={}),
        lambda cluster: cluster.reload_secure_settings(),
        lambda cluster: cluster.invalidate_api_keys(["k1"]),
    ):
        wire = Wire(httpx.ReadError("reset"), ok())
        await work(elasticsearch(wire))
        assert len(wire.requests) == 2


async def test_only_what_is_given_is_updated():
    """Access that is sent replaces the old one, so it must not be sent along."""
    wire = Wire(ok({"updated": True}))
    await elasticsearch(wire).update_cross_cluster_key("k/1", metadata={"state": "active"})
    assert wire.paths == [f"{CHANNEL}/_security/cross_cluster/api_key/k%2F1"]
    assert wire.sent_json == {"metadata": {"state": "active"}}


async def test_a_key_by_id_and_its_life():
    """Judged by the server's clock, which is the one that ends it."""
    wire = Wire(ok({"api_keys": [KEY]}, date=DATE))
    found = await elasticsearch(wire).api_key("k1")
    assert found is not None
    assert wire.paths == [f"{CHANNEL}/_security/api_key?id=k1"]
    assert found.seen_at == 1_767_225_600.0
    assert found.is_live(found.seen_at)
    assert not found.is_live(1_767_312_000.0)


async def test_unknown_keys_are_no_error():
    """Elasticsearch answers an unknown id with 404 and an empty list, and forgets dead keys after a while."""
    assert await elasticsearch(Wire(ok({"api_keys": []}, 404))).api_key("k1") is None
    wire = Wire(error(404, "resource_not_found_exception", "no keys"))
    await elasticsearch(wire).invalidate_api_keys(["k1"])
    assert wire.sent_json == {"ids": ["k1"]}


async def test_nothing_to_invalidate_sends_nothing():
    """Elasticsearch refuses an empty list."""
    wire = Wire(ok())
    await elasticsearch(wire).invalidate_api_keys([])
    assert wire.requests == []


async def test_searches_across_a_connection():
    """The colon of ``alias:index`` must reach Elasticsearch as it is."""
    wire = Wire(ok({"hits": {"hits": [{"_source": {"a": 1}}]}}), ok({"result": "created"}))
    cluster = elasticsearch(wire)
    assert await cluster.search("logs:logs-*") == [{"a": 1}]
    assert wire.paths == [f"{CHANNEL}/logs:logs-*/_search?size=10"]
    await cluster.put_document("logs-1", "x", {"a": 1})
    assert wire.paths[-1] == f"{CHANNEL}/logs-1/_doc/x?refresh=true"


async def test_errors_of_elasticsearch_keep_its_words():
    """They say what to change; and whose Elasticsearch it was."""
    wire = Wire(error(400, "illegal_argument_exception", "bad expiration"))
    with pytest.raises(ElasticsearchError) as caught:
        await elasticsearch(wire).create_cross_cluster_key("logs", {}, {})
    found = caught.value
    assert (found.status, found.type, found.reason) == (400, "illegal_argument_exception", "bad expiration")
    assert "deployment d1" in str(found)
    assert "bad expiration" in str(found)


async def test_what_comes_from_ece_stays_an_error_of_ece():
    """A deployment that is gone, a channel that is closed: not Elasticsearch's words."""
    with pytest.raises(NotFound):
        await elasticsearch(Wire(refused(404, "deployments.deployment_not_found"))).info()
    with pytest.raises(Forbidden):
        await elasticsearch(Wire(refused(403, "root.unauthorized"))).info()
    with pytest.raises(ServerError):
        await elasticsearch(Wire(refused(500, "x")), max_retries=0).reload_secure_settings()


async def test_a_cluster_that_is_down():
    """503 is repeated, then told as what it is: no sign that anything is gone."""
    wire = Wire(ok({"ok": False, "message": "no instances"}, 503))
    with pytest.raises(ElasticsearchError) as caught:
        await elasticsearch(wire, max_retries=1).info()
    assert caught.value.is_down
    assert len(wire.requests) == 2


@pytest.mark.parametrize("data", [[], {"api_keys": "x"}, {}])
async def test_answers_of_another_form(data: Any):
    """Something that is no Elasticsearch must not be read as "there are no keys"."""
    with pytest.raises(UnexpectedReply):
        await elasticsearch(Wire(ok(data))).api_key("k1")


async def test_secrets_stay_out_of_the_log(caplog: pytest.LogCaptureFixture):
    """A whole log at the finest level must not hold what opens a remote cluster."""
    caplog.set_level(TRACE, "ece_client")
    wire = Wire(ok({"id": "k1", "name": "logs", "api_key": "s3cret-a", "encoded": "s3cret-b"}))
    await elasticsearch(wire).create_cross_cluster_key("logs", {}, {})
    assert "k1" in caplog.text
    assert "s3cret" not in caplog.text


@pytest.mark.parametrize(
    ("credentials", "header"),
    [
        (Basic("elastic", "pw"), "Basic " + base64.b64encode(b"elastic:pw").decode()),
        (ApiKey("a2V5"), "ApiKey a2V5"),
    ],
)
async def test_the_other_way_in(credentials: Basic | ApiKey, header: str):
    """By credentials, at the cluster's own port, with no trace of the channel."""
    heads: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode().lower())
        body = b'{"persistent": {"a": "1"}}'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body))
        writer.write(body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        cluster = Elasticsearch.direct(f"http://127.0.0.1:{port}", credentials, cluster="deployment d1")
        assert await cluster.persistent_settings() == {"a": "1"}
        await cluster.aclose()
    assert heads[0].startswith("get /_cluster/settings?flat_settings=true http/1.1")
    assert f"authorization: {header}".lower() in heads[0]
    assert "x-management-request" not in heads[0]


async def test_a_direct_way_that_leads_nowhere_says_so():
    """The message must not speak of ECE: another address is to be corrected."""
    cluster = Elasticsearch.direct("http://127.0.0.1:1", Basic("elastic", "pw"), max_retries=0)
    with pytest.raises(ConnectionFailed) as caught:
        await cluster.info()
    assert caught.value.operation == "elasticsearch"
    with pytest.raises(ValueError, match="endpoint"):
        Elasticsearch.direct("es.example.com", Basic("elastic", "pw"))
