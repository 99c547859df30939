"""How calls become requests and answers become replies."""

from __future__ import annotations

import httpx
import pytest

from ece_client import ConnectionFailed, NotFound, NotJson, StatusError, Unauthenticated, UnexpectedReply, models
from tests.api_client.wire import Wire, client_on, ok, page, refused

DEPLOYMENT = {"deployment_id": "d1"}
MAIN = {"deployment_id": "d1", "ref_id": "_main"}
CHANNEL = {**MAIN, "resource_kind": "elasticsearch"}


@pytest.mark.parametrize(
    ("operation", "path", "query", "target"),
    [
        ("list-deployments", {}, {}, "/api/v1/deployments"),
        ("get-deployment", DEPLOYMENT, {"show_plans": False}, "/api/v1/deployments/d1?show_plans=false"),
        ("get-current-user", {}, {}, "/api/v1/user"),
        ("get-api-keys", {}, {}, "/api/v1/users/auth/keys"),
        ("get-platform", {}, {}, "/api/v1/platform"),
        ("get-version-stacks", {}, {}, "/api/v1/regions/ece-region/stack/versions"),
        ("get-current-account", {}, {}, "/api/v1/regions/ece-region/account"),
        ("get-trusted-envs", {}, {}, "/api/v1/regions/ece-region/trusted-environments"),
        ("get-deployment-templates-v2", {}, {}, "/api/v1/deployments/templates?region=ece-region"),
        ("get-deployment-templates-v2", {}, {"region": "r2"}, "/api/v1/deployments/templates?region=r2"),
        ("get-snapshot-repository", {"repository_name": "a/b c"}, {}, "/repositories/a%2Fb%20c"),
        ("get-deployment", DEPLOYMENT, {"show_plans": None, "show_system_alerts": 5}, "d1?show_system_alerts=5"),
    ],
)
async def test_target(operation, path, query, target):
    """A call in the wrong place (region form, quoting, defaults) reaches another object or none."""
    wire = Wire(ok())
    async with client_on(wire) as client:
        await client.call(operation, path=path, query=query)
    assert wire.paths[-1].endswith(target)


async def test_path_prefix_of_the_endpoint_is_kept():
    """Companies publish ECE below a path; losing it sends every call to somebody else."""
    wire = Wire(ok())
    async with client_on(wire, endpoint="https://gate.example.com/ece/api/v1/") as client:
        await client.call("list-deployments")
    assert str(wire.request.url) == "https://gate.example.com/ece/api/v1/deployments"


@pytest.mark.parametrize(
    ("operation", "path", "query", "words"),
    [
        ("no-such-call", {}, {}, "no-such-call"),
        ("get-deployment", {}, {}, "deployment_id"),
        ("get-deployment", {"deployment_id": ""}, {}, "deployment_id is empty"),
        ("get-deployment", {**DEPLOYMENT, "ref_id": "x"}, {}, "exactly the path parameters deployment_id"),
        ("get-deployment", DEPLOYMENT, {"shwo_plans": True}, "shwo_plans"),
        ("search-eligible-remote-clusters", {}, {}, "version"),
    ],
)
async def test_wrong_parameters_are_refused_before_sending(operation, path, query, words):
    """An empty id would turn a call for one object into a call for the whole list."""
    wire = Wire(ok())
    async with client_on(wire) as client:
        with pytest.raises(ValueError, match=words):
            await client.call(operation, path=path, query=query)
    assert wire.requests == []


async def test_model_body_leaves_unset_fields_out_and_keeps_explicit_nulls():
    """Absent means keep, null means back to the default: mixing them up changes settings nobody touched."""
    body = models.DeploymentUpdateRequest(
        prune_orphans=False, settings=models.DeploymentUpdateSettings(observability=None)
    )
    wire = Wire(ok())
    async with client_on(wire) as client:
        await client.call("update-deployment", path=DEPLOYMENT, body=body)
    assert wire.sent_json == {"prune_orphans": False, "settings": {"observability": None}}
    assert wire.request.headers["content-type"] == "application/json"


async def test_body_uses_the_names_of_the_api():
    """`from` is a Python keyword and has another name in the model."""
    wire = Wire(ok())
    async with client_on(wire) as client:
        await client.call("search-deployments", body=models.SearchRequest(from_=3, sort=["id"]))
    assert wire.sent_json == {"from": 3, "sort": ["id"]}


@pytest.mark.parametrize("body", ["-----BEGIN X-----\n", b"-----BEGIN X-----\n"])
async def test_text_is_sent_as_it_is(body):
    """A PEM chain in JSON quotes would break the platform's certificate."""
    wire = Wire(ok(status=202))
    async with client_on(wire) as client:
        await client.call("set-tls-certificate", path={"service_name": "proxy"}, body=body)
    assert wire.request.content == b"-----BEGIN X-----\n"


async def test_content_type_of_extra_certificates():
    """This one call is documented with a type of its own."""
    wire = Wire(ok())
    async with client_on(wire) as client:
        await client.call("set-extra-certificate", path={"cert_id": "c"}, body="PEM")
    assert wire.request.headers["content-type"] == "application/text"


async def test_reply_has_status_version_data_and_model():
    """What the provider needs for a conditional write and for reading."""
    wire = Wire(ok({"id": "d1", "name": "logs", "brand_new": 1}, x_cloud_resource_version="7"))
    async with client_on(wire) as client:
        reply = await client.call("get-deployment", path=DEPLOYMENT)
    assert (reply.status, reply.version, reply.data["name"]) == (200, "7", "logs")
    model = reply.model()
    assert isinstance(model, models.DeploymentGetResponse)
    assert model.model_dump(exclude_unset=True) == reply.data


async def test_model_by_status_list_and_override():
    """Lists are models too, and a caller may know better than the document."""
    wire = Wire(ok([{"id": "t1"}]), ok({"id": "x"}))
    async with client_on(wire) as client:
        templates = (await client.call("get-deployment-templates-v2")).model()
        other = (
            await client.call("get-deployment", path=DEPLOYMENT, response=models.TrafficFilterRulesetResponse)
        ).model()
    assert isinstance(templates[0], models.DeploymentTemplateInfoV2)
    assert other.id == "x"


async def test_empty_body_is_no_error():
    """`PUT remote-clusters` answers 202 without a body."""
    wire = Wire(httpx.Response(202))
    async with client_on(wire) as client:
        reply = await client.call("set-deployment-es-resource-remote-clusters", path=MAIN, body={"resources": []})
    assert reply.data is None
    assert isinstance(reply.model(), models.EmptyResponse)


async def test_data_of_another_form_names_the_place():
    """A person must see which field a newer server sends differently."""
    wire = Wire(ok({"id": "d1", "resources": {"elasticsearch": "none"}}))
    async with client_on(wire) as client:
        reply = await client.call("get-deployment", path=DEPLOYMENT)
    with pytest.raises(UnexpectedReply, match=r"get-deployment.*resources\.elasticsearch"):
        reply.model()


async def test_management_channel_passes_everything_through():
    """Elasticsearch behind the channel must be seen with its own status, body and query."""
    wire = Wire(ok({"error": {"type": "security_exception"}, "status": 403}, 403), httpx.Response(200, text="green\n"))
    async with client_on(wire) as client:
        settings = {**CHANNEL, "proxy_path": "_cluster/settings?flat_settings=true"}
        denied = await client.call(
            "put-deployment-resource-proxy-requests",
            path=settings,
            query={"master_timeout": "5s"},
            body={"persistent": {}},
        )
        health = await client.call(
            "get-deployment-resource-proxy-requests", path={**CHANNEL, "proxy_path": "/_cat/health"}
        )
    assert (denied.status, denied.data["status"]) == (403, 403)
    assert health.data == "green\n"
    base = "/api/v1/deployments/d1/elasticsearch/_main/proxy"
    assert wire.paths == [
        f"{base}/_cluster/settings?flat_settings=true&master_timeout=5s",
        f"{base}/_cat/health",
    ]
    assert wire.requests[0].headers["x-management-request"] == "true"


async def test_management_channel_keeps_the_errors_of_the_platform():
    """A missing deployment must not look like a missing index."""
    path = {**CHANNEL, "proxy_path": "_cluster/health"}
    wire = Wire(refused(404, "deployments.deployment_not_found"), page(403, "Sign in"))
    async with client_on(wire) as client:
        with pytest.raises(NotFound):
            await client.call("get-deployment-resource-proxy-requests", path=path)
        with pytest.raises(NotJson):
            await client.call("get-deployment-resource-proxy-requests", path=path)


async def test_undocumented_success_is_an_error():
    """What an unknown status means for the object is unknown; guessing would put a wrong state on record."""
    wire = Wire(ok(status=206))
    async with client_on(wire) as client:
        with pytest.raises(StatusError, match=r"206.*not documented") as caught:
            await client.call("get-deployment", path=DEPLOYMENT)
    assert caught.value.status == 206


async def test_redirect_is_not_followed():
    """Following it could hand the credentials to another host."""
    wire = Wire(httpx.Response(302, json={}, headers={"location": "https://login.example.com/"}))
    async with client_on(wire) as client:
        with pytest.raises(StatusError, match=r"redirect to https://login\.example\.com/.*`endpoint`"):
            await client.call("list-deployments")
    assert len(wire.requests) == 1


async def test_unusable_header_is_no_crash():
    """A user agent with a line break must end as one of our errors, not as a stack trace of the transport."""
    wire = Wire(httpx.LocalProtocolError("Illegal header value"))
    async with client_on(wire) as client:
        with pytest.raises(ConnectionFailed, match="Illegal header"):
            await client.call("list-deployments")
    assert len(wire.requests) == 1


async def test_region_is_asked_once_by_many_calls():
    """Fifty parallel reads must not ask fifty times where they are."""
    import asyncio

    def answer(request):
        return ok({"regions": [{"region_id": "my-region"}]} if request.url.path.endswith("/platform") else {})

    wire = Wire(answer)
    async with client_on(wire, region=None) as client:
        await asyncio.gather(*(client.call("get-version-stacks") for _ in range(50)))
    assert sum(path.endswith("/platform") for path in wire.paths) == 1
    assert wire.paths[-1].startswith("/api/v1/regions/my-region/")


async def test_region_with_a_refused_key():
    """No other call would get through either; the message must be about the key."""
    async with client_on(Wire(refused(401, "root.unauthenticated")), region=None) as client:
        with pytest.raises(Unauthenticated, match="get-platform"):
            await client.call("get-version-stacks")


@pytest.mark.parametrize(
    ("answer", "region"),
    [
        (refused(403, "root.unauthorized.rbac"), "ece-region"),
        (ok({"regions": []}), "ece-region"),
        (ok({"regions": [{"region_id": "a"}, {"region_id": "ece-region"}]}), "ece-region"),
        (ok({"regions": [{"region_id": "a"}, {"region_id": "b"}]}), "a"),
    ],
)
async def test_region_without_the_right_to_ask(answer, region):
    """A key without platform rights still has to read stack versions."""
    async with client_on(Wire(answer), region=None) as client:
        assert await client.region() == region
