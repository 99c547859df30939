"""Security of a cluster: API keys, native users, roles, and who calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ece_simulator.elasticsearch.cluster import ELASTIC, User
from ece_simulator.elasticsearch.errors import ElasticsearchError, illegal, parsing
from ece_simulator.elasticsearch.keys import (
    CROSS_CLUSTER,
    REST,
    Key,
    checked_access,
    checked_metadata,
    milliseconds,
)
from ece_simulator.elasticsearch.patterns import fits
from ece_simulator.elasticsearch.rest import RestCall, RestReply

VALIDATION = "action_request_validation_exception"


def _object(call: RestCall, known: tuple[str, ...], what: str) -> dict[str, Any]:
    if not isinstance(call.body, dict):
        raise parsing("request body is required")
    for name in call.body:
        if name not in known:
            raise parsing(f"[{what}] unknown field [{name}]")
    return call.body


def _new_key(call: RestCall, body: dict[str, Any], kind: str) -> Key:
    if not isinstance(body.get("name"), str) or not body["name"]:
        raise ElasticsearchError(400, VALIDATION, "Validation Failed: 1: api key name is required;")
    now = int(call.site.now * 1000)
    life = body.get("expiration")
    return Key(
        id=call.site.ids.word(20),
        name=body["name"],
        type=kind,
        owner=call.who.name,
        creation=now,
        expiration=None if life is None else now + int(milliseconds(life, "expiration")),
        metadata=checked_metadata(body.get("metadata")),
        secret=call.site.ids.word(22),
    )


def _handed_out(key: Key) -> RestReply:
    told: dict[str, Any] = {"id": key.id, "name": key.name}
    if key.expiration is not None:
        told["expiration"] = key.expiration
    return RestReply({**told, "api_key": key.secret, "encoded": key.encoded})


def create_cross_cluster_key(call: RestCall) -> RestReply:
    """POST /_security/cross_cluster/api_key. Names need not be unique."""
    if call.who.key_id is not None:
        raise illegal(
            "authentication via API key not supported: An API key cannot be used to create a cross-cluster API key"
        )
    known = ("name", "access", "expiration", "metadata", "certificate_identity")
    body = _object(call, known, "cross_cluster_api_key_request")
    if "access" not in body:
        raise parsing("Required [access]")
    key = _new_key(call, body, CROSS_CLUSTER)
    key.access = checked_access(body["access"])
    call.site.cluster.keys[key.id] = key
    return _handed_out(key)


def create_rest_key(call: RestCall) -> RestReply:
    """POST /_security/api_key: an ordinary key, which is none for remote clusters."""
    body = _object(call, ("name", "role_descriptors", "expiration", "metadata"), "api_key_request")
    key = _new_key(call, body, REST)
    key.role_descriptors = body.get("role_descriptors") or {}
    call.site.cluster.keys[key.id] = key
    return _handed_out(key)


def update_cross_cluster_key(call: RestCall) -> RestReply:
    """PUT /_security/cross_cluster/api_key/{id}: for the owner of a live key only; a given access replaces the old."""
    body = _object(call, ("access", "metadata", "expiration", "certificate_identity"), "update_cross_cluster_api_key")
    if not body:
        raise illegal("must update at least one of [access], [metadata], [expiration] or [certificate_identity]")
    if call.who.key_id is not None:
        raise illegal("authentication via API key not supported: only the owner user can update an API key")
    key_id = call.path["id"]
    key = call.site.cluster.keys.get(key_id)
    if key is None or key.owner != call.who.name:
        text = f"no API key owned by requesting user found for ID [{key_id}]"
        raise ElasticsearchError(404, "resource_not_found_exception", text)
    _check_live(key, call.site.now)
    access = checked_access(body["access"]) if "access" in body else key.access
    metadata = checked_metadata(body["metadata"]) if "metadata" in body else key.metadata
    expiration = key.expiration
    if body.get("expiration") is not None:
        expiration = int(call.site.now * 1000 + milliseconds(body["expiration"], "expiration"))
    updated = (access, metadata, expiration) != (key.access, key.metadata, key.expiration)
    key.access, key.metadata, key.expiration = access, metadata, expiration
    return RestReply({"updated": updated})


def _check_live(key: Key, now: float) -> None:
    if key.invalidated is not None:
        raise illegal(f"cannot update invalidated API key [{key.id}]")
    if key.expired(now):
        raise illegal(f"cannot update expired API key [{key.id}]")
    if key.type != CROSS_CLUSTER:
        raise illegal(f"cannot update API key of type [{key.type}] while expected type is [{CROSS_CLUSTER}]")


def get_keys(call: RestCall) -> RestReply:
    """GET /_security/api_key by id, name (may end in a star) or owner; an unknown id is 404 with an empty list."""
    query = call.query
    found = list(call.site.cluster.keys.values())
    if "id" in query:
        found = [key for key in found if key.id == query["id"]]
    if "name" in query:
        found = [key for key in found if fits(key.name, query["name"])]
    if "username" in query:
        found = [key for key in found if key.owner == query["username"]]
    if call.flag("owner"):
        found = [key for key in found if key.owner == call.who.name]
    if call.flag("active_only"):
        found = [key for key in found if key.live(call.site.now)]
    return RestReply({"api_keys": [key.view() for key in found]}, 404 if "id" in query and not found else 200)


def invalidate_keys(call: RestCall) -> RestReply:
    """DELETE /_security/api_key: by ids, name or owner; keys that are gone or invalidated already are no error."""
    body = _object(call, ("id", "ids", "name", "username", "realm_name", "owner"), "invalidate_api_key")
    wanted = _selection(call, body)
    found = [key for key in call.site.cluster.keys.values() if wanted(key)]
    before = [key.id for key in found if key.invalidated is not None]
    now = [key for key in found if key.invalidated is None]
    for key in now:
        key.invalidated = int(call.site.now * 1000)
    ids = [key.id for key in now]
    return RestReply({"invalidated_api_keys": ids, "previously_invalidated_api_keys": before, "error_count": 0})


def _selection(call: RestCall, body: dict[str, Any]) -> Callable[[Key], bool]:
    ids = body.get("ids") or ([body["id"]] if body.get("id") else None)
    name, owner = body.get("name"), call.who.name if body.get("owner") else body.get("username")
    if ids is None and not name and not owner:
        text = "Validation Failed: 1: One of [api key id(s), api key name, username, realm name] must be specified;"
        raise ElasticsearchError(400, VALIDATION, text)

    def fitting(key: Key) -> bool:
        by_id, by_name = ids is None or key.id in ids, not name or key.name == name
        return by_id and by_name and (not owner or key.owner == owner)

    return fitting


def authenticate(call: RestCall) -> RestReply:
    """GET /_security/_authenticate."""
    by_key = call.who.key_id is not None
    realm = {"name": "_es_api_key" if by_key else "reserved", "type": "_es_api_key" if by_key else "reserved"}
    shown: dict[str, Any] = {
        "username": call.who.name,
        "roles": [] if by_key else list(call.who.roles),
        "full_name": None, "email": None, "metadata": {}, "enabled": True,
        "authentication_realm": realm, "lookup_realm": realm,
        "authentication_type": "api_key" if by_key else "realm",
    }  # fmt: skip
    return RestReply({**shown, "api_key": {"id": call.who.key_id}} if by_key else shown)


def put_role(call: RestCall) -> RestReply:
    """PUT or POST /_security/role/{name}."""
    known = (
        "cluster", "indices", "remote_indices", "remote_cluster", "applications", "run_as", "metadata", "description",
        "global", "transient_metadata",
    )  # fmt: skip
    body = _object(call, known, "role")
    created = call.path["name"] not in call.site.cluster.roles
    call.site.cluster.roles[call.path["name"]] = body
    return RestReply({"role": {"created": created}})


def get_role(call: RestCall) -> RestReply:
    """GET /_security/role/{name}."""
    role = call.site.cluster.roles.get(call.path["name"])
    return RestReply({} if role is None else {call.path["name"]: role}, 404 if role is None else 200)


def delete_role(call: RestCall) -> RestReply:
    """DELETE /_security/role/{name}."""
    found = call.site.cluster.roles.pop(call.path["name"], None) is not None
    return RestReply({"found": found}, 200 if found else 404)


def put_user(call: RestCall) -> RestReply:
    """PUT or POST /_security/user/{name}: a native user."""
    name = call.path["name"]
    body = _object(call, ("password", "roles", "full_name", "email", "metadata", "enabled"), "user")
    known = call.site.cluster.users.get(name)
    if name == ELASTIC:
        text = f"Validation Failed: 1: user [{name}] is reserved and only the password can be changed;"
        raise ElasticsearchError(400, VALIDATION, text)
    if known is None and not body.get("password"):
        raise ElasticsearchError(400, VALIDATION, "Validation Failed: 1: password must be specified;")
    password = body.get("password") or (known.password if known is not None else "")
    call.site.cluster.users[name] = User(name, list(body.get("roles", [])), password)
    return RestReply({"created": known is None})


def delete_user(call: RestCall) -> RestReply:
    """DELETE /_security/user/{name}."""
    found = call.path["name"] != ELASTIC and call.site.cluster.users.pop(call.path["name"], None) is not None
    return RestReply({"found": found}, 200 if found else 404)


def change_password(call: RestCall) -> RestReply:
    """PUT or POST /_security/user/{name}/_password."""
    body = _object(call, ("password", "password_hash"), "change_password")
    user = call.site.cluster.users.get(call.path["name"])
    if user is None or not body.get("password"):
        raise ElasticsearchError(400, VALIDATION, f"Validation Failed: 1: user [{call.path['name']}] does not exist;")
    user.password = body["password"]
    return RestReply({})
