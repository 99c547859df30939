"""Removing a rule set, which ECE refuses while deployments are associated with it: then who they are must be told."""

from __future__ import annotations

from typing import Any

from ece_client import Client, NotFound, StatusError
from ece_provider.configured import ConfiguredProvider
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import DeleteContext
from terraform_plugin.values import Values


async def delete(context: DeleteContext[ConfiguredProvider]) -> None:
    """Delete the rule set; one that is gone is fine."""
    client = await context.provider.client()
    state = context.state
    try:
        await _delete(client, state["id"])
    except NotFound:
        pass
    except StatusError:
        remaining = await _remaining(client, state["id"])
        if remaining is None:
            raise
        if remaining:
            raise _in_use(state, remaining) from None
        await _delete(client, state["id"])
    context.provider.journal.forget(state["id"])


async def _delete(client: Client, ruleset_id: str) -> None:
    await client.call(
        "delete-traffic-filter-ruleset", path={"ruleset_id": ruleset_id}, query={"ignore_associations": False}
    )


async def _remaining(client: Client, ruleset_id: str) -> list[str] | None:
    """Who is still associated, in words; None when nobody is, so that the refusal had another reason.

    Associations of deployments that do not exist any more are taken away: whether ECE does that itself when it deletes
    a deployment is not documented.
    """
    reply = await client.call("get-traffic-filter-ruleset-deployment-associations", path={"ruleset_id": ruleset_id})
    associations: list[dict[str, str]] = reply.data.get("associations") or []
    hidden = int(reply.data.get("total_associations") or 0) - len(associations)
    if not associations and hidden <= 0:
        return None
    remaining = []
    for association in associations:
        if (owner := await _owner(client, association)) is None:
            await _remove(client, ruleset_id, association)
        else:
            remaining.append(owner)
    if hidden > 0:
        remaining.append(f"{hidden} more that these credentials may not see")
    return remaining


async def _owner(client: Client, association: dict[str, str]) -> str | None:
    """The deployment of an association in words; None when it does not exist."""
    if association["entity_type"] != "deployment":
        return f"{association['entity_type']} {association['id']}"
    try:
        reply = await client.call("get-deployment", path={"deployment_id": association["id"]}, query=_SHORT)
    except NotFound:
        return None
    except StatusError:
        return f"deployment {association['id']}"
    return f'deployment {association["id"]} ("{reply.data.get("name", "")}")'


_SHORT: dict[str, Any] = {
    "show_plans": False,
    "show_metadata": False,
    "show_settings": False,
    "enrich_with_template": False,
}


async def _remove(client: Client, ruleset_id: str, association: dict[str, str]) -> None:
    path = {
        "ruleset_id": ruleset_id,
        "association_type": association["entity_type"],
        "associated_entity_id": association["id"],
    }
    try:
        await client.call("delete-traffic-filter-ruleset-association", path=path)
    except NotFound:
        return


def _in_use(state: Values, remaining: list[str]) -> DiagnosticError:
    return DiagnosticError(
        "Rule set is in use",
        f'The rule set "{state["name"]}" ({state["id"]}) cannot be deleted, as it is still associated with '
        f"{', '.join(remaining)}. These associations were not made in this configuration, or come from "
        "include_by_default. Take the rule set off them (console: the deployment's Security page; or import "
        "ece_traffic_filter_association and destroy it), then apply again. "
        "A deployment that loses its last rule set lets in everybody.",
    )
