"""Updating a deployment: what differs gets a plan, what is left out may be pruned."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ece_simulator.deployments.creation import INVALID, Draft, PayloadReader, add_resource
from ece_simulator.deployments.lifecycle import orphans_of, stop_resource
from ece_simulator.deployments.model import Deployment, Resource
from ece_simulator.deployments.plan_rules import comparable
from ece_simulator.deployments.settings import apply_elasticsearch_settings
from ece_simulator.problems import Problem, plan_still_pending

if TYPE_CHECKING:
    from ece_simulator.users.accounts import User
    from ece_simulator.world import World

ACTION = "deployments.update-deployment"


@dataclass
class Update:
    """A checked update: drafts matched with what exists, and what would be pruned."""

    drafts: list[Draft]
    existing: dict[str, Resource]
    orphans: list[Resource] = field(default_factory=list)


def check_update(world: World, deployment: Deployment, body: dict[str, Any]) -> Update:
    """Checks an update request whole; 400 lists everything that is wrong."""
    existing = {resource.ref_id: resource for resource in deployment.resources}
    reader = PayloadReader(world, body, existing)
    version = deployment.elasticsearch.stack_version if deployment.resources else None
    drafts = reader.read(version)
    _check_upgrades(reader, drafts, existing)
    _check_alias(world, deployment, body, reader)
    _check_count(reader, drafts, deployment, prune=body["prune_orphans"])
    reader.finish()
    for draft in drafts:
        resource = existing.get(draft.payload["ref_id"])
        if resource is not None and resource.pending is not None:
            problem = plan_still_pending(draft.kind, resource.ref_id, f"resources.{draft.kind}[0].plan")
            raise Problem.of(world.switches.update_during_plan_status, problem.complaints)
    return Update(drafts, existing, _orphans(deployment, drafts) if body["prune_orphans"] else [])


def _check_upgrades(reader: PayloadReader, drafts: list[Draft], existing: dict[str, Resource]) -> None:
    for draft in drafts:
        resource = existing.get(draft.payload["ref_id"])
        wanted = draft.plan[draft.kind]["version"]
        if resource is not None and resource.kind == draft.kind and resource.current is not None and wanted:
            place = f"resources.{draft.kind}[0].plan.{draft.kind}.version"
            reader.check.upgrade(resource.stack_version, wanted, place)


def _check_alias(world: World, deployment: Deployment, body: dict[str, Any], reader: PayloadReader) -> None:
    alias = body.get("alias")
    if alias and any(d.alias == alias for d in world.deployments.values() if d is not deployment):
        reader.check.complain(INVALID, "alias", f"The alias [{alias}] is taken")


def _check_count(reader: PayloadReader, drafts: list[Draft], deployment: Deployment, *, prune: bool) -> None:
    for kind in {draft.kind for draft in drafts}:
        refs = {draft.payload["ref_id"] for draft in drafts if draft.kind == kind}
        if not prune:
            refs |= {r.ref_id for r in deployment.of_kind(kind) if not r.hidden and r.status != "stopped"}
        if len(refs) > 1:
            text = f"At most one [{kind}] resource is possible, this would make {sorted(refs)}"
            reader.check.complain(INVALID, f"resources.{kind}", text)


def _orphans(deployment: Deployment, drafts: list[Draft]) -> list[Resource]:
    kept = {draft.payload["ref_id"] for draft in drafts}
    return [r for r in deployment.resources if r.ref_id not in kept and not r.hidden and r.status != "stopped"]


def carry_out(
    world: World, deployment: Deployment, body: dict[str, Any], update: Update, user: User, *, hide: bool
) -> list[Resource]:
    """Does what was checked; returns the resources the request named."""
    for orphan in update.orphans:
        if orphan.pending is not None:
            raise plan_still_pending(orphan.kind, orphan.ref_id, f"resources.{orphan.kind}[0]")
    deployment.touch(world.agenda.now)
    _change_deployment(deployment, body)
    named = [_change_resource(world, deployment, draft, update, user) for draft in update.drafts]
    for orphan in update.orphans:
        stop_resource(world, deployment, orphan, user, hide=hide, action=ACTION)
    return named


def _change_deployment(deployment: Deployment, body: dict[str, Any]) -> None:
    if body.get("name"):
        deployment.name = body["name"]
    if body.get("alias") is not None:
        deployment.alias = body["alias"] or None
    metadata = body.get("metadata") or {}
    if "tags" in metadata:
        deployment.tags = list(metadata["tags"] or [])
    if metadata.get("hidden") is not None:
        deployment.hidden = metadata["hidden"]
    if metadata.get("system_owned") is not None:
        deployment.system_owned = metadata["system_owned"]
    settings = body.get("settings") or {}
    if "observability" in settings:
        deployment.observability = settings["observability"] or None
    if settings.get("autoscaling_enabled") is not None:
        deployment.autoscaling_enabled = settings["autoscaling_enabled"]
    if settings.get("auto_ops"):
        deployment.auto_ops = settings["auto_ops"]["status"]


def _change_resource(world: World, deployment: Deployment, draft: Draft, update: Update, user: User) -> Resource:
    resource = update.existing.get(draft.payload["ref_id"])
    if resource is None:
        return add_resource(world, deployment, draft, user, ACTION)
    resource.display_name = draft.payload.get("display_name") or resource.display_name
    given = draft.payload.get("settings") or {}
    changed = False
    if resource.kind == "elasticsearch":
        changed = apply_elasticsearch_settings(world, resource, given)
    else:
        resource.settings.update({k: v for k, v in copy.deepcopy(given).items() if k != "metadata"})
    _keep_token(resource, draft.plan)
    restart = resource.status == "stopped" or _forces_plan(draft.plan)
    if changed or restart or differs(world, resource, draft.plan) or world.switches.noop_update_makes_plan:
        during = "initializing" if resource.current is None else "reconfiguring"
        world.plans.begin(
            deployment, resource, draft.plan, action=ACTION, user_id=user.user_id, during=during
        )  # fmt: skip
        resource.hidden = False
    return resource


def differs(world: World, resource: Resource, plan: dict[str, Any]) -> bool:
    """Whether the plan asks for something else than what runs; that equal plans make no work is inferred."""
    if resource.current is None or not resource.plan_healthy:
        return True
    template = world.template_of(plan) or world.template_of(resource.current.plan)
    return comparable(plan, template, world) != comparable(resource.current.plan, template, world)


def _forces_plan(plan: dict[str, Any]) -> bool:
    transient = plan.get("transient") or {}
    control = transient.get("plan_configuration") or {}
    return bool(transient.get("restore_snapshot")) or control.get("cluster_reboot") is not None


def _keep_token(resource: Resource, plan: dict[str, Any]) -> None:
    if resource.secret_token is not None:
        plan[resource.kind].setdefault("system_settings", {})["secret_token"] = resource.secret_token


def pruned(update: Update) -> dict[str, Any]:
    """Model Orphaned for the reply of an update with prune_orphans."""
    return orphans_of(update.orphans)
