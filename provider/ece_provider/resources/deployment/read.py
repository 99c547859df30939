"""Reading a deployment into state. Only a 404 means gone; a stopped deployment is stopped."""

from __future__ import annotations

from ece_client import NotFound
from ece_provider.configured import ConfiguredProvider
from ece_provider.resources.deployment.calls import Json, fetch, go_on_waiting, refuse_system_owned
from ece_provider.resources.deployment.mapping import is_pending, is_running, resource_of, state_of, status_of
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import ReadContext
from terraform_plugin.values import Values


async def read(context: ReadContext[ConfiguredProvider]) -> Values | None:
    """The state of the deployment, None when it is gone; goes on waiting for an interrupted change first.

    Raises:
        DiagnosticError: an import names a deployment that cannot be managed.
        ApiError: the API cannot be reached or refuses.
        Interrupted: the user stopped Terraform.
    """
    identifier = context.state["id"]
    client = await context.provider.client()
    try:
        await go_on_waiting(context, identifier)
        deployment = await fetch(client, identifier)
    except NotFound:
        context.provider.journal.forget(identifier)
        return None
    context.provider.journal.forget(identifier)
    if context.imported:
        _check_import(context, deployment)
    _note_creation(context, deployment)
    _warn_when_stopped(context, deployment)
    return state_of(deployment, context.state, imported=context.imported)


def _check_import(context: ReadContext[ConfiguredProvider], deployment: Json) -> None:
    refuse_system_owned(deployment)
    elasticsearch = resource_of(deployment, "elasticsearch")
    if elasticsearch is None:
        raise DiagnosticError(
            "Deployment without Elasticsearch",
            f"Deployment {deployment.get('id')} holds no Elasticsearch, so there is nothing to manage here.",
        )
    wanted = context.state.get("ref_id")
    if wanted is not None and wanted != elasticsearch.get("ref_id"):
        raise DiagnosticError(
            "No such ref_id",
            f"Elasticsearch of deployment {deployment.get('id')} has the ref_id {elasticsearch.get('ref_id')}, "
            f"not {wanted}. Import by <deployment id> alone.",
        )


def _note_creation(context: ReadContext[ConfiguredProvider], deployment: Json) -> None:
    """A deployment that came up after all is protected like any other."""
    elasticsearch = resource_of(deployment, "elasticsearch")
    if elasticsearch is not None and is_running(elasticsearch) and not is_pending(deployment):
        context.private.pop("creating", None)


def _warn_when_stopped(context: ReadContext[ConfiguredProvider], deployment: Json) -> None:
    if status_of(deployment) == "stopped":
        context.diagnostics.warning(
            "The deployment is stopped",
            f'"{deployment.get("name")}" ({deployment.get("id")}) exists but is shut down. '
            "Restore it in the console before changing it.",
        )
