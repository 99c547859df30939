"""Who may call: keys, passwords, sessions, roles."""

from __future__ import annotations

from typing import Any

import pytest

from ece_simulator import Simulator
from ece_simulator.users.rights import DEPLOYMENT_MANAGER, DEPLOYMENT_VIEWER, PLATFORM_ADMIN, PLATFORM_VIEWER
from tests.simulator.support import RULESETS, Api, basic, create_body, ruleset


def log_in(sim: Simulator) -> Api:
    """The administrator with a session."""
    api = Api(sim)
    credentials = {"username": "admin", "password": api.installation.password}
    return Api(sim, authorization=f"Bearer {api.post('/users/auth/_login', credentials)['token']}")


def test_three_ways_to_log_in(sim: Simulator, api: Api) -> None:
    """ApiKey, Basic and Bearer lead to the same installation; the key's end of life is told."""
    assert api.get("/user")["user_name"] == "terraform"
    assert api.headers["x-elastic-api-key-expiration"] == "2026-04-01T00:00:00.000Z"
    assert Api(sim, authorization=basic("admin", api.installation.password)).get("/user")["builtin"] is True
    assert log_in(sim).get("/user")["user_name"] == "admin"


@pytest.mark.parametrize(
    "authorization", ["ApiKey nope", "Bearer nope", "Basic nope", basic("admin", "wrong"), "Digest x", "x"]
)
def test_bad_credentials_are_401(sim: Simulator, authorization: str) -> None:
    """Whatever is wrong with a login, the reply is the documented one, even for operations that do not exist."""
    stranger = Api(sim, authorization=authorization)

    for target in ("/platform", "/comments/a/b"):
        assert stranger.codes("GET", target, expect=401) == ["root.unauthenticated"]
        assert "www-authenticate" in stranger.headers
    stranger.call("POST", "/deployments", create_body(), expect=401)
    assert len(Api(sim).get("/deployments")["deployments"]) == 2


def test_sessions_end_and_can_be_renewed(sim: Simulator) -> None:
    """A token works until its time; a refresh in time gives another one."""
    session = log_in(sim)
    sim.control.advance(3000)
    renewed = Api(sim, authorization=f"Bearer {session.post('/users/auth/_refresh')['token']}")
    sim.control.advance(1000)

    assert session.codes("GET", "/user", expect=401) == ["root.unauthenticated"]
    assert renewed.get("/user")["user_name"] == "admin"
    renewed.post("/users/auth/_logout")
    renewed.codes("GET", "/user", expect=401)
    assert Api(sim).codes("POST", "/users/auth/_refresh", expect=401) == ["root.unauthorized"]


def test_sessions_and_keys_can_be_taken_away(sim: Simulator) -> None:
    """Tests of clients need credentials that stop working in the middle."""
    session = log_in(sim)
    sim.control.expire_tokens(session_seconds=5)
    session.codes("GET", "/user", expect=401)
    short = log_in(sim)
    sim.control.advance(5)
    short.codes("GET", "/user", expect=401)
    key = sim.control.add_key(PLATFORM_ADMIN, lifetime=60)
    owner = Api(sim, authorization=f"ApiKey {key}")
    owner.get("/platform")
    sim.control.advance(60)
    owner.codes("GET", "/platform", expect=401)
    sim.control.revoke(Api(sim).installation.api_key)
    Api(sim).codes("GET", "/platform", expect=401)


def test_login_checks_the_password(sim: Simulator, api: Api) -> None:
    """A wrong password is 401 without a hint which part was wrong; a login for a page is a redirect."""
    wrong = {"username": "admin", "password": "wrong"}
    assert api.codes("POST", "/users/auth/_login", wrong, expect=401) == ["root.unauthenticated"]
    right = {"username": "admin", "password": api.installation.password, "login_state": {"path": "/deployments"}}
    api.call("POST", "/users/auth/_login", right, expect=302)
    assert api.headers["location"] == "/deployments"


CALLS: list[tuple[str, str, Any, set[str]]] = [
    ("GET", "/platform", None, {PLATFORM_ADMIN, PLATFORM_VIEWER}),
    ("GET", "/account", None, {PLATFORM_ADMIN, PLATFORM_VIEWER}),
    ("PUT", "/account", {"trust": {"trust_all": True}}, {PLATFORM_ADMIN}),
    ("POST", RULESETS, ruleset(), {PLATFORM_ADMIN}),
    ("GET", RULESETS, None, {PLATFORM_ADMIN, PLATFORM_VIEWER, DEPLOYMENT_MANAGER, DEPLOYMENT_VIEWER}),
    ("POST", "/deployments", create_body(), {PLATFORM_ADMIN, DEPLOYMENT_MANAGER}),
    ("GET", "/deployments", None, {PLATFORM_ADMIN, PLATFORM_VIEWER, DEPLOYMENT_MANAGER, DEPLOYMENT_VIEWER}),
    ("GET", "/user", None, {PLATFORM_ADMIN, PLATFORM_VIEWER, DEPLOYMENT_MANAGER, DEPLOYMENT_VIEWER}),
]


@pytest.mark.parametrize("role", [PLATFORM_ADMIN, PLATFORM_VIEWER, DEPLOYMENT_MANAGER, DEPLOYMENT_VIEWER])
def test_roles(sim: Simulator, role: str) -> None:
    """A missing right is 403 with the permission's name; nothing has happened."""
    api = Api(sim, authorization=f"ApiKey {Api(sim).installation.api_keys[role]}")

    for method, target, body, allowed in CALLS:
        expect = 403 if role not in allowed else 201 if method == "POST" else 200
        reply = api.call(method, target, body, expect=expect)
        if expect == 403:
            assert reply["errors"][0]["code"] == "root.unauthorized.rbac"
            assert sim.control.calls()[-1]["operation_id"] in reply["errors"][0]["message"]
    assert {"create-deployment"} & set(api.get("/user")["security"]["permissions"]) == (
        {"create-deployment"} if role in (PLATFORM_ADMIN, DEPLOYMENT_MANAGER) else set()
    )


def test_roles_can_change(sim: Simulator, api: Api) -> None:
    """A user who loses a role loses it for the next call."""
    sim.control.set_role("terraform", DEPLOYMENT_VIEWER)

    assert api.codes("GET", "/platform", expect=403) == ["root.unauthorized.rbac"]


def test_keys_belong_to_native_users(sim: Simulator, api: Api) -> None:
    """The built-in administrator cannot own keys; others see their own keys, without the secret."""
    admin = Api(sim, authorization=basic("admin", api.installation.password))
    assert admin.codes("POST", "/users/auth/keys", {"description": "x"}, expect=400) == ["api_keys.invalid_input"]
    bad = {"description": "x", "expiration": "soon"}
    assert api.refused_fields("POST", "/users/auth/keys", bad) == ["expiration"]

    made = api.post("/users/auth/keys", {"description": "ci", "expiration": "7d"}, expect=201)

    assert "key" not in api.get(f"/users/auth/keys/{made['id']}")
    assert made["id"] in [key["id"] for key in api.get("/users/auth/keys")["keys"]]
    owner = Api(sim, authorization=f"ApiKey {made['key']}")
    owner.get("/platform")
    api.delete(f"/users/auth/keys/{made['id']}")
    owner.codes("GET", "/platform", expect=401)
    assert api.codes("GET", f"/users/auth/keys/{made['id']}", expect=404) == ["api_keys.key_not_found"]
