"""Creating a deployment: template, journal, request, wait.

The request id is on disk before the request goes out, and the object is in state before anything else can fail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ece_client import NotFound, NotJson, PlanFailed, PlanStopped, PlanTimeout, StatusError, TooManyRequests
from ece_provider.configured import ConfiguredProvider
from ece_provider.journal import Entry
from ece_provider.resources.deployment.body import create_body
from ece_provider.resources.deployment.calls import LOG, UNTAINT, Deadline, fetch, pending_of, still_there, wait
from ece_provider.resources.deployment.mapping import as_planned, state_of
from ece_provider.resources.deployment.refusals import refusal
from ece_provider.resources.deployment.schema import DEFAULT_REF_ID
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import CreateContext, Interrupted
from terraform_plugin.values import Values, is_known

if TYPE_CHECKING:
    from ece_client import Client

_NOT_HASHED = ("timeouts", "request_id", "deletion_protection")


async def create(context: CreateContext[ConfiguredProvider]) -> Values:
    """Make the deployment and wait for its plans; returns the whole state.

    Raises:
        DiagnosticError: the request was refused, a plan failed or did not end in time.
        Interrupted: the user stopped Terraform; the plans go on.
        ApiError: the API cannot be reached or refuses.
    """
    deadline = Deadline(context.timeouts.get("create"))
    client = await context.provider.client()
    planned = dict(context.planned)
    if not is_known(planned["ref_id"]) or planned["ref_id"] is None:
        planned["ref_id"] = DEFAULT_REF_ID
    template = await context.provider.templates.get(_known(planned["template_id"]), str(planned["version"]))
    planned["template_id"] = template["id"]
    body = create_body(template, planned, await client.region())
    if context.stop.is_set():
        raise Interrupted("Stopped before the deployment was requested; nothing was made.")
    reply = await _request(context, client, planned, body)
    planned |= _first_ids(reply)
    context.private["creating"] = True
    context.save(planned)
    LOG.info("deployment %s: created, waiting for its plans", planned["id"])
    state = await _wait(context, client, planned, deadline)
    context.private.pop("creating", None)
    return state


def _known_part(planned: Values) -> Values:
    """What is known of a plan, as a prior state: the rest is null."""
    return {name: value if is_known(value) else None for name, value in planned.items()}


def _known(value: Any) -> str | None:
    return str(value) if value is not None and is_known(value) else None


async def _request(
    context: CreateContext[ConfiguredProvider], client: Client, planned: Values, body: dict[str, Any]
) -> dict[str, Any]:
    """Send the request under an id that a repeat, now or after a kill, uses again; returns the reply."""
    entry = _entry(context)
    reply = await _send(client, entry, body)
    if reply.get("_was_there") and not await still_there(client, reply["id"]):
        # the id made a deployment that somebody deleted since
        if planned.get("request_id"):
            raise DiagnosticError(
                "request_id was used before",
                "A deployment was made with this request_id and deleted since, so it makes no new one. "
                "Give another request_id, or none.",
                Path("request_id"),
            )
        entry.discard()
        entry = _entry(context)
        reply = await _send(client, entry, body)
    _claim(context, reply)
    entry.note(object_id=reply["id"])
    if reply.get("_was_there") and entry.is_reused:
        context.diagnostics.warning(
            "A deployment of an earlier run was adopted",
            f"An earlier run began to create this deployment and was cut off. It is {reply['id']}, and now in state.",
        )
    return reply


def _entry(context: CreateContext[ConfiguredProvider]) -> Entry:
    """The journal's entry, unless the configuration names the request id itself."""
    if request_id := context.planned.get("request_id"):
        return Entry(str(request_id))
    values = {name: value for name, value in context.planned.items() if name not in _NOT_HASHED}
    return context.provider.journal.begin("ece_deployment", values)


async def _send(client: Client, entry: Entry, body: dict[str, Any]) -> dict[str, Any]:
    """``create-deployment``: 201 made it, 202 means that this request id had made one before."""
    try:
        reply = await client.call("create-deployment", query={"request_id": entry.request_id}, body=body)
    except StatusError as error:
        if error.status >= 500 or isinstance(error, NotJson | TooManyRequests):
            raise  # it may have been made: the journal keeps the request id
        entry.discard()
        raise refusal(error) from error
    return {**reply.data, "_was_there": reply.status == 202}


def _claim(context: CreateContext[ConfiguredProvider], reply: dict[str, Any]) -> None:
    """One deployment belongs to one resource: two resources with one ``request_id`` would share it."""
    created = context.provider.created
    if reply["id"] in created:
        raise DiagnosticError(
            "request_id is used twice",
            f"Another resource of this configuration made deployment {reply['id']} with the same request_id. "
            "Give each its own, or none.",
            Path("request_id"),
        )
    created.add(reply["id"])


def _first_ids(reply: dict[str, Any]) -> Values:
    """What the reply tells of the new deployment. Its credentials are not looked at: they never enter state."""
    resources = reply.get("resources") or ()
    found = [resource for resource in resources if resource.get("kind") == "elasticsearch"]
    return {"id": reply["id"], "cluster_id": found[0].get("id") if found else None}


async def _wait(
    context: CreateContext[ConfiguredProvider], client: Client, planned: Values, deadline: Deadline
) -> Values:
    identifier = planned["id"]
    try:
        await wait(context, identifier, frozenset(), deadline)
    except PlanStopped as stopped:
        raise Interrupted(
            f"Stopped while deployment {identifier} was being created: {stopped}. It is in state; "
            "the next plan or apply goes on waiting for it.",
            pending_of(stopped, "create"),
        ) from None
    except PlanTimeout as late:
        await _save_what_is_there(context, client, planned)
        raise DiagnosticError(
            "The deployment was not ready in time",
            f"Deployment {identifier}: {late}. The platform goes on creating it. {UNTAINT} "
            "Give timeouts.create a longer duration if this is its usual pace.",
            Path("timeouts"),
        ) from None
    except PlanFailed as failed:
        await _save_what_is_there(context, client, planned)
        raise DiagnosticError(
            f"The deployment could not be created: step {failed.step}",
            f"Deployment {identifier}: {failed}. It is in state and tainted: the next apply replaces it. "
            "If it can be repaired in the console, run terraform untaint with the address of this resource.",
        ) from None
    return as_planned(state_of(await fetch(client, identifier), _known_part(planned)), context.planned)


async def _save_what_is_there(context: CreateContext[ConfiguredProvider], client: Client, planned: Values) -> None:
    """Complete the state of a deployment that did not come up, as far as it can be read."""
    try:
        deployment = await fetch(client, planned["id"])
    except NotFound:
        return
    context.save(as_planned(state_of(deployment, _known_part(planned)), context.planned))
