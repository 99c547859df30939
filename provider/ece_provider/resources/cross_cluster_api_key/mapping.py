"""From a key as Elasticsearch shows it to the state of ``ece_cross_cluster_api_key``. No calls, no clock of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ece_domain.cross_cluster_keys import PENDING, KeyLabel, is_rotation_due
from ece_domain.remote_clusters import ConnectionId
from ece_domain.time_values import same_time, to_time_value
from ece_provider.resources.cross_cluster_api_key.access import same_access, to_state
from terraform_plugin.values import Values, is_set

if TYPE_CHECKING:
    from ece_client import KeyInfo


def key_id_of(local: Values) -> str:
    """The id of the object: local deployment, ``ref_id`` where it is known, alias."""
    ref_id = local.get("ref_id")
    return str(ConnectionId(local["deployment_id"], ref_id if is_set(ref_id) else None, local["alias"]))


def thing_of(local: Values) -> str | None:
    """What the object owns, whatever its key is at the moment; None while that is not known."""
    if not (is_set(local["deployment_id"]) and is_set(local["alias"])):
        return None
    return f"{local['deployment_id']}/{local['alias']}"


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
