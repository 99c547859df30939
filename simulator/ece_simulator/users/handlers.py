"""Login, own user, API keys: HTTP shapes of what accounts.py decides."""

from __future__ import annotations

from typing import Any

from ece_simulator.call import Answer, Call
from ece_simulator.clock import iso
from ece_simulator.problems import Problem
from ece_simulator.users.accounts import KEY_LIFETIME_SECONDS, ApiKey, Session
from ece_simulator.users.rights import GRANTS

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def login(call: Call) -> Answer:
    """POST /users/auth/_login; with a path to go on to, the answer is a redirect."""
    body = call.body
    target = (body.get("login_state") or {}).get("path")
    if target is not None:
        call.world.accounts.log_in(body["username"], body["password"])
        return Answer({}, 302, {"location": target})
    return Answer(_token(call.world.accounts.log_in(body["username"], body["password"])))


def refresh_token(call: Call) -> Answer:
    """POST /users/auth/_refresh: a new token; the old one lives on until it expires (inferred)."""
    if call.session is None:
        raise Problem(401, "root.unauthorized", "Only a session can be refreshed, not a key or a password")
    return Answer(_token(call.world.accounts.open_session(call.user.name)))


def logout(call: Call) -> Answer:
    """POST /users/auth/_logout."""
    if call.session is not None:
        call.world.accounts.sessions.pop(call.session, None)
    return Answer()


def get_current_user(call: Call) -> Answer:
    """GET /user."""
    user = call.user
    security = {
        "roles": list(user.roles),
        "permissions": sorted(_permissions(call)),
        "enabled": True,
        "security_realm": {"type": "native", "id": "native"},
        "elevated_permissions": {"enabled": False},
    }
    metadata = {"created_at": iso(user.created)}
    return Answer({"user_name": user.name, "security": security, "builtin": user.built_in, "metadata": metadata})


def get_api_keys(call: Call) -> Answer:
    """GET /users/auth/keys: the caller's own keys, without the secrets."""
    keys = [_key(call, key) for key in call.world.accounts.keys.values() if key.user == call.user.name]
    return Answer({"keys": keys})


def create_api_key(call: Call) -> Answer:
    """POST /users/auth/keys: the secret is in this reply only."""
    switches = call.world.switches
    if call.user.built_in and not switches.admin_keys_for_builtin_users:
        message = f"The built-in user [{call.user.name}] cannot own API keys"
        raise Problem(400, "api_keys.invalid_input", message)
    lifetime = _seconds(call.body.get("expiration"))
    key = call.world.accounts.add_key(call.user.name, call.body["description"], lifetime)
    return Answer({**_key(call, key), "key": key.secret}, 201)


def get_api_key(call: Call) -> Answer:
    """GET /users/auth/keys/{api_key_id}."""
    return Answer(_key(call, _own_key(call, call.path["api_key_id"])))


def delete_api_key(call: Call) -> Answer:
    """DELETE /users/auth/keys/{api_key_id}."""
    call.world.accounts.keys.pop(_own_key(call, call.path["api_key_id"]).secret)
    return Answer()


def _own_key(call: Call, key_id: str) -> ApiKey:
    for key in call.world.accounts.keys.values():
        if key.key_id == key_id and key.user == call.user.name:
            return key
    raise Problem(404, "api_keys.key_not_found", f"The API key [{key_id}] was not found")


def _key(call: Call, key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.key_id,
        "user_id": call.world.accounts.users[key.user].user_id,
        "description": key.description,
        "creation_date": iso(key.created),
        "expiration_date": iso(key.expires),
    }


def _token(session: Session) -> dict[str, Any]:
    return {"token": session.token, "session_expiration_time": iso(session.expires)}


def _seconds(text: str | None) -> float:
    if text is None:
        return KEY_LIFETIME_SECONDS
    number, unit = text[:-1], text[-1:]
    if not number.isdigit() or unit not in _UNITS:
        message = f"expiration: a number with s, m, h or d, got [{text}]"
        raise Problem(400, "api_keys.invalid_input", message, ["expiration"])
    return float(int(number) * _UNITS[unit])


def _permissions(call: Call) -> set[str]:
    from ece_simulator.routes import ROUTES  # here, as the table imports this module

    granted = frozenset().union(*(GRANTS[role] for role in call.user.roles))
    return {route.operation_id for route in ROUTES if route.right in granted}
