"""From a key as Elasticsearch shows it to the state of ``ece_cross_cluster_api_key``. No calls, no clock of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ece_domain.cross_cluster_keys import PENDING, KeyLabel, is_rotation_due
from ece_domain.remote_clusters import NO_REF_ID, ConnectionId
from ece_domain.time_values import same_time, to_time_value
from ece_provider.resources.cross_cluster_api_key.access import same_access, to_state
from ece_provider.side_names import alias_thing
from terraform_plugin.values import Values, is_set

if TYPE_CHECKING:
    from ece_client import KeyInfo


def planned_id(local: Values) -> str | None:
    """The id of the object as far as a plan knows it: of a deployment whose ``ref_id`` is known, or of a name."""
    if not is_set(local["alias"]):
        return None
    if is_set(local["name"]):
        return named_id(local["name"], local["alias"])
    if is_set(local["deployment_id"]) and is_set(local["ref_id"]):
        return str(ConnectionId(local["deployment_id"], local["ref_id"], local["alias"]))
    return None


def named_id(name: str, alias: str) -> str:
    """The id of the key of a cluster that is known by name only."""
    return str(ConnectionId(NO_REF_ID, name, alias))


def thing_of(local: Values) -> str | None:
    """What the object owns, whatever its key is at the moment; None while that is not known."""
    return alias_thing(local)


def time_text(milliseconds: int | None) -> str | None:
    """A moment as state holds it: UTC, whole seconds."""
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def with_key(state: Values, key: KeyInfo | None, now: float) -> Values:
    """The state with what the key tells; a dead or half-made one is due for rotation."""
    if key is None:
        return {**state, "rotation_due": True}
    label = KeyLabel.read(key.metadata)
    rotate_after = _kept(state.get("rotate_after"), label.rotate_after if label else state.get("rotate_after"))
    is_unfinished = label is not None and label.state == PENDING
    is_old = is_rotation_due(key.creation / 1000, rotate_after, now)
    return {
        **state,
        "name": key.name,
        "access": _kept_access(state.get("access"), to_state(key.access)),
        "expiration": _kept(state.get("expiration"), _life(key)),
        "rotate_after": rotate_after,
        "expires_at": time_text(key.expiration),
        "rotation_due": not key.is_live(now) or is_unfinished or is_old,
    }


def _life(key: KeyInfo) -> str | None:
    """How long the key was made to live."""
    return None if key.expiration is None else to_time_value((key.expiration - key.creation) / 1000)


def _kept(prior: str | None, found: str | None) -> str | None:
    """A time value in the spelling of the state, if it is still that long."""
    return prior if prior is not None and found is not None and same_time(prior, found) else found


def _kept_access(prior: Any, found: Values) -> Any:
    return prior if prior is not None and same_access(prior, found) else found
