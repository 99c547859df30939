"""The account of an installation: what its own entry in trust is called. One ECE has exactly one account."""

from __future__ import annotations

from ece_client import NotFound
from ece_provider.configured import ConfiguredProvider
from ece_provider.resources.deployment.mapping import resource_of
from ece_provider.trust.entries import lists_of
from terraform_plugin.diagnostics import DiagnosticError, Path


async def account_id_for(provider: ConfiguredProvider, deployment_id: str) -> str:
    """The account as the deployment's own trust names it, or else as ``GET /account`` tells.

    Raises:
        DiagnosticError: there is no such deployment, or its settings cannot be seen.
        ApiError: the API cannot be reached or refuses.
    """
    try:
        deployment = await provider.places.of(None).deployments.get(deployment_id)
    except NotFound as problem:
        raise DiagnosticError(
            "Deployment does not exist",
            f"There is no deployment with id {deployment_id}. Use the id of an ece_deployment of this environment. "
            f"{problem}.",
            Path("deployment_id"),
        ) from problem
    accounts = lists_of(deployment)["accounts"] if resource_of(deployment, "elasticsearch") else []
    if len(accounts) == 1:
        return str(accounts[0]["account_id"])
    client = await provider.client()
    return str((await client.call("get-current-account")).data["id"])
