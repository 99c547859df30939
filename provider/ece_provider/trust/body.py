"""The request that writes trust, and what marks the plans from before it. Pure, no calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ece_client.plan_state import ended, resource_plans
from ece_provider.resources.deployment.mapping import plan_of, resource_of
from ece_provider.trust.entries import Lists

Json = Mapping[str, Any]


def update_body(deployment: Json, lists: Lists) -> dict[str, Any]:
    """The body of ``update-deployment`` that changes trust only: the plan that runs, and all three lists."""
    resource = resource_of(deployment, "elasticsearch") or {}
    plan = {name: value for name, value in plan_of(resource).items() if name != "transient"}
    payload = {
        "ref_id": resource.get("ref_id"),
        "region": resource.get("region"),
        "plan": plan,
        "settings": {"trust": lists},
    }
    return {"prune_orphans": False, "resources": {"elasticsearch": [payload]}}


def newest_attempts(deployment: Json) -> frozenset[str]:
    """The newest attempt of each resource: what comes later is younger than this look."""
    newest = (entries[-1] for *_, info in resource_plans(deployment) if (entries := ended(info)))
    return frozenset(str(entry["plan_attempt_id"]) for entry in newest if entry.get("plan_attempt_id"))
