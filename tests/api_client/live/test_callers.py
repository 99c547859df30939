"""Who calls and where the calls go, over real sockets: users, sessions, regions and wrong paths."""

from __future__ import annotations

import asyncio

import pytest

from ece_client import (
    ApiKey,
    Basic,
    Client,
    ClientConfig,
    Forbidden,
    Login,
    LoginFailed,
    NotFound,
    StatusError,
    SystemClock,
    Tls,
    Unauthenticated,
)
from tests.api_client.live.calls import RULESET, calls_of, client_of

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
