"""Changing a deployment: one write on the basis of what runs, a wait, then the removal of parts that are left out.

What took effect is saved step by step, so that a failure in the middle never shows as done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ece_client import (
    Conflict,
    NotFound,
    PlanFailed,
    PlanPending,
    PlanStopped,
    PlanTimeout,
    StatusError,
    known_attempts,
)
from ece_provider.configured import ConfiguredProvider
from ece_provider.resources.deployment.body import needs_template, update_body
from ece_provider.resources.deployment.calls import (
    LOG,
    Deadline,
    exclusive,
    fetch,
    get_when_quiet,
    pause,
    pending_of,
    refuse_system_owned,
    wait,
)
from ece_provider.resources.deployment.mapping import Json, as_planned, kinds_of, resource_of, state_of, status_of
from ece_provider.resources.deployment.refusals import refusal
from ece_provider.resources.deployment.schema import STATELESS_KINDS
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import Interrupted, UpdateContext
from terraform_plugin.values import Values, is_known, is_wholly_known

if TYPE_CHECKING:
    from ece_client import Client

_INSTANT = ("name", "tags", "deletion_protection", "request_id", "timeouts")
"""Attributes that take effect with the answer, without a plan of the platform."""

_CONFLICT_PAUSE = 1.0


async def update(context: UpdateContext[ConfiguredProvider]) -> Values:
    """Change what differs; returns the whole state.

    Raises:
        DiagnosticError: the change was refused, a plan failed or did not end in time.
        Interrupted: the user stopped Terraform; the plans go on.
        ApiError: the API cannot be reached or refuses.
    """
    identifier = context.prior["id"]
    deadline = Deadline(context.timeouts.get("update"))
    client = await context.provider.client()
    try:
        async with exclusive(context, identifier, deadline):
            await _write_and_wait(context, client, deadline)
            for kind in STATELESS_KINDS:
                if context.planned.get(kind) is None and context.prior.get(kind) is not None:
                    await _remove(context, client, kind, deadline)
    except PlanStopped as stopped:
        raise Interrupted(
            f"Stopped while deployment {identifier} was being changed: {stopped}.", pending_of(stopped, "update")
        ) from None
    except PlanTimeout as late:
        await _save_what_took_effect(context, client)
        raise DiagnosticError(
            "The change did not end in time",
            f"Deployment {identifier}: {late}. The platform goes on; the next plan shows what is left to do. "
            "Give timeouts.update a longer duration if this is its usual pace.",
            Path("timeouts"),
        ) from None
    except PlanFailed as failed:
        await _save_what_took_effect(context, client)
        raise DiagnosticError(
            f"The change failed: step {failed.step}",
            f"Deployment {identifier}: {failed}. What did not take effect shows as a change in the next plan.",
        ) from None
    if is_wholly_known(context.planned):
        return dict(context.planned)
    return as_planned(state_of(await fetch(client, identifier), context.prior), context.planned)


async def _write_and_wait(context: UpdateContext[ConfiguredProvider], client: Client, deadline: Deadline) -> None:
    """Read, merge, write; again when somebody else wrote in between. Then wait for the plans of the write."""
    identifier = context.prior["id"]
    while True:
        reply = await get_when_quiet(context, client, identifier, deadline)
        body = await _body(context, client, reply.data)
        if not body.keys() - {"prune_orphans"}:
            return
        _refuse_stopped(reply.data, body)
        if context.stop.is_set():
            raise Interrupted(f"Stopped before deployment {identifier} was changed; nothing was written.")
        try:
            await client.call(
                "update-deployment", path={"deployment_id": identifier}, query={"version": reply.version}, body=body
            )
            break
        except (Conflict, PlanPending) as error:
            if deadline.is_over:
                raise
            LOG.info("deployment %s: changed by somebody else (%s), reading it again", identifier, error)
            await pause(context, _CONFLICT_PAUSE)
        except StatusError as error:
            raise refusal(error) from error
    context.save({**context.prior, **{name: context.planned[name] for name in _INSTANT}})
    if "version" in context.changed:
        _warn_of_foreign_parts(context, reply.data)
    if "resources" in body:
        await wait(context, identifier, known_attempts(reply.data), deadline)


def _refuse_stopped(deployment: Json, body: Json) -> None:
    """A new plan would start a stopped deployment, without the data that a restore brings back (inferred)."""
    if "resources" in body and status_of(deployment) == "stopped":
        raise DiagnosticError(
            "The deployment is stopped",
            f'"{deployment.get("name")}" ({deployment.get("id")}) is shut down, and this change would start it. '
            "Restore it in the console first, then apply again.",
        )


async def _body(context: UpdateContext[ConfiguredProvider], client: Client, deployment: Json) -> dict[str, Any]:
    refuse_system_owned(deployment)
    planned, changed = _effective_change(context)
    template = None
    if needs_template(deployment, planned, changed):
        template = await context.provider.templates.get(planned["template_id"], planned["version"])
    migrated = None
    if "template_id" in changed:
        migrated = (
            await client.call(
                "migrate-deployment-template",
                path={"deployment_id": planned["id"]},
                query={"template_id": planned["template_id"]},
            )
        ).data
    return update_body(deployment, planned, changed, template=template, migrated=migrated)


def _effective_change(context: UpdateContext[ConfiguredProvider]) -> tuple[Values, frozenset[str]]:
    """Planned values with known members only, and what of them changes. Tiers that are left out are not managed."""
    planned = {name: value if is_known(value) else context.prior.get(name) for name, value in context.planned.items()}
    changed = frozenset(name for name in context.changed if planned[name] != context.prior.get(name))
    if context.config.get("tiers") is None:
        changed -= {"tiers"}
    return planned, changed


def _warn_of_foreign_parts(context: UpdateContext[ConfiguredProvider], deployment: Json) -> None:
    others = [kind for kind in kinds_of(deployment) if kind not in ("elasticsearch", *STATELESS_KINDS)]
    if others:
        context.diagnostics.warning(
            "Parts that are not managed keep their version",
            f"Deployment {context.prior['id']} also holds {', '.join(others)}, which Terraform does not manage. "
            "Upgrade them in the console.",
            Path("version"),
        )


async def _remove(context: UpdateContext[ConfiguredProvider], client: Client, kind: str, deadline: Deadline) -> None:
    """Shut a part down, wait, delete it; a part that is gone already is fine."""
    identifier = context.prior["id"]
    await _save_what_took_effect(context, client)
    deployment = (await get_when_quiet(context, client, identifier, deadline)).data
    resource = resource_of(deployment, kind)
    if resource is None:
        return
    path = {"deployment_id": identifier, "stateless_resource_kind": kind, "ref_id": str(resource["ref_id"])}
    try:
        if (resource.get("info") or {}).get("status") != "stopped":
            LOG.info("deployment %s: shutting %s down", identifier, kind)
            await client.call("shutdown-deployment-stateless-resource", path=path)
            await wait(context, identifier, known_attempts(deployment), deadline)
        await client.call("delete-deployment-stateless-resource", path=path)
    except NotFound:
        LOG.info("deployment %s: %s is gone", identifier, kind)


async def _save_what_took_effect(context: UpdateContext[ConfiguredProvider], client: Client) -> None:
    """State as it really is now; a part that cannot be read keeps what was saved before."""
    try:
        deployment = await fetch(client, context.prior["id"])
    except NotFound:
        return
    instant = {name: context.planned[name] for name in _INSTANT if name not in ("name", "tags")}
    context.save({**state_of(deployment, context.prior), **instant})
