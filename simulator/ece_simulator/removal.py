"""Taking things away behind the API's back, as if somebody else had done it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ece_simulator.elasticsearch.remote_settings import PREFIX

if TYPE_CHECKING:
    from ece_simulator.deployments.model import Resource
    from ece_simulator.fabric import Fabric
    from ece_simulator.world import World

IDENTIFIERS = {"accounts": "account_id", "external": "trust_relationship_id", "direct": "uid"}


def remove(fabric: Fabric, world: World, kind: str, id: str) -> None:
    """Removes one object; ValueError says which kinds there are, or that there is no such object."""
    head, _, tail = id.partition("/")
    removal = _REMOVALS.get(kind)
    if removal is None:
        raise ValueError(f"kind: one of {', '.join(_REMOVALS)}; got {kind!r}")
    try:
        removal(fabric, world, head, tail)
    except (KeyError, StopIteration) as error:
        raise ValueError(f"id: there is no {kind} {id!r}") from error


def _search(fabric: Fabric, wanted: str) -> Resource:
    return fabric.find(wanted)[1].elasticsearch


def _deployment(fabric: Fabric, world: World, head: str, tail: str) -> None:
    installation, found = fabric.find(head)
    installation.world.forget(found)


def _resource(fabric: Fabric, world: World, head: str, tail: str) -> None:
    found = fabric.find(head)[1]
    found.resources.remove(next(resource for resource in found.resources if resource.ref_id == tail))


def _ruleset(fabric: Fabric, world: World, head: str, tail: str) -> None:
    world.rulesets.pop(head)
    world.associations.pop(head, None)


def _association(fabric: Fabric, world: World, head: str, tail: str) -> None:
    world.associations[head].pop(("deployment", tail))


def _secret(fabric: Fabric, world: World, head: str, tail: str) -> None:
    resource = _search(fabric, head)
    resource.keystore.pop(tail)
    resource.keystore_changed()


def _key(fabric: Fabric, world: World, head: str, tail: str) -> None:
    _search(fabric, head).cluster.keys.pop(tail)


def _settings(fabric: Fabric, world: World, head: str, tail: str) -> None:
    settings = _search(fabric, head).cluster.persistent
    gone = [key for key in settings if key.startswith(f"{PREFIX}{tail}.")]
    if not gone:
        raise KeyError(tail)
    for key in gone:
        settings.pop(key)


def _trust(fabric: Fabric, world: World, head: str, tail: str) -> None:
    name, _, wanted = tail.partition("/")
    resource = _search(fabric, head)
    entries = resource.settings["trust"][name]
    entries.remove(next(e for e in entries if wanted in (e[IDENTIFIERS[name]], e.get("name"))))
    resource.settle_trust()


def _relationship(fabric: Fabric, world: World, head: str, tail: str) -> None:
    world.relationships.pop(head)


_REMOVALS: dict[str, Callable[[Fabric, World, str, str], None]] = {
    "deployment": _deployment,
    "ruleset": _ruleset,
    "association": _association,
    "secret": _secret,
    "resource": _resource,
    "trust": _trust,
    "key": _key,
    "settings": _settings,
    "relationship": _relationship,
}
