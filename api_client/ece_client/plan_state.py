"""What the JSON of a deployment says about its plans. Pure reading; plans.py does the waiting.

A plan attempt is judged by its own entry, found by its id: after a failed update `current` is still the old good plan,
and after a failed creation it is null (ECE API, DeploymentGetResponse: `resources.<kind>[].info.plan_info`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

LAST_STEP = "plan-completed"
"""Id of the step that ends every attempt, well or not."""

Json = Mapping[str, Any]


class PlanRef(NamedTuple):
    """A plan attempt of one resource of a deployment."""

    kind: str
    """Kind of the resource: elasticsearch, kibana, …"""
    ref_id: str
    """Reference id of the resource within its deployment."""
    attempt_id: str | None = None
    """Id of the attempt; None as long as the platform has not given one."""

    def __str__(self) -> str:
        """Return the resource's name for messages."""
        return f"{self.kind} {self.ref_id}"


class Failure(NamedTuple):
    """Why an attempt failed, in the platform's words."""

    step: str
    message: str
    failure_type: str | None
    details: dict[str, Any]


def resource_plans(deployment: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield (kind, ref_id, plan_info) for every resource; Elasticsearch first, because the others depend on it."""
    resources = deployment.get("resources") or {}
    for kind in sorted(resources, key=lambda kind: (kind != "elasticsearch", kind)):
        for resource in resources[kind] or ():
            yield kind, resource.get("ref_id", ""), (resource.get("info") or {}).get("plan_info") or {}


def pending_plans(deployment: Json) -> dict[PlanRef, Json]:
    """Return the attempts that are running, with their entries."""
    return {
        PlanRef(kind, ref_id, info["pending"].get("plan_attempt_id")): info["pending"]
        for kind, ref_id, info in resource_plans(deployment)
        if info.get("pending") is not None
    }


def known_attempts(deployment: Json) -> frozenset[str]:
    """Return the ids of all attempts so far, for `PlanWatcher.wait(known=…)`.

    `deployment` is read before a write, with `show_plan_history=true`.
    """
    return frozenset(
        identifier
        for _, _, info in resource_plans(deployment)
        for entry in [info.get("pending"), *ended(info)]
        if entry and (identifier := entry.get("plan_attempt_id"))
    )


def ended(info: Json) -> list[Json]:
    """Return the ended attempts of one resource, oldest first; without history only the last good one."""
    entries = list(info.get("history") or ())
    current = info.get("current")
    named = {entry.get("plan_attempt_id") for entry in entries}
    if current is not None and (not entries or current.get("plan_attempt_id") not in named):
        # Ids are missing in some answers; then only the times tell which of both is newer.
        newer = not entries or str(current.get("attempt_start_time")) >= str(entries[-1].get("attempt_start_time"))
        entries.insert(len(entries) if newer else 0, current)
    return entries


def ended_attempt(deployment: Json, ref: PlanRef) -> Json | None:
    """Return the entry of an attempt that has ended, None if the answer does not hold it."""
    for kind, ref_id, info in resource_plans(deployment):
        if (kind, ref_id) == (ref.kind, ref.ref_id):
            for entry in ended(info):
                if entry.get("plan_attempt_id") == ref.attempt_id:
                    return entry
    return None


def step_of(entry: Json) -> str:
    """Return the id of the step that an attempt has reached, an empty text before the first."""
    log = entry.get("plan_attempt_log") or ()
    return str(log[-1].get("step_id", "")) if log else ""


def failure_of(entry: Json) -> Failure | None:
    """Return why an ended attempt failed, None if it went well."""
    log = entry.get("plan_attempt_log") or [{}]
    last, error = log[-1], entry.get("error")
    completed = last.get("step_id") == LAST_STEP
    if not error and (last.get("status") != "error" if completed else entry.get("healthy") is not False):
        return None
    message = _last_message(last)
    told = error or message
    broken = [step.get("step_id") for step in log if step.get("status") == "error" and step.get("step_id") != LAST_STEP]
    return Failure(
        step=str(broken[-1] if broken else last.get("step_id") or "unknown"),
        message=str(told.get("message") or message.get("message") or "no reason given"),
        failure_type=told.get("failure_type") or message.get("failure_type"),
        details=dict(told.get("details") or message.get("details") or {}),
    )


def _last_message(step: Json) -> Json:
    messages = step.get("info_log") or [{}]
    last: Json = messages[-1]
    return last
