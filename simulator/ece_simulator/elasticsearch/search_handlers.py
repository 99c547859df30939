"""Documents: writing, searching here and on remote clusters, following an index of a remote cluster."""

from __future__ import annotations

from typing import Any

from ece_simulator.data_plane.dial import CONNECT_FAILED, Refused
from ece_simulator.elasticsearch import documents, remotes
from ece_simulator.elasticsearch.compatibility import can_follow
from ece_simulator.elasticsearch.errors import SECURITY, ElasticsearchError, illegal, parsing
from ece_simulator.elasticsearch.patterns import fits, fits_any, is_pattern
from ece_simulator.elasticsearch.remote_settings import remotes_in
from ece_simulator.elasticsearch.rest import Later, RestCall, RestReply
from ece_simulator.elasticsearch.site import Site, Who

SEARCH = "indices:data/read/search"


def split_expression(expression: str, aliases: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Splits an index expression into local names and names per alias; 404 for an alias that there is not."""
    local: list[str] = []
    remote: dict[str, list[str]] = {}
    for part in expression.split(","):
        cluster, separator, index = part.rpartition(":")
        if not separator:
            local.append(part)
            continue
        meant = [alias for alias in aliases if fits(alias, cluster)]
        if not meant and not is_pattern(cluster):
            raise ElasticsearchError(404, "no_such_remote_cluster_exception", f"no such remote cluster: [{cluster}]")
        for alias in meant:
            remote.setdefault(alias, []).append(index)
    return local, remote


def user_frame(site: Site, who: Who, alias: str, *, check: bool = True) -> dict[str, Any]:
    """What a request tells the remote of its user; on the API-key model also what the user's roles allow there."""
    frame: dict[str, Any] = {"user": {"name": who.name, "roles": list(who.roles)}}
    if alias not in site.cluster.credentials or who.is_superuser:
        return frame
    allowed = [
        name
        for role in who.definitions.values()
        for entry in role.get("remote_indices", ())
        if fits_any(alias, entry.get("clusters", ()))
        for name in entry.get("names", ())
    ]
    if not allowed and check:
        text = (
            f"action [{SEARCH}] towards remote cluster [{alias}] is unauthorized for {who.told()} "
            "because no remote indices privileges apply for the target cluster"
        )
        raise ElasticsearchError(403, SECURITY, text)
    return {**frame, "limited_to": allowed}


def search(call: RestCall) -> RestReply | Later:
    """GET or POST /{index}/_search; `<alias>:<index>` goes to a remote cluster."""
    body = call.body or {}
    if not isinstance(body, dict):
        raise parsing("the body of a search is an object")
    size = int(body.get("size", call.query.get("size", documents.DEFAULT_SIZE)))
    site, who, query = call.site, call.who, body.get("query")
    known = remotes_in(site.cluster.settings(), site.version)
    local, wanted = split_expression(call.path.get("index", "*"), list(known))
    found = list(_local_hits(site, who, local, query))
    if not wanted:
        return RestReply(_result(found, size, local, {}))
    frames = {
        alias: {"action": "search", "indices": names, "query": query, **user_frame(site, who, alias)}
        for alias, names in wanted.items()
    }

    def one(alias: str) -> dict[str, Any]:
        return _asked(site, alias, frames[alias], skip=known[alias].skip_unavailable)

    def look() -> RestReply:
        answers = remotes.side_by_side(one, list(wanted))
        everything = found + [hit for answer in answers.values() for hit in answer["hits"]]
        details = {alias: answer["details"] for alias, answer in answers.items()}
        return RestReply(_result(everything, size, local, details))

    return look


def _local_hits(site: Site, who: Who, expressions: list[str], query: Any) -> list[dict[str, Any]]:
    patterns = ["*"] if who.is_superuser else who.index_patterns("read")
    names = documents.chosen(
        site.cluster.indices, expressions, lambda name: fits_any(name, patterns), lambda name: _denied(who, name)
    )
    return list(documents.hits(site.cluster.indices, names, query, lambda _: []))


def _denied(who: Who, name: str) -> ElasticsearchError:
    text = (
        f"action [{SEARCH}] is unauthorized for {who.told()} on indices [{name}], "
        "this action is granted by the index privileges [read,all]"
    )
    return ElasticsearchError(403, SECURITY, text)


def _asked(site: Site, alias: str, frame: dict[str, Any], *, skip: bool) -> dict[str, Any]:
    shown = {"indices": ",".join(frame["indices"]), "timed_out": False}
    try:
        told = remotes.reach(site, alias, lambda connection: connection.ask(frame))
    except Refused as refused:
        failure = {"shard": -1, "index": None, "reason": {"type": refused.type, "reason": refused.reason}}
        if not skip:
            raise _failed(alias, refused) from refused
        return {"hits": [], "details": {"status": "skipped", **shown, "failures": [failure]}}
    count = len(told["indices"])
    shards = {"total": count, "successful": count, "skipped": 0, "failed": 0}
    hits = [{**hit, "_index": f"{alias}:{hit['_index']}"} for hit in told["hits"]]
    return {"hits": hits, "details": {"status": "successful", **shown, "took": 1, "_shards": shards}}


def _failed(alias: str, refused: Refused) -> ElasticsearchError:
    if refused.type != CONNECT_FAILED:
        return ElasticsearchError(refused.status, refused.type, refused.reason)
    cause = {"type": refused.type, "reason": refused.reason}
    return ElasticsearchError(500, CONNECT_FAILED, f"Unable to connect to [{alias}]", cause)


def _result(
    hits: list[dict[str, Any]], size: int, local: list[str], details: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    statuses = [detail["status"] for detail in details.values()]
    shown: dict[str, Any] = {
        "took": 1,
        "timed_out": False,
        "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
        "hits": {
            "total": {"value": len(hits), "relation": "eq"},
            "max_score": 1.0 if hits else None,
            "hits": hits[:size],
        },
    }
    if details:
        own = {"(local)": {"status": "successful", "indices": ",".join(local), "timed_out": False}} if local else {}
        shown["_clusters"] = {
            "total": len(details) + len(own),
            "successful": statuses.count("successful") + len(own),
            "skipped": statuses.count("skipped"),
            "running": 0, "partial": 0, "failed": 0,
            "details": {**own, **details},
        }  # fmt: skip
    return shown


def put_document(call: RestCall) -> RestReply:
    """PUT or POST /{index}/_doc/{id}: makes the index if there is none; seen by searches at once."""
    index, document_id = call.path["index"], call.path["id"]
    if not isinstance(call.body, dict):
        raise parsing("a document is an object")
    if not call.who.is_superuser and not fits_any(index, call.who.index_patterns("write")):
        raise _denied(call.who, index)
    if index != index.lower() or is_pattern(index) or ":" in index:
        raise ElasticsearchError(400, "invalid_index_name_exception", f"Invalid index name [{index}]")
    if index in call.site.cluster.followed:
        raise ElasticsearchError(403, "status_exception", f"[{index}] is a follower index, it cannot be written to")
    known = call.site.cluster.indices.setdefault(index, {})
    result = "updated" if document_id in known else "created"
    known[document_id] = call.body
    shards = {"total": 1, "successful": 1, "failed": 0}
    reply = {"_index": index, "_id": document_id, "_version": 1, "result": result, "_shards": shards}
    return RestReply(reply, 200 if result == "updated" else 201)


def delete_index(call: RestCall) -> RestReply:
    """DELETE /{index}."""
    if call.path["index"] not in call.site.cluster.indices:
        raise documents.no_such_index(call.path["index"])
    call.site.cluster.indices.pop(call.path["index"])
    call.site.cluster.followed.pop(call.path["index"], None)
    return RestReply({"acknowledged": True})


def follow_info(call: RestCall) -> RestReply:
    """GET /{index}/_ccr/info: the followers among the indices, each with its alias and leader."""
    wanted = call.path["index"]
    found = [
        {"follower_index": name, "remote_cluster": alias, "leader_index": leader, "status": "active"}
        for name, (alias, leader) in sorted(call.site.cluster.followed.items())
        if wanted in ("_all", "*", name)
    ]
    return RestReply({"follower_indices": found})


def follow(call: RestCall) -> Later:
    """PUT /{index}/_ccr/follow: a follower with the leader's documents as they are now; nothing follows later."""
    site, who, name = call.site, call.who, call.path["index"]
    body = call.body if isinstance(call.body, dict) else {}
    alias, leader = body.get("remote_cluster"), body.get("leader_index")
    if not alias or not leader:
        raise parsing("Required [remote_cluster, leader_index]")
    if name in site.cluster.indices:
        raise ElasticsearchError(400, "resource_already_exists_exception", f"index [{name}] already exists")
    frame = {"action": "follow", "index": leader, **user_frame(site, who, alias)}

    def look() -> RestReply:
        try:
            told = remotes.reach(site, alias, lambda connection: connection.ask(frame))
        except Refused as refused:
            raise _failed(alias, refused) from refused
        if not can_follow(site.version, str(told["version"])):
            raise illegal(f"the follower's cluster [{site.version}] is older than the leader's [{told['version']}]")
        with site.plane.lock:
            site.cluster.indices[name] = dict(told["documents"])
            site.cluster.followed[name] = (alias, leader)
        return RestReply(
            {"follow_index_created": True, "follow_index_shards_acked": True, "index_following_started": True}
        )

    return look
