"""What a side is called before it is found: by what configuration or state say alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ece_domain.findings import InvalidValue
from ece_domain.remote_clusters import ConnectionId
from terraform_plugin.values import Values, is_known, is_set


def alias_thing(local: Values) -> str | None:
    """An alias of a local side, as owners name it; None while that is not known.

    A deployment is named by its id, whatever its environment is called; a cluster without one by its environment, or
    by its own name.
    """
    if not is_set(local["alias"]) or not is_known(local["deployment_id"]):
        return None
    if local["deployment_id"] is not None:
        return f"{local['deployment_id']}/{local['alias']}"
    environment, name = local.get("environment"), local.get("name")
    if not is_known(environment) or not is_known(name):
        return None
    return f"{name or environment or ''}//{local['alias']}"


def is_moved(prior: Any, planned: Any, environments: Iterable[str]) -> bool:
    """True when another deployment or cluster is meant; an environment may be called otherwise.

    Ids of deployments are unique across all environments. A cluster without one is known by its environment: when the
    entry of the old name is gone, it was renamed.
    """
    if not is_set(planned) or not is_set(prior):
        return True
    if planned["deployment_id"] != prior["deployment_id"]:
        return True
    if planned["deployment_id"] is None:
        return bool(planned["environment"] != prior["environment"] and prior["environment"] in (None, *environments))
    ref_id = planned["ref_id"]
    return bool(is_set(ref_id) and ref_id != prior["ref_id"])


def is_other_cluster(prior: Values, planned: Values, environments: Iterable[str]) -> bool:
    """True when a local cluster without a deployment is another one now, which replaces the object."""
    both = (prior, planned)
    if any(each.get("name") is not None or each["deployment_id"] is not None for each in both):
        return False
    if not is_known(planned["environment"]):
        return False
    return is_moved({**prior, "ref_id": None}, {**planned, "ref_id": None}, environments)


def identity_of(state: Values, local: Values) -> Values:
    """The identity of an alias or its key: by the object's id, which also names clusters without a deployment."""
    try:
        named = ConnectionId.parse(str(state.get("id")))
    except InvalidValue:
        return {name: local.get(name) for name in ("deployment_id", "ref_id", "alias")}
    return {"deployment_id": named.deployment_id, "ref_id": named.ref_id, "alias": named.alias}


def side_words(members: Values) -> str:
    """A side that cannot be looked at, for messages."""
    if members.get("deployment_id"):
        return f"deployment {members['deployment_id']}"
    return f'cluster "{members["environment"]}"' if members.get("environment") else "this cluster"
