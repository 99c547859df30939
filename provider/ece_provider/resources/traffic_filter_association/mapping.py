"""Associations in the API's lists, and their ids. No calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ece_domain.identifiers import AssociationId
from terraform_plugin.values import Values

ENTITY_TYPE: Final = "deployment"
"""The API also knows associations of clusters; ECE's console makes these."""


def association_id(state: Values) -> str:
    """The id of an association with these members."""
    return str(AssociationId(state["deployment_id"], state["traffic_filter_id"]))


def find(rulesets: Iterable[Mapping[str, Any]], ruleset_id: str) -> Mapping[str, Any] | None:
    """One rule set of a list, None when it is not in it."""
    return next((ruleset for ruleset in rulesets if ruleset["id"] == ruleset_id), None)


def is_associated(ruleset: Mapping[str, Any], deployment_id: str) -> bool:
    """True when the rule set, read with associations, is on the deployment."""
    return deployment_id in deployment_ids(ruleset)


def deployment_ids(ruleset: Mapping[str, Any]) -> list[str]:
    """The deployments that a rule set, read with associations, is on, as far as they may be seen."""
    associations = ruleset.get("associations") or ()
    return [each["id"] for each in associations if each["entity_type"] == ENTITY_TYPE]


def hides_some(ruleset: Mapping[str, Any]) -> bool:
    """True when the rule set is on more than the credentials may see (``total_associations`` counts all)."""
    return int(ruleset.get("total_associations") or 0) > len(ruleset.get("associations") or ())


def types_on(rulesets: Iterable[Mapping[str, Any]], deployment_id: str, *, but: Iterable[str] = ()) -> Iterator[str]:
    """The types of the rule sets that are on a deployment, leaving out some ids."""
    left_out = set(but)
    for ruleset in rulesets:
        if ruleset["id"] not in left_out and is_associated(ruleset, deployment_id):
            yield ruleset["type"]


def request(deployment_id: str) -> dict[str, str]:
    """The body that associates a rule set with a deployment."""
    return {"entity_type": ENTITY_TYPE, "id": deployment_id}
