"""Shut down, restore, restart, cancel, delete: everything that is no change of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ece_simulator.deployments.model import STATELESS, Deployment, Resource
from ece_simulator.problems import Problem, plan_still_pending

if TYPE_CHECKING:
    from ece_simulator.users.accounts import User
    from ece_simulator.world import World


def stop_resource(
    world: World, deployment: Deployment, resource: Resource, user: User, *, hide: bool, action: str
) -> None:
    """A plan that stops the resource; nothing for one that is stopped already."""

    def vanish() -> None:
        resource.hidden = hide

    if resource.status == "stopped" and resource.pending is None:
        vanish()
        return
    world.plans.begin(
        deployment, resource, resource.newest_plan(),
        action=action, user_id=user.user_id, during="stopping", after="stopped", done=vanish,
    )  # fmt: skip


def start_resource(world: World, deployment: Deployment, resource: Resource, user: User, action: str) -> None:
    """A plan that starts the resource with its last good plan."""
    during = "restarting" if resource.current is not None and resource.status != "stopped" else "initializing"
    world.plans.begin(
        deployment, resource, resource.newest_plan(), action=action, user_id=user.user_id, during=during
    )  # fmt: skip


def free_of_plans(world: World, resources: list[Resource], *, cancel: bool) -> None:
    """Refuses while a plan is pending, or cancels it."""
    for resource in resources:
        if resource.pending is not None:
            if not cancel:
                raise plan_still_pending(resource.kind, resource.ref_id, f"resources.{resource.kind}[0].plan")
            world.plans.cancel(resource)


def shutdown(world: World, deployment: Deployment, user: User, *, hide: bool) -> list[Resource]:
    """Stops all resources; returns those that were running."""
    cancel = world.switches.shutdown_during_plan == "cancel"
    free_of_plans(world, deployment.resources, cancel=cancel)
    running = [resource for resource in deployment.resources if not resource.stopped]
    for resource in deployment.resources:
        stop_resource(world, deployment, resource, user, hide=False, action="deployments.shutdown-deployment")
    deployment.hidden = deployment.hidden or hide
    deployment.touch(world.agenda.now)
    return running


def restore(world: World, deployment: Deployment, user: User) -> None:
    """Starts a deployment that was shut down; 400 unless Elasticsearch is stopped."""
    if not deployment.elasticsearch.stopped:
        raise not_shut_down(deployment.elasticsearch)
    free_of_plans(world, deployment.resources, cancel=False)
    for resource in deployment.resources:
        if resource.stopped:
            start_resource(world, deployment, resource, user, "deployments.restore-deployment")
    deployment.touch(world.agenda.now)


def not_shut_down(resource: Resource) -> Problem:
    """400: the resource runs, or is about to."""
    text = f"The [{resource.kind}] resource [{resource.ref_id}] is not shut down"
    return Problem(400, "deployments.resource_not_shutdown", text, [f"resources.{resource.kind}[0]"])


def delete(world: World, deployment: Deployment) -> list[Resource]:
    """Takes the deployment away for good; 400 until everything is stopped (the code is inferred)."""
    for resource in deployment.resources:
        if not resource.stopped:
            raise not_shut_down(resource)
    world.forget(deployment)
    return deployment.resources


def delete_resource(world: World, deployment: Deployment, resource: Resource) -> None:
    """Takes a stopped stateless resource away."""
    if not resource.stopped:
        text = f"The [{resource.kind}] resource [{resource.ref_id}] still has instances, shut it down first"
        raise Problem(400, "deployments.resource_has_instances", text)
    deployment.resources.remove(resource)
    deployment.touch(world.agenda.now)


def orphans_of(resources: list[Resource]) -> dict[str, Any]:
    """Model Orphaned."""
    shown: dict[str, Any] = {kind: [r.id for r in resources if r.kind == kind] for kind in STATELESS}
    dependents = [{"id": r.id, "kind": r.kind} for r in resources if r.kind != "elasticsearch"]
    shown["elasticsearch"] = [{"id": r.id, "dependents": dependents} for r in resources if r.kind == "elasticsearch"]
    return shown
