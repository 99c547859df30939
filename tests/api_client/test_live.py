"""The client against the simulator, over real sockets: another reading of the same API must agree with ours."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
import time
from urllib.parse import urlsplit

import pytest

from ece_client import (
    ApiKey,
    Basic,
    Client,
    ClientConfig,
    Conflict,
    ConnectionFailed,
    Forbidden,
    Login,
    LoginFailed,
    NotFound,
    NotJson,
    PlanFailed,
    PlanPending,
    PlanWatcher,
    ServerError,
    StatusError,
    SystemClock,
    Tls,
    TlsFailed,
    TooManyRequests,
    Unauthenticated,
    WriteUncertain,
)
from ece_simulator import Simulator

RULESET = {"name": "office", "type": "ip", "region": "ece-region", "include_by_default": False, "rules": []}


@pytest.fixture(scope="module")
def served():
    """One installation on loopback."""
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(served):
    """The installation, as new."""
    yield served
    served.control.reset()
    served.control.clear_faults()
    served.control.set_plan_speed(0)


@pytest.fixture
def ece(simulator):
    """Its addresses and credentials."""
    return simulator.installations[0]


def client_of(ece, *, auth=None, endpoint=None, tls=None, **options):
    """A client of the installation, by API key and CA file unless told otherwise."""
    tls = tls or Tls(ca_file=ece.ca_file)
    return Client(ClientConfig(endpoint or ece.endpoint, auth or ApiKey(ece.api_key), tls=tls, **options))


def calls_of(simulator, operation):
    """Return the logged calls of one operation."""
    return [call for call in simulator.control.calls() if call["operation_id"] == operation]


async def request_of(client):
    """Return a request that creates a deployment of Elasticsearch and Kibana, made of the default template."""
    template = (await client.call("get-deployment-template-v2", path={"template_id": "default"})).data
    resources = template["deployment_template"]["resources"]
    return {
        "name": "logs",
        "version": "9.2.0",
        "resources": {kind: resources[kind] for kind in ("elasticsearch", "kibana")},
    }


# Whom to trust


def leaf_fingerprint(endpoint):
    """Return the SHA-256 of the certificate that the installation shows now."""
    parts = urlsplit(endpoint)
    pem = ssl.get_server_certificate((parts.hostname, parts.port))
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


@pytest.mark.parametrize(
    "tls",
    [
        lambda ece: Tls(ca_file=ece.ca_file),
        lambda ece: Tls(ca_pem=ece.ca_pem),
        lambda ece: Tls(ca_fingerprint=leaf_fingerprint(ece.endpoint)),
        lambda ece: Tls(insecure=True),
    ],
    ids=["ca_file", "ca_pem", "ca_fingerprint", "insecure"],
)
async def test_trust(ece, tls):
    """Each TLS argument opens the way by itself."""
    async with client_of(ece, tls=tls(ece)) as client:
        assert (await client.call("get-platform")).model().version


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [("expired", "expired"), ("foreign_ca", "unknown_ca"), ("wrong_host", "host_name_mismatch")],
)
async def test_distrust(simulator, ece, certificate, reason):
    """Each flaw of a certificate is told apart."""
    simulator.control.set_certificate(certificate)
    try:
        async with client_of(ece) as client:
            with pytest.raises(TlsFailed) as caught:
                await client.call("get-platform")
    finally:
        simulator.control.set_certificate("normal")
    assert caught.value.reason == reason
    assert simulator.control.calls() == []


async def test_client_certificate(simulator, ece, tmp_path):
    """Mutual TLS, for installations behind a gateway that demands it."""
    pair = simulator.control.client_certificate()
    (tmp_path / "c.pem").write_text(pair["certificate"])
    (tmp_path / "k.pem").write_text(pair["key"])
    files = {"client_cert_file": str(tmp_path / "c.pem"), "client_key_file": str(tmp_path / "k.pem")}
    simulator.control.require_client_certificate()
    try:
        async with client_of(ece, tls=Tls(ca_file=ece.ca_file, **files)) as client:
            await client.call("get-platform")
        async with client_of(ece, max_retries=0) as client:
            with pytest.raises(ConnectionFailed, match="client_cert_file"):
                await client.call("get-platform")
    finally:
        simulator.control.require_client_certificate(False)


async def test_plain_port(ece):
    """ECE's port 12400; and TLS spoken to it by mistake."""
    async with client_of(ece, endpoint=ece.plain_endpoint) as client:
        await client.call("get-platform")
    async with client_of(ece, endpoint=ece.plain_endpoint.replace("http:", "https:")) as client:
        with pytest.raises(TlsFailed, match="does not speak TLS"):
            await client.call("get-platform")


# Who calls


@pytest.mark.parametrize("way", [Login, Basic])
async def test_user_and_password(simulator, ece, way):
    """A session, and HTTP Basic."""
    async with client_of(ece, auth=way(ece.username, ece.password)) as client:
        assert (await client.call("get-current-user")).data["user_name"] == ece.username
        await client.call("list-deployments")
    assert len(calls_of(simulator, "login")) == (1 if way is Login else 0)


async def test_ended_sessions_are_renewed(simulator, ece):
    """In the middle of a deploy with many calls, by one login."""
    async with client_of(ece, auth=Login(ece.username, ece.password)) as client:
        await client.call("list-deployments")
        simulator.control.expire_tokens()
        await asyncio.gather(*(client.call("list-deployments") for _ in range(20)))
    assert len(calls_of(simulator, "login")) == 2


class Ahead(SystemClock):
    """A clock that can be put ahead."""

    seconds = 0.0

    def monotonic(self):
        return super().monotonic() + self.seconds


async def test_sessions_are_refreshed_ahead(simulator, ece):
    """No call meets a 401 because a token ended while nobody looked."""
    clock = Ahead()
    config = ClientConfig(ece.endpoint, Login(ece.username, ece.password), tls=Tls(ca_file=ece.ca_file))
    async with Client(config, clock=clock) as client:
        await client.call("list-deployments")
        clock.seconds = 3550
        await asyncio.gather(*(client.call("list-deployments") for _ in range(10)))
    assert [call["status"] for call in calls_of(simulator, "refresh-token")] == [200]
    assert len(calls_of(simulator, "login")) == 1


async def test_refused_credentials(simulator, ece):
    """A wrong password, a revoked key, and a key without the right."""
    async with client_of(ece, auth=Login(ece.username, "wrong")) as client:
        with pytest.raises(LoginFailed, match="check `username` and `password`"):
            await client.call("list-deployments")
    key = simulator.control.add_key("ece_deployment_viewer")
    async with client_of(ece, auth=ApiKey(key)) as client:
        with pytest.raises(Forbidden):
            await client.call("create-traffic-filter-ruleset", body=RULESET)
        simulator.control.revoke(key)
        with pytest.raises(Unauthenticated):
            await client.call("list-deployments")


# Where the calls go


async def test_region(simulator, ece):
    """Discovered once, and used in the path and in the query."""
    async with client_of(ece) as client:
        assert (await client.call("get-version-stacks")).data["stacks"]
        assert (await client.call("get-deployment-templates-v2")).data
        await client.call("get-current-account")
    assert len(calls_of(simulator, "get-platform")) == 1
    paths = {call["path"] for call in simulator.control.calls()}
    assert "/api/v1/regions/ece-region/stack/versions" in paths
    assert "/api/v1/regions/ece-region/account" in paths


async def test_region_for_a_key_without_platform_rights(simulator, ece):
    """Such a key may not ask for the platform, and must still read templates."""
    async with client_of(ece, auth=ApiKey(simulator.control.add_key("ece_deployment_viewer"))) as client:
        assert (await client.call("get-deployment-templates-v2")).data
    assert calls_of(simulator, "get-platform")[0]["status"] == 403


@pytest.mark.parametrize("wrong", ["/wrong/prefix", "/api"])
async def test_a_wrong_path_is_no_missing_object(ece, wrong):
    """With it every object would seem to be gone."""
    async with client_of(ece, endpoint=ece.endpoint + wrong) as client:
        with pytest.raises(StatusError) as caught:
            await client.call("get-deployment", path={"deployment_id": "0" * 32})
    assert caught.value.status == 404
    assert not isinstance(caught.value, NotFound)


# When something breaks


@pytest.mark.parametrize(
    "fault",
    [{"status": 503}, {"status": 429, "retry_after": 0}, {"status": 502, "body": "html"}, {"drop": True},
     {"drop": True, "after_effect": True}, {"body": "malformed"}],
    ids=str,
)  # fmt: skip
async def test_a_fault_at_a_safe_call_goes_unnoticed(simulator, ece, fault):
    """Also for a creation with a request id: one deployment, and its id is known."""
    for operation in ("list-deployments", "create-deployment"):
        simulator.control.fail_next(operation_id=operation, **fault)
    async with client_of(ece) as client:
        await client.call("list-deployments")
        reply = await client.call("create-deployment", query={"request_id": "r" * 32}, body=await request_of(client))
        deployments = (await client.call("list-deployments")).data["deployments"]
    assert [one["id"] for one in deployments if one["name"] == "logs"] == [reply.data["id"]]
    assert reply.status == (202 if fault.get("after_effect") or fault.get("body") == "malformed" else 201)


@pytest.mark.parametrize(
    "fault", [{"drop": True, "after_effect": True}, {"status": 504, "after_effect": True}], ids=str
)
async def test_a_lost_write_is_uncertain(simulator, ece, fault):
    """The rule set is there although nobody was told: written once, never twice."""
    simulator.control.fail_next(operation_id="create-traffic-filter-ruleset", **fault)
    async with client_of(ece) as client:
        with pytest.raises(WriteUncertain):
            await client.call("create-traffic-filter-ruleset", body=RULESET)
        rulesets = (await client.call("get-traffic-filter-rulesets")).data["rulesets"]
    assert [ruleset["name"] for ruleset in rulesets] == ["office"]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 503}, ServerError),
        ({"status": 429, "retry_after": 0}, TooManyRequests),
        ({"body": "html"}, NotJson),
        ({"drop": True}, ConnectionFailed),
        ({"status": 500}, ServerError),
    ],
    ids=str,
)
async def test_a_fault_that_stays_is_told(simulator, ece, fault, kind):
    """After the attempts that were allowed."""
    simulator.control.fail_next(operation_id="list-deployments", count=None, **fault)
    async with client_of(ece, max_retries=1) as client:
        with pytest.raises(kind):
            await client.call("list-deployments")
    assert len(calls_of(simulator, "list-deployments")) == (1 if fault.get("status") == 500 else 2)


async def test_retry_after_is_waited_for(simulator, ece):
    """A second means a second."""
    simulator.control.fail_next(operation_id="list-deployments", status=429, retry_after=1)
    async with client_of(ece) as client:
        await client.call("list-deployments")
    first, second = calls_of(simulator, "list-deployments")
    assert second["time"] - first["time"] >= 1.0


async def test_fifty_calls_at_once(simulator, ece):
    """More would only queue; none may fail."""
    async with client_of(ece) as client:
        replies = await asyncio.gather(*(client.call("list-deployments") for _ in range(50)))
    assert [reply.status for reply in replies] == [200] * 50


# Deployments and their plans


async def created(client):
    """Create a deployment of Elasticsearch and Kibana and return its id."""
    reply = await client.call("create-deployment", query={"request_id": "q" * 32}, body=await request_of(client))
    return reply.data["id"]


async def update_of(client, deployment_id, **changes):
    """Return an update request: the current Elasticsearch plan with another size of the hot tier."""
    reply = await client.call(
        "get-deployment", path={"deployment_id": deployment_id}, query={"clear_transient": True, "show_plans": True}
    )
    resource = reply.data["resources"]["elasticsearch"][0]
    plan = resource["info"]["plan_info"]["current"]["plan"]
    for element in plan["cluster_topology"]:
        if element["id"] == "hot_content":
            element["size"]["value"] *= 2
    payload = {"ref_id": resource["ref_id"], "region": resource["region"], "plan": plan}
    return {"prune_orphans": False, "resources": {"elasticsearch": [payload]}, **changes}, reply.version


async def test_life_of_a_deployment(simulator, ece):
    """Create, update, shut down, delete, each waited for; the models read what comes."""
    simulator.control.set_plan_speed(0.3)
    async with client_of(ece) as client:
        deployment_id = await created(client)
        path = {"deployment_id": deployment_id}
        lines = []
        watcher = PlanWatcher(client, poll_interval=0.1, on_progress=lines.append)
        outcome = await watcher.wait(deployment_id, known=frozenset(), deadline=20)
        assert "elasticsearch" in {ref.kind for ref in outcome.attempts}
        assert any(line.startswith("elasticsearch ") for line in lines)
        reply = await client.call("get-deployment", path=path, query={"show_settings": True, "show_metadata": True})
        assert reply.model().model_dump(by_alias=True, exclude_unset=True) == reply.data

        known = await watcher.known(deployment_id)
        body, version = await update_of(client, deployment_id)
        await client.call("update-deployment", path=path, body=body, query={"version": version})
        pending = await watcher.pending(deployment_id)
        assert [ref.kind for ref in pending] == ["elasticsearch"]
        with pytest.raises(PlanPending):
            await client.call("update-deployment", path=path, body=body)
        outcome = await watcher.wait(deployment_id, known=known, deadline=20)
        assert list(outcome.attempts) == pending
        with pytest.raises(Conflict):
            await client.call("update-deployment", path=path, body=body, query={"version": version})

        await client.call("shutdown-deployment", path=path, query={"skip_snapshot": True})
        await watcher.wait(deployment_id, deadline=20)
        await client.call("delete-deployment", path=path)
        with pytest.raises(NotFound):
            await client.call("get-deployment", path=path)
        assert (await watcher.wait(deployment_id, gone_is_done=True)).is_gone


async def test_failed_plans(simulator, ece):
    """A failed creation and a failed update, each with step and message, however fast they were."""
    async with client_of(ece) as client:
        for seconds in (0.0, 0.3):
            simulator.control.reset()
            simulator.control.set_plan_speed(seconds)
            watcher = PlanWatcher(client, poll_interval=0.1)
            simulator.control.fail_plan("allocate-instances", "No room", kind="elasticsearch")
            with pytest.raises(PlanFailed, match=r"elasticsearch .* failed at step allocate-instances: No room"):
                await watcher.wait(await created(client), known=frozenset(), deadline=20)

            deployment_id = simulator.control.seed(name="old")["id"]
            known = await watcher.known(deployment_id)
            simulator.control.fail_plan("start-instances", "No start", kind="elasticsearch")
            body, _ = await update_of(client, deployment_id)
            await client.call("update-deployment", path={"deployment_id": deployment_id}, body=body)
            with pytest.raises(PlanFailed, match=r"step start-instances: No start") as caught:
                await watcher.wait(deployment_id, known=known, deadline=20)
            assert caught.value.attempt_id not in known


async def test_a_plan_that_shows_late(simulator, ece):
    """Between the accepted write and its plan there can be nothing to see; that is not the end."""
    simulator.control.set_switch("plan_start_gap_seconds", 0.3)
    simulator.control.set_plan_speed(0.3)
    try:
        async with client_of(ece) as client:
            deployment_id = await created(client)
            outcome = await PlanWatcher(client, poll_interval=0.2).wait(deployment_id, known=frozenset(), deadline=20)
    finally:
        simulator.control.set_switch("plan_start_gap_seconds", 0.0)
    assert {ref.kind for ref in outcome.attempts} == {"elasticsearch", "kibana"}


async def test_the_end_of_a_plan_is_noticed_soon(simulator, ece):
    """A plan of one second is reported within a second and a half after its end, with the usual interval."""
    simulator.control.set_plan_speed(1.0)
    async with client_of(ece) as client:
        deployment_id = await created(client)
        await PlanWatcher(client).wait(deployment_id, known=frozenset(), deadline=20)
        noticed = time.time()
    ended = max(plan["ended"] for plan in simulator.control.plan_history(deployment=deployment_id))
    assert noticed - ended < 1.5
