"""The table of Elasticsearch calls that are simulated, and who a request is from."""

from __future__ import annotations

import base64
import binascii

from ece_simulator.elasticsearch import cluster_handlers as cluster
from ece_simulator.elasticsearch import search_handlers as search
from ece_simulator.elasticsearch import security_handlers as security
from ece_simulator.elasticsearch.errors import SECURITY, ElasticsearchError
from ece_simulator.elasticsearch.keys import REST
from ece_simulator.elasticsearch.rest import Endpoint, RestApi
from ece_simulator.elasticsearch.site import Site, Who

READ, PUT, POST, DELETE = ("GET",), ("PUT",), ("POST",), ("DELETE",)
_SEARCH = frozenset(
    {"size", "ignore_unavailable", "allow_no_indices", "ccs_minimize_roundtrips", "expand_wildcards", "timeout"}
)
_KEY_FILTERS = frozenset({"id", "name", "username", "owner", "active_only", "with_limited_by", "realm_name"})
_SETTINGS = frozenset({"flat_settings", "include_defaults", "master_timeout", "timeout"})
_RESOLVE = frozenset({"timeout", "ignore_unavailable", "allow_no_indices", "expand_wildcards"})
_DOCUMENT = frozenset({"refresh", "timeout"})
_SECURITY = frozenset({"refresh"})

API = RestApi(
    (
        Endpoint(READ, "", cluster.root),
        Endpoint(READ, "_cluster/settings", cluster.get_settings, "monitor", parameters=_SETTINGS),
        Endpoint(PUT, "_cluster/settings", cluster.put_settings, "manage", writes=True, parameters=_SETTINGS),
        Endpoint(READ, "_remote/info", cluster.remote_info, "monitor"),
        Endpoint(READ, "_resolve/cluster/{expression}", cluster.resolve_cluster, parameters=_RESOLVE, since=(8, 13)),
        Endpoint(POST, "_nodes/reload_secure_settings", cluster.reload_secure_settings, "manage", writes=True),
        Endpoint(
            POST, "_security/cross_cluster/api_key", security.create_cross_cluster_key, "manage_security",
            writes=True, since=(8, 10),
        ),
        Endpoint(
            PUT, "_security/cross_cluster/api_key/{id}", security.update_cross_cluster_key, "manage_security",
            writes=True, since=(8, 10),
        ),
        Endpoint(READ, "_security/api_key", security.get_keys, "manage_security", parameters=_KEY_FILTERS),
        Endpoint((*POST, *PUT), "_security/api_key", security.create_rest_key, "manage_security", writes=True),
        Endpoint(DELETE, "_security/api_key", security.invalidate_keys, "manage_security", writes=True),
        Endpoint(READ, "_security/_authenticate", security.authenticate),
        Endpoint(READ, "_security/role/{name}", security.get_role, "manage_security"),
        Endpoint(
            (*PUT, *POST), "_security/role/{name}", security.put_role, "manage_security",
            writes=True, parameters=_SECURITY,
        ),
        Endpoint(
            DELETE, "_security/role/{name}", security.delete_role, "manage_security", writes=True, parameters=_SECURITY
        ),
        Endpoint(
            (*PUT, *POST), "_security/user/{name}", security.put_user, "manage_security",
            writes=True, parameters=_SECURITY,
        ),
        Endpoint(
            DELETE, "_security/user/{name}", security.delete_user, "manage_security", writes=True, parameters=_SECURITY
        ),
        Endpoint(
            (*PUT, *POST), "_security/user/{name}/_password", security.change_password, "manage_security", writes=True
        ),
        Endpoint((*READ, *POST), "_search", search.search, parameters=_SEARCH),
        Endpoint((*READ, *POST), "{index}/_search", search.search, parameters=_SEARCH),
        Endpoint((*PUT, *POST), "{index}/_doc/{id}", search.put_document, writes=True, parameters=_DOCUMENT),
        Endpoint(PUT, "{index}/_ccr/follow", search.follow, "manage_ccr", writes=True),
        Endpoint(READ, "{index}/_ccr/info", search.follow_info),
        Endpoint(DELETE, "{index}", search.delete_index, "manage", writes=True),
    )
)  # fmt: skip


def authenticated(site: Site, authorization: str | None) -> Who:
    """The user behind an `Authorization` header of Elasticsearch itself; 401 otherwise."""
    scheme, _, value = (authorization or "").partition(" ")
    try:
        first, _, second = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        first = second = ""
    match scheme.lower():
        case "basic":
            user = site.cluster.users.get(first)
            if user is not None and user.password == second:
                return who(site, user.name, user.roles)
            raise _unauthorized(f"unable to authenticate user [{first}] for REST request")
        case "apikey":
            return _by_key(site, first, second)
    raise _unauthorized("missing authentication credentials for REST request")


def who(site: Site, name: str, roles: list[str], key_id: str | None = None) -> Who:
    """A user with the roles the cluster knows."""
    known = {role: site.cluster.roles[role] for role in roles if role in site.cluster.roles}
    return Who(name, tuple(roles), key_id, known)


def _by_key(site: Site, key_id: str, secret: str) -> Who:
    key = site.cluster.keys.get(key_id)
    if key is None or key.secret != secret or not key.live(site.now):
        raise _unauthorized(f"unable to authenticate with provided credentials: API key [{key_id}]")
    if key.type != REST:
        raise _unauthorized(
            f"authentication expected API key type of [rest], but API key [{key_id}] has type [{key.type}]"
        )
    owner = site.cluster.users.get(key.owner)
    if key.role_descriptors:
        return Who(key.owner, tuple(key.role_descriptors), key_id, key.role_descriptors)
    return who(site, key.owner, owner.roles if owner is not None else ["superuser"], key_id)


def _unauthorized(reason: str) -> ElasticsearchError:
    return ElasticsearchError(401, SECURITY, reason)
