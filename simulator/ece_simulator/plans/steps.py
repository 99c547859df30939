"""Step ids of plans. The names occur in recorded payloads; the order between neighbours is inferred."""

from __future__ import annotations

LAST = "plan-completed"

_CREATE_ELASTICSEARCH = (
    "plan-validator", "log-initial-plan-data", "detect-plan-strategy", "calculate-incremental-elasticsearch-change",
    "resolve-instances-acls", "validate-plan-prerequisites", "suspend-snapshotting", "check-enterprise-license",
    "validate-elasticsearch-plugin-versions", "create-elasticsearch-instances", "allocate-instances",
    "generate-node-certificates", "add-shield-user", "ensure-shield-system-key", "ensure-app-auth-tokens",
    "validate-plan-safety", "apply-monitoring-config", "seed-instances", "override-instance-data",
    "update-initial-master-nodes", "start-instances", "wait-until-running", "wait-until-masters-elected",
    "verify-non-split", "set-maintenance", "apply-cluster-license", "apply-curation-settings",
    "get-snapshot-settings", "ensure-repository", "ensure-slm-policy", "apply-plan-settings", "post-plan-cleanup",
    "clean-up", LAST,
)  # fmt: skip
_CHANGE = (
    "plan-validator", "log-initial-plan-data", "detect-plan-strategy", "validate-plan-prerequisites",
    "allocate-instances", "validate-plan-safety", "start-instances", "wait-until-running", "set-maintenance",
    "apply-plan-settings", "post-plan-cleanup", "clean-up", LAST,
)  # fmt: skip
_STOP = ("plan-validator", "log-initial-plan-data", "set-maintenance", "clean-up", LAST)


def steps_of(kind: str, during: str) -> tuple[str, ...]:
    """Steps of a plan on a resource of that kind that is in the given status while the plan runs."""
    if during == "stopping":
        return _STOP
    if kind == "elasticsearch" and during == "initializing":
        return _CREATE_ELASTICSEARCH
    return _CHANGE
