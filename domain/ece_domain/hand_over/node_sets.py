"""Additions to an Elasticsearch resource of ECK that keep what it holds: node sets, mounts, secure settings.

A merge patch replaces a list as a whole, so the lists are written complete. What is added already is not added twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from ece_domain.findings import InvalidValue
from ece_domain.hand_over.yaml_text import Path

_CONTAINER = "elasticsearch"


@dataclass(frozen=True)
class Mount:
    """A folder of the pods that comes from a Secret or ConfigMap."""

    name: str
    folder: str
    source: Mapping[str, Any]
    required: bool = True


def spec_of(manifest: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """``spec`` of the resource.

    Raises:
        InvalidValue: it is not told, or it is no Elasticsearch resource.
    """
    if manifest is None:
        raise InvalidValue(
            "manifest is needed: the patch changes lists of the Elasticsearch resource, and a merge patch replaces a "
            "list as a whole, so sizes and volumes of the node sets would be lost"
        )
    spec = manifest.get("spec")
    sets = spec.get("nodeSets") if isinstance(spec, Mapping) else None
    if not isinstance(spec, Mapping) or not isinstance(sets, list) or not sets:
        raise InvalidValue("manifest is no Elasticsearch resource: spec.nodeSets is missing")
    if not all(isinstance(one, Mapping) and isinstance(one.get("name"), str) for one in sets):
        raise InvalidValue("manifest is no Elasticsearch resource: each of spec.nodeSets has a name")
    return spec


def with_secure_setting(manifest: Mapping[str, Any] | None, secret: str) -> tuple[list[Any], int]:
    """``secureSettings`` with one Secret more, and its position."""
    settings = deepcopy(list(spec_of(manifest).get("secureSettings") or ()))
    for position, entry in enumerate(settings):
        if isinstance(entry, Mapping) and entry.get("secretName") == secret:
            return settings, position
    return [*settings, {"secretName": secret}], len(settings)


def with_node_settings(
    manifest: Mapping[str, Any] | None, settings: Mapping[str, tuple[Any, bool]], mounts: Sequence[Mount]
) -> tuple[list[Any], set[Path]]:
    """``nodeSets`` with settings and mounts in each, and the paths below it that are needed."""
    sets: list[Any] = deepcopy(list(spec_of(manifest)["nodeSets"]))
    needed: set[Path] = set()
    for number, one in enumerate(sets):
        places = _configure(one, settings) | _mount(one, mounts)
        needed |= {(number, *place) for place in places}
    return sets, needed


def _configure(one: dict[str, Any], settings: Mapping[str, tuple[Any, bool]]) -> set[Path]:
    config: dict[str, Any] = dict(one.get("config") or {})
    needed: set[Path] = set()
    for name, (value, is_needed) in settings.items():
        is_list = isinstance(value, list)
        config, present = _taken(config, name)
        kept = [] if not is_list or present is None else [present] if isinstance(present, str) else list(present)
        config[name] = [*kept, *(item for item in value if item not in kept)] if is_list else value
        if is_needed and is_list:
            needed |= {("config", name, config[name].index(item)) for item in value}
        elif is_needed:
            needed.add(("config", name))
    one["config"] = config
    return needed


def _taken(config: dict[str, Any], name: str) -> tuple[dict[str, Any], Any]:
    """The settings without one of them, and its value, whether it is written with dots or nested; None without it."""
    left: dict[str, Any] = {}
    value: Any = None
    for key, member in config.items():
        if key == name:
            value = member
        elif isinstance(member, Mapping) and name.startswith(f"{key}."):
            inner, found = _taken(dict(member), name.removeprefix(f"{key}."))
            value = found if found is not None else value
            left |= {key: inner} if inner else {}
        else:
            left[key] = member
    return left, value


def _mount(one: dict[str, Any], mounts: Sequence[Mount]) -> set[Path]:
    if not mounts:
        return set()
    template = one["podTemplate"] = dict(one.get("podTemplate") or {})
    spec = template["spec"] = dict(template.get("spec") or {})
    containers = spec["containers"] = list(spec.get("containers") or ())
    place = _named(containers, {"name": _CONTAINER})
    folders = containers[place]["volumeMounts"] = list(containers[place].get("volumeMounts") or ())
    volumes = spec["volumes"] = list(spec.get("volumes") or ())
    needed: set[Path] = set()
    for mount in mounts:
        at = _named(folders, {"name": mount.name, "mountPath": mount.folder, "readOnly": True})
        source = _named(volumes, {"name": mount.name, **mount.source})
        if mount.required:
            inner: Path = ("podTemplate", "spec")
            needed.add((*inner, "containers", place, "volumeMounts", at, "mountPath"))
            kind, reference = next(iter(mount.source.items()))
            needed.add((*inner, "volumes", source, kind, next(iter(reference))))
    return needed


def _named(entries: list[Any], entry: dict[str, Any]) -> int:
    """Put an entry into a list whose entries have names; its position."""
    for position, present in enumerate(entries):
        if isinstance(present, Mapping) and present.get("name") == entry["name"]:
            entries[position] = {**present, **entry}
            return position
    entries.append(entry)
    return len(entries) - 1
