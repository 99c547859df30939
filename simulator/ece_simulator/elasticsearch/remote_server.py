"""The remote side of remote clusters: how a cluster judges who comes, and answers what is asked.

On 9443 the cross-cluster API key decides, on 9400 the certificate, which was judged before anything gets here.
The words of refusals are those Elastic documents for remote clusters.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ece_simulator.data_plane.party import FilterRule, Peer, TransportTrust, Verdict
from ece_simulator.data_plane.tls_files import Shown
from ece_simulator.elasticsearch import documents
from ece_simulator.elasticsearch.cluster import SUPERUSER
from ece_simulator.elasticsearch.compatibility import can_talk
from ece_simulator.elasticsearch.errors import SECURITY, ElasticsearchError, illegal
from ece_simulator.elasticsearch.keys import CROSS_CLUSTER, Key, allowed_names
from ece_simulator.elasticsearch.patterns import fits, fits_any
from ece_simulator.elasticsearch.remotes import unsupported
from ece_simulator.elasticsearch.site import Site, Who

HANDSHAKE = "cluster:internal/remote_cluster/handshake"
SEARCH = "indices:data/read/search"
FOLLOW = "indices:data/read/xpack/ccr/shard_changes"


@dataclass(frozen=True)
class ServedCluster:
    """A cluster as others reach it (`data_plane.party.Party`)."""

    site: Site
    running: bool
    node: Shown
    trust: TransportTrust
    filters: Sequence[FilterRule] | None

    @property
    def cluster_id(self) -> str:
        """The Elasticsearch cluster id."""
        return self.site.cluster_id

    def note(self, message: str) -> None:
        """Writes a line into the cluster's own log."""
        self.site.note(message)

    def answer_transport(self, peer: Peer, credentials: str | None, frame: dict[str, Any]) -> Verdict:
        """The certificate model. A caller that comes with a key is on the wrong port."""
        with self.site.plane.lock:
            site = self.site.again() or self.site
            try:
                if credentials is not None:
                    raise _key_on_transport(site)
                return Verdict(_Answering(site, frame, None).answer())
            except ElasticsearchError as error:
                return Verdict(refused=error.reason, type=error.type, status=error.status)

    def answer_with_key(self, peer: Peer, credentials: str | None, frame: dict[str, Any]) -> Verdict:
        """The API-key model."""
        with self.site.plane.lock:
            site = self.site.again() or self.site
            try:
                return Verdict(_Answering(site, frame, _authenticated(site, credentials)).answer())
            except ElasticsearchError as error:
                return Verdict(refused=error.reason, type=error.type, status=error.status)


def _denied(reason: str, status: int = 403) -> ElasticsearchError:
    return ElasticsearchError(status, SECURITY, reason)


def _key_on_transport(site: Site) -> ElasticsearchError:
    anonymous = site.cluster.anonymous
    if not anonymous:
        return _denied(f"missing authentication credentials for action [{HANDSHAKE}]", 401)
    who = Who("_anonymous", tuple(anonymous))
    if SUPERUSER in anonymous:
        return illegal(f"action [{HANDSHAKE}] requires channel profile to be [_remote_cluster], but got [default]")
    return _denied(f"action [{HANDSHAKE}] is unauthorized for {who.told()}")


def _authenticated(site: Site, credentials: str | None) -> Key:
    if credentials is None:
        raise illegal(
            "Cross cluster requests through the dedicated remote cluster server port require transport header "
            "[_cross_cluster_access_credentials] but none found. Please ensure you have configured remote cluster "
            "credentials on the cluster originating the request."
        )
    key_id, secret = _decoded(credentials)
    key = site.cluster.keys.get(key_id)
    if key is None:
        raise _unknown(site, key_id, f"unable to find apikey with id {key_id}")
    if key.secret != secret:
        raise _unknown(site, key_id, "invalid credentials for API key")
    if key.invalidated is not None:
        raise _unknown(site, key_id, f"api key [{key_id}] has been invalidated")
    if key.expired(site.now):
        raise _unknown(site, key_id, "api key is expired")
    if key.type != CROSS_CLUSTER:
        raise _denied(
            f"authentication expected API key type of [{CROSS_CLUSTER}], but API key [{key_id}] has type [{key.type}]",
            401,
        )
    return key


def _decoded(credentials: str) -> tuple[str, str]:
    try:
        key_id, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return credentials.partition(":")[0], ""  # `id:key` instead of the encoded form
    return key_id, secret


def _unknown(site: Site, key_id: str, cause: str) -> ElasticsearchError:
    site.note(f"Authentication using apikey failed - {cause}")
    return _denied(f"unable to authenticate user [{key_id}] for action [{HANDSHAKE}]", 401)


@dataclass(frozen=True)
class _Answering:
    """One frame and the one who may ask it: a key, or (None) a node that the certificate model let in."""

    site: Site
    frame: dict[str, Any]
    key: Key | None

    def answer(self) -> dict[str, Any]:
        match self.frame.get("action"):
            case "handshake":
                return self._handshake()
            case "search":
                return self._search()
            case "resolve":
                return self._resolve()
            case "follow":
                return self._follow()
        raise illegal(f"unknown action [{self.frame.get('action')}]")

    def _handshake(self) -> dict[str, Any]:
        theirs = str(self.frame["version"])
        if not can_talk(theirs, self.site.version):
            self.site.note(unsupported(self.site.version, theirs))
            raise ElasticsearchError(400, "illegal_state_exception", unsupported(self.site.version, theirs))
        return {"version": self.site.version, "cluster_id": self.site.cluster_id, "uuid": self.site.cluster.uuid}

    @property
    def _who(self) -> Who:
        """The user of the local cluster. Without a key, roles of the same names count as they are defined here."""
        given = self.frame["user"]
        known = {name: role for name, role in self.site.cluster.roles.items() if name in given["roles"]}
        return Who(given["name"], tuple(given["roles"]), definitions=known)

    def _patterns(self, kind: str) -> list[str]:
        """Index patterns that this caller may `search` or replicate."""
        if self.key is not None:
            return allowed_names(self.key.access, kind)
        if self._who.is_superuser:
            return ["*"]
        return self._who.index_patterns("read" if kind == "search" else "monitor")

    def _allowed(self, name: str, kind: str) -> bool:
        """The key's (or role's) patterns, cut by what the local roles ask for."""
        limit = self.frame.get("limited_to")
        return fits_any(name, self._patterns(kind)) and (limit is None or fits_any(name, limit))

    def _denial(self, action: str, name: str) -> ElasticsearchError:
        by_key = "" if self.key is None else f" authenticated by API key id [{self.key.id}] of user [{self.key.owner}]"
        return _denied(
            f"action [{action}] towards remote cluster is unauthorized for {self._who.told()}{by_key} "
            f"on indices [{name}], this action is granted by the index privileges [read,all]"
        )

    def _indices(self) -> list[str]:
        return documents.chosen(
            self.site.cluster.indices,
            self.frame["indices"],
            lambda name: self._allowed(name, "search"),
            lambda name: self._denial(SEARCH, name),
        )

    def _search(self) -> dict[str, Any]:
        names = self._indices()
        found = documents.hits(self.site.cluster.indices, names, self.frame.get("query"), self._limits)
        return {"indices": names, "hits": list(found)}

    def _limits(self, name: str) -> list[dict[str, Any]]:
        entries = [] if self.key is None else self.key.access.get("search", [])
        return [entry for entry in entries if any(fits(name, pattern) for pattern in entry["names"])]

    def _resolve(self) -> dict[str, Any]:
        return {"version": self.site.version, "matching_indices": bool(self._indices())}

    def _follow(self) -> dict[str, Any]:
        name = str(self.frame["index"])
        if not self._allowed(name, "replication"):
            raise self._denial(FOLLOW, name)
        if name not in self.site.cluster.indices:
            raise documents.no_such_index(name)
        return {"version": self.site.version, "documents": self.site.cluster.indices[name]}
