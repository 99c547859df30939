"""`_cluster/settings`: flat and nested forms, setting and removing, what is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ece_simulator.elasticsearch.cluster import Cluster
from ece_simulator.elasticsearch.errors import illegal, parsing
from ece_simulator.elasticsearch.patterns import fits, is_pattern
from ece_simulator.elasticsearch.remote_settings import PREFIX, check_together, check_value

SCOPES = ("persistent", "transient")
OTHERS = ("action.", "cluster.", "indices.", "ingest.", "logger.", "search.", "xpack.")
"""Beginnings of settings that are taken without a look: they have nothing to do with remote clusters."""


def flattened(given: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Whole names and values of a nested, flat or mixed object."""
    if not isinstance(given, dict):
        raise parsing("settings must be an object")
    for name, value in given.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from flattened(value, f"{key}.")
        else:
            yield key, value


def nested(settings: dict[str, Any]) -> dict[str, Any]:
    """The nested form of flat settings."""
    root: dict[str, Any] = {}
    for key, value in sorted(settings.items()):
        *path, last = key.split(".")
        place = root
        for step in path:
            place = place.setdefault(step, {})
        place[last] = value
    return root


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return [_text(item) for item in value] if isinstance(value, list) else str(value)


def change(cluster: Cluster, body: Any) -> dict[str, dict[str, Any]]:
    """Changes settings as a whole or not at all; returns what was set, by scope."""
    if not isinstance(body, dict) or not any(body.get(scope) for scope in SCOPES):
        raise illegal("no settings to update")
    for scope in body:
        if scope not in SCOPES:
            raise parsing(f"[cluster_update_settings_request] unknown field [{scope}]")
    new = {scope: dict(getattr(cluster, scope)) for scope in SCOPES}
    told: dict[str, dict[str, Any]] = {scope: {} for scope in SCOPES}
    for scope in SCOPES:
        for key, value in flattened(body.get(scope) or {}):
            _change_one(scope, new[scope], told[scope], key, value)
    check_together({**new["persistent"], **new["transient"]})
    cluster.persistent, cluster.transient = new["persistent"], new["transient"]
    return told


def _change_one(scope: str, settings: dict[str, Any], told: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        for name in [name for name in settings if (fits(name, key) if is_pattern(key) else name == key)]:
            settings.pop(name)
        return
    if key.startswith(PREFIX):
        check_value(scope, key, value)
    elif not key.startswith(OTHERS):
        raise illegal(f"{scope} setting [{key}], not recognized")
    settings[key] = told[key] = _text(value)
