"""Elasticsearch of one deployment: remote cluster settings, their state, cross-cluster API keys.

Reached through ECE's management channel (ECE API: `…/elasticsearch/{ref_id}/proxy/{path}`), or directly by credentials
of Elasticsearch where an installation refuses that channel. Only what remote clusters need is here.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import quote, urlencode

from ece_client.call import Call, Reply, encode
from ece_client.client import Client
from ece_client.config import ApiKey, Basic, ClientConfig, Tls
from ece_client.elasticsearch_errors import ElasticsearchError, raise_for_status, reasons_in
from ece_client.errors import UnexpectedReply, Where
from ece_client.operation import Operation
from ece_client.session import CLOCK_TOLERANCE

if TYPE_CHECKING:
    from ece_client._generated.operations import OperationId

CROSS_CLUSTER: Final = "cross_cluster"
"""Type of the API keys that remote clusters use."""

CLUSTER_HEADER: Final = "X-Found-Cluster"
"""By which proxies of ECE find a cluster where the host name does not tell (ECE documentation, load balancers)."""

_CHANNEL: Final[dict[str, OperationId]] = {
    "GET": "get-deployment-resource-proxy-requests",
    "POST": "post-deployment-resource-proxy-requests",
    "PUT": "put-deployment-resource-proxy-requests",
    "DELETE": "delete-deployment-resource-proxy-requests",
}


@dataclass(frozen=True)
class ClusterInfo:
    """`GET /`."""

    version: str
    cluster_uuid: str


@dataclass(frozen=True)
class RemoteInfo:
    """One alias in `GET /_remote/info`."""

    alias: str
    connected: bool
    mode: str
    proxy_address: str | None
    server_name: str | None
    sockets: int
    """Open connections of the proxy mode."""
    skip_unavailable: bool
    has_credentials: bool
    """True when the API-key model is in force: Elasticsearch has loaded a secret for the alias."""


@dataclass(frozen=True)
class CreatedKey:
    """A new cross-cluster API key; `encoded` is shown this once and belongs into a keystore only."""

    id: str
    encoded: str = field(repr=False)
    expiration: int | None
    """Milliseconds since 1970 UTC; None for a key that never expires."""


@dataclass(frozen=True)
class KeyInfo:
    """An API key as `GET /_security/api_key` shows it."""

    id: str
    name: str
    type: str
    creation: int
    """Milliseconds since 1970 UTC."""
    expiration: int | None
    """Milliseconds since 1970 UTC; None for a key that never expires."""
    invalidated: bool
    metadata: Mapping[str, Any]
    access: Mapping[str, Any]
    seen_at: float
    """When this was true, in seconds since 1970 UTC by the server's clock."""

    def is_live(self, now: float) -> bool:
        """True when the key opens doors at `now`, in seconds since 1970 UTC."""
        return not self.invalidated and (self.expiration is None or self.expiration > now * 1000)


class _Way(Protocol):
    """How requests get to Elasticsearch."""

    cluster: str

    async def send(
        self, method: str, path: str, query: Mapping[str, Any] | None, body: Any, safe: bool | None
    ) -> Reply[Any]:
        """The answer of Elasticsearch, whatever its status; raises ApiError for everything before it."""

    async def aclose(self) -> None:
        """Close what belongs to this way alone."""


class Elasticsearch:
    """The cluster of one deployment; safe for any number of calls at once.

    Every method raises ElasticsearchError for what Elasticsearch refuses, and ApiError for what keeps a request from
    getting there; NotFound says that the deployment itself is gone.
    """

    def __init__(self, client: Client, deployment_id: str, ref_id: str) -> None:
        self._way: _Way = _Channel(client, deployment_id, ref_id)

    @classmethod
    def direct(
        cls,
        url: str,
        credentials: Basic | ApiKey,
        tls: Tls | None = None,
        *,
        cluster: str = "",
        cluster_id: str = "",
        request_timeout: float = 60.0,
        max_retries: int = 4,
        user_agent: str = "ece-client",
    ) -> Elasticsearch:
        """Reach Elasticsearch at its own URL (port 9243 on ECE). `cluster` names it in messages. Close with `aclose`.

        `cluster_id` lets a proxy of ECE find the cluster where the host in the URL does not say which one is meant.
        Raises ValueError that names the argument.
        """
        config = ClientConfig(
            endpoint=url,
            auth=credentials,
            tls=tls or Tls(),
            region="none",
            request_timeout=request_timeout,
            max_retries=max_retries,
            user_agent=user_agent,
        )
        made = cls.__new__(cls)
        made._way = _Direct(Client(config), cluster or config.address, cluster_id)
        return made

    @property
    def cluster(self) -> str:
        """Whose Elasticsearch this is, for messages."""
        return self._way.cluster

    async def aclose(self) -> None:
        """Close connections that belong to this object; those of an ECE client stay open."""
        await self._way.aclose()

    async def info(self) -> ClusterInfo:
        """Version and UUID of the cluster (`GET /`)."""
        data = (await self._ask("GET", "")).data
        return ClusterInfo(str(_member(data, "version", dict).get("number", "")), str(data.get("cluster_uuid", "")))

    async def persistent_settings(self) -> dict[str, Any]:
        """All persistent cluster settings, by their whole names (`GET /_cluster/settings?flat_settings`)."""
        reply = await self._ask("GET", "_cluster/settings", query={"flat_settings": True})
        return dict(_member(reply.data, "persistent", dict))

    async def put_persistent_settings(self, settings: Mapping[str, Any]) -> None:
        """Set persistent settings by their whole names; None removes one (`PUT /_cluster/settings`)."""
        await self._ask("PUT", "_cluster/settings", body={"persistent": dict(settings)}, safe=True)

    async def remote_info(self) -> dict[str, RemoteInfo]:
        """The state of all remote clusters by alias (`GET /_remote/info`)."""
        reply = await self._ask("GET", "_remote/info")
        return {alias: _remote(alias, found) for alias, found in dict(reply.data or {}).items()}

    async def resolve_cluster(self, alias: str) -> dict[str, Any]:
        """What a remote cluster answers to a search, or why it does not (`GET /_resolve/cluster/<alias>:*`)."""
        reply = await self._ask("GET", f"_resolve/cluster/{quote(alias, safe='')}:*")
        return dict((reply.data or {}).get(alias) or {})

    async def failure_of(self, alias: str) -> str:
        """Why a search on a remote cluster fails, in Elasticsearch's words; empty when it does not.

        The only call that tells (`GET /<alias>:*/_search`): `_remote/info` and `_resolve/cluster` say no reasons.
        """
        reply = await self._way.send("GET", f"{quote(alias, safe='')}:*/_search", {"size": 0}, None, True)
        data = reply.data if isinstance(reply.data, dict) else {}
        details = ((data.get("_clusters") or {}).get("details") or {}).get(alias) or {}
        told = [failure.get("reason") for failure in details.get("failures") or ()] or [data.get("error")]
        return "; ".join(dict.fromkeys(word for error in told for word in reasons_in(error)))

    async def followers(self) -> dict[str, str]:
        """The indices that follow one of a remote cluster, each with the alias of that (`GET /_all/_ccr/info`)."""
        found = (await self._ask("GET", "_all/_ccr/info")).data
        entries = _member(found, "follower_indices", list)
        return {str(each.get("follower_index")): str(each.get("remote_cluster")) for each in entries}

    async def role(self, name: str) -> dict[str, Any] | None:
        """One role as Elasticsearch keeps it; None when there is none (`GET /_security/role/{name}`)."""
        try:
            found = (await self._ask("GET", f"_security/role/{quote(name, safe='')}")).data
        except ElasticsearchError as problem:
            if problem.status != 404:
                raise
            return None
        return dict((found or {}).get(name) or {})

    async def create_cross_cluster_key(
        self,
        name: str,
        access: Mapping[str, Any],
        metadata: Mapping[str, Any],
        expiration: str | None = None,
        certificate_identity: str | None = None,
    ) -> CreatedKey:
        """Make a key (`POST /_security/cross_cluster/api_key`); the caller must not itself use an API key.

        Raises WriteUncertain when the answer got lost: the key may exist, and its secret is lost for good.
        """
        body: dict[str, Any] = {"name": name, "access": dict(access), "metadata": dict(metadata)}
        if expiration is not None:
            body["expiration"] = expiration
        if certificate_identity is not None:
            body["certificate_identity"] = certificate_identity
        data = (await self._ask("POST", "_security/cross_cluster/api_key", body=body, safe=False)).data
        return CreatedKey(str(_member(data, "id")), str(_member(data, "encoded")), data.get("expiration"))

    async def update_cross_cluster_key(
        self, key_id: str, *, access: Mapping[str, Any] | None = None, metadata: Mapping[str, Any] | None = None
    ) -> None:
        """Replace what is given (`PUT /_security/cross_cluster/api_key/{id}`); refused for keys that are dead."""
        given = {"access": access, "metadata": metadata}
        body = {member: dict(value) for member, value in given.items() if value is not None}
        await self._ask("PUT", f"_security/cross_cluster/api_key/{quote(key_id, safe='')}", body=body, safe=True)

    async def api_key(self, key_id: str) -> KeyInfo | None:
        """One key by id, None when there is none: keys that died long ago are removed by Elasticsearch."""
        return next(iter(await self._keys({"id": key_id})), None)

    async def api_keys(self, name: str | None = None) -> list[KeyInfo]:
        """The keys that are neither expired nor invalidated, with this name or all (`GET /_security/api_key`)."""
        return await self._keys({"name": name, "active_only": True})

    async def invalidate_api_keys(self, key_ids: Sequence[str]) -> None:
        """Put an end to keys; one that is dead or gone already is fine (`DELETE /_security/api_key`)."""
        if not key_ids:
            return
        try:
            await self._ask("DELETE", "_security/api_key", body={"ids": list(key_ids)}, safe=True)
        except ElasticsearchError as error:
            if not error.is_missing:
                raise

    async def reload_secure_settings(self) -> None:
        """Let all nodes read their keystores again (`POST /_nodes/reload_secure_settings`)."""
        await self._ask("POST", "_nodes/reload_secure_settings", safe=True)

    async def put_document(self, index: str, document_id: str, document: Mapping[str, Any]) -> None:
        """Write a document and make it visible to searches at once (`PUT /<index>/_doc/<id>`)."""
        path = f"{quote(index, safe='')}/_doc/{quote(document_id, safe='')}"
        await self._ask("PUT", path, query={"refresh": True}, body=dict(document), safe=True)

    async def search(self, index: str, size: int = 10) -> list[dict[str, Any]]:
        """The documents that a search finds; `index` may be `<alias>:<index>` (`GET /<index>/_search`)."""
        reply = await self._ask("GET", f"{quote(index, safe=':*,-')}/_search", query={"size": size})
        hits = _member(_member(reply.data, "hits", dict), "hits", list)
        return [dict(hit.get("_source") or {}) for hit in hits]

    async def _keys(self, query: Mapping[str, Any]) -> list[KeyInfo]:
        try:
            reply = await self._ask("GET", "_security/api_key", query=query)
        except ElasticsearchError as error:
            if error.is_missing:  # an unknown id is answered with 404 and an empty list
                return []
            raise
        seen_at = _date(reply)
        return [_key(entry, seen_at) for entry in _member(reply.data, "api_keys", list)]

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        safe: bool | None = None,
    ) -> Reply[Any]:
        query = {name: value for name, value in (query or {}).items() if value is not None}
        reply = await self._way.send(method, path, query, body, safe)
        where = Where("elasticsearch", method, f"/{path}")
        raise_for_status(reply, where, self.cluster)
        if reply.data is not None and not isinstance(reply.data, dict):
            raise UnexpectedReply(f"Elasticsearch of {self.cluster} answered {where} with something else", where)
        return reply


class _Channel:
    """Through the management channel of ECE, as whoever the installation lets in there."""

    def __init__(self, client: Client, deployment_id: str, ref_id: str) -> None:
        self.cluster = f"deployment {deployment_id}"
        self._client = client
        self._path = {"deployment_id": deployment_id, "resource_kind": "elasticsearch", "ref_id": ref_id}

    async def send(
        self, method: str, path: str, query: Mapping[str, Any] | None, body: Any, safe: bool | None
    ) -> Reply[Any]:
        place = {**self._path, "proxy_path": path or "/"}
        return await self._client.call(_CHANNEL[method], path=place, query=query, body=body, safe=safe)

    async def aclose(self) -> None:
        return None


class _Direct:
    """At Elasticsearch's own port, with credentials of Elasticsearch."""

    def __init__(self, client: Client, cluster: str, cluster_id: str) -> None:
        self.cluster = cluster
        self._client = client
        self._headers = {"Accept": "application/json"} | ({CLUSTER_HEADER: cluster_id} if cluster_id else {})

    async def send(
        self, method: str, path: str, query: Mapping[str, Any] | None, body: Any, safe: bool | None
    ) -> Reply[Any]:
        words = {name: _word(value) for name, value in (query or {}).items()}
        target = f"/{path}?{urlencode(words)}" if words else f"/{path}"
        headers = dict(self._headers)
        if body is not None:
            headers["Content-Type"] = "application/json"
        is_safe = method != "POST" if safe is None else safe
        call = Call(
            Where("elasticsearch", method, f"/{path}"),
            Operation(method, f"/{path}", safe=is_safe, proxied=True),
            target,
            headers,
            b"" if body is None else encode(body),
            is_safe,
        )
        return await self._client.send(call)

    async def aclose(self) -> None:
        await self._client.aclose()


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _member(data: Any, name: str, kind: type[Any] = str) -> Any:
    """A member that must be there; UnexpectedReply when it is missing or has another form."""
    value = data.get(name) if isinstance(data, dict) else None
    if not isinstance(value, kind):
        raise UnexpectedReply(f"the answer of Elasticsearch has no {name} of the documented form", Where())
    return value


def _date(reply: Reply[Any]) -> float:
    """The moment of an answer: by the server's clock, which tells whole seconds only, where ours differs from it."""
    now = time.time()
    try:
        told = parsedate_to_datetime(reply.headers["date"]).timestamp()
    except (KeyError, ValueError):
        return now
    return told if abs(told - now) > CLOCK_TOLERANCE else now


def _remote(alias: str, found: Mapping[str, Any]) -> RemoteInfo:
    return RemoteInfo(
        alias=alias,
        connected=bool(found.get("connected")),
        mode=str(found.get("mode") or ""),
        proxy_address=found.get("proxy_address") or None,
        server_name=found.get("server_name") or None,
        sockets=int(found.get("num_proxy_sockets_connected") or 0),
        skip_unavailable=bool(found.get("skip_unavailable")),
        has_credentials=found.get("cluster_credentials") is not None,
    )


def _key(entry: Mapping[str, Any], seen_at: float) -> KeyInfo:
    return KeyInfo(
        id=str(entry["id"]),
        name=str(entry.get("name") or ""),
        type=str(entry.get("type") or ""),
        creation=int(entry.get("creation") or 0),
        expiration=entry.get("expiration"),
        invalidated=bool(entry.get("invalidated")),
        metadata=dict(entry.get("metadata") or {}),
        access=dict(entry.get("access") or {}),
        seen_at=seen_at,
    )
