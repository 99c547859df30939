"""Calls about the cluster: version, settings, state of remote clusters, reload of secrets."""

from __future__ import annotations

from typing import Any

from ece_simulator.data_plane.dial import CONNECT_FAILED, Refused
from ece_simulator.elasticsearch import remotes
from ece_simulator.elasticsearch.cluster_settings import change, nested
from ece_simulator.elasticsearch.patterns import fits
from ece_simulator.elasticsearch.remote_settings import Remote, remotes_in
from ece_simulator.elasticsearch.rest import Later, RestCall, RestReply
from ece_simulator.elasticsearch.search_handlers import split_expression, user_frame


def root(call: RestCall) -> RestReply:
    """GET /."""
    return RestReply(
        {
            "name": "instance-0000000000",
            "cluster_name": call.site.cluster_id,
            "cluster_uuid": call.site.cluster.uuid,
            "version": _version(call.site.version),
            "tagline": "You Know, for Search",
        }
    )


def _version(number: str) -> dict[str, Any]:
    return {"number": number, "build_flavor": "default", "build_type": "docker", "build_snapshot": False}


def get_settings(call: RestCall) -> RestReply:
    """GET /_cluster/settings."""
    form = dict if call.flag("flat_settings") else nested
    scopes = {"persistent": form(call.site.cluster.persistent), "transient": form(call.site.cluster.transient)}
    return RestReply({**scopes, "defaults": {}} if call.flag("include_defaults") else scopes)


def put_settings(call: RestCall) -> RestReply:
    """PUT /_cluster/settings: acknowledged, which says nothing about connections."""
    told = change(call.site.cluster, call.body)
    form = dict if call.flag("flat_settings") else nested
    return RestReply({"acknowledged": True, **{scope: form(settings) for scope, settings in told.items()}})


def remote_info(call: RestCall) -> Later:
    """GET /_remote/info: every remote is tried now."""
    site = call.site
    found = remotes_in(site.cluster.settings(), site.version)
    secrets = set(site.cluster.credentials)

    def look() -> RestReply:
        connected = remotes.side_by_side(lambda alias: remotes.is_connected(site, alias), list(found))
        return RestReply(
            {
                alias: remotes.info(remote, connected=connected[alias], has_secret=alias in secrets)
                for alias, remote in found.items()
            }
        )

    return look


def resolve_cluster(call: RestCall) -> Later:
    """GET /_resolve/cluster/{expression}: connected, skipped, matching indices, version, or the error met."""
    site, who = call.site, call.who
    known = remotes_in(site.cluster.settings(), site.version)
    local, wanted = split_expression(call.path["expression"], list(known))
    shown: dict[str, Any] = {}
    if local:
        names = [name for name in site.cluster.indices if any(fits(name, pattern) for pattern in local)]
        version = _version(site.version)
        own = {"connected": True, "skip_unavailable": False, "matching_indices": bool(names), "version": version}
        shown["(local)"] = own

    def one(alias: str) -> dict[str, Any]:
        frame = {"action": "resolve", "indices": wanted[alias], **user_frame(site, who, alias, check=False)}
        return _resolved(known[alias], lambda: remotes.reach(site, alias, lambda connection: connection.ask(frame)))

    return lambda: RestReply({**shown, **remotes.side_by_side(one, list(wanted))})


def _resolved(remote: Remote, ask: Any) -> dict[str, Any]:
    try:
        told = ask()
    except Refused as refused:
        up = refused.type != CONNECT_FAILED  # the connection stands, the request was refused
        shown = {"connected": up, "skip_unavailable": remote.skip_unavailable}
        return {**shown, "error": refused.reason} if up else shown
    return {
        "connected": True,
        "skip_unavailable": remote.skip_unavailable,
        "matching_indices": told["matching_indices"],
        "version": _version(told["version"]),
    }


def reload_secure_settings(call: RestCall) -> RestReply:
    """POST /_nodes/reload_secure_settings."""
    call.site.reload()
    nodes = {call.site.cluster_id[:22]: {"name": "instance-0000000000"}}
    count = {"total": 1, "successful": 1, "failed": 0}
    return RestReply({"_nodes": count, "cluster_name": call.site.cluster_id, "nodes": nodes})
