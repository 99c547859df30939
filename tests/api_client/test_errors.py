"""What a refusal becomes: the class that the provider acts on, and the line that a person reads."""

from __future__ import annotations

import httpx
import pytest

from ece_client import (
    ApiError,
    Conflict,
    Forbidden,
    NotFound,
    NotJson,
    PlanPending,
    ServerError,
    StatusError,
    TooManyRequests,
    Unauthenticated,
)
from tests.api_client.wire import Wire, client_on, ok, page, refused


async def error_for(answer, operation="get-deployment", path=None):
    """Return what one call with this answer raises."""
    async with client_on(Wire(answer), max_retries=0) as client:
        with pytest.raises(ApiError) as caught:
            await client.call(operation, path={"deployment_id": "d1"} if path is None else path)
    return caught.value


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused(400, "clusters.cluster_invalid_plan"), StatusError),
        (refused(401, "root.unauthenticated"), Unauthenticated),
        (refused(403, "root.unauthorized.rbac"), Forbidden),
        (refused(404, "deployments.deployment_not_found"), NotFound),
        (refused(409, "extensions.id_already_exists"), Conflict),
        (refused(400, "deployments.version_conflict"), Conflict),
        (refused(400, "deployments.resource_plan_state_error"), PlanPending),
        (refused(412, "clusters.cluster_plan_state_error"), PlanPending),
        (refused(429, "root.too_many"), TooManyRequests),
        (refused(449, "root.unauthorized.rbac.elevated_permissions_required"), Forbidden),
        (refused(500, "deployments.resync_failed"), ServerError),
        (refused(503), ServerError),
    ],
)
async def test_class_by_status_and_code(answer, kind):
    """The provider decides by class whether an object is gone, busy or forbidden."""
    assert type(await error_for(answer)) is kind


@pytest.mark.parametrize(
    "answer",
    [
        ok({"ok": False, "message": "Unknown resource."}, 404),
        httpx.Response(404),
        ok({"errors": []}, 404),
        refused(404, "root.resource_not_found"),
    ],
)
async def test_an_unknown_path_is_not_a_missing_object(answer):
    """With a wrong path in the endpoint everything answers 404; Terraform must not forget all objects over it."""
    error = await error_for(answer)
    assert not isinstance(error, NotFound)
    assert isinstance(error, StatusError)


async def test_one_readable_line_with_all_parts():
    """The line is all that most users ever see of an error."""
    answer = refused(
        400,
        "deployments.elasticsearch.node_roles_error",
        "Bad roles",
        ["resources.elasticsearch[0]"],
        x_request_id="r9",
    )
    error = await error_for(answer)
    assert str(error) == (
        "get-deployment failed with 400: deployments.elasticsearch.node_roles_error: Bad roles "
        "[resources.elasticsearch[0]] (GET /api/v1/deployments/d1, request id r9)"
    )
    assert error.codes == ("deployments.elasticsearch.node_roles_error",)
    assert error.messages == ("Bad roles",)
    assert error.fields == ("resources.elasticsearch[0]",)
    assert (error.operation, error.method, error.path) == ("get-deployment", "GET", "/api/v1/deployments/d1")
    assert error.request_id == "r9"


async def test_every_entry_of_the_body_is_told():
    """Several mistakes are to be mended in one go."""
    entries = [{"code": "a.b", "message": "one"}, {"code": "c.d", "message": "two"}]
    assert "a.b: one; c.d: two" in str(await error_for(ok({"errors": entries}, 400)))


@pytest.mark.parametrize(
    "body", [{"errors": [None, {"code": None, "message": None, "fields": None}]}, {"errors": "x"}, [], "text", 3, None]
)
async def test_strange_error_bodies_do_not_crash(body):
    """A proxy may send any JSON; the status alone must then be enough."""
    error = await error_for(ok(body, 500))
    assert type(error) is ServerError
    assert "500" in str(error)


@pytest.mark.parametrize("status", [200, 401, 404, 502])
async def test_a_page_of_a_proxy_is_named_as_such(status):
    """HTML is a sign of a wrong endpoint or a gateway, never of the object's state."""
    error = await error_for(page(status, "Bad \n Gateway"))
    assert type(error) is NotJson
    assert error.status == status
    assert "'Bad Gateway'" in str(error)
    assert "`endpoint`" in str(error)


async def test_a_page_without_a_title_gives_its_first_words():
    """Plain text errors of load balancers have no title."""
    error = await error_for(httpx.Response(400, text="<b>The plain HTTP request was sent to HTTPS port</b>"))
    assert "'The plain HTTP request was sent to HTTPS port'" in str(error)
