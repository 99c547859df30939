"""Removing a rule set, which ECE refuses while deployments are associated with it.

Deployments that are being deleted at the same time are waited for: nothing in a configuration orders the two when the
association came from ``include_by_default``. All others must be told by name.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from ece_client import Client, NotFound, StatusError
from ece_provider.configured import ConfiguredProvider
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import DeleteContext, Interrupted
from terraform_plugin.values import Values

PATIENCE: Final = 15.0
"""Seconds for the deletion of a deployment to begin, or to end after it has stopped, before it counts as staying."""

_PAUSE: Final = 1.0
_SHORT: Final[dict[str, Any]] = {"show_plans": False, "show_settings": False, "enrich_with_template": False}


@dataclass
class _Users:
    """Who is still associated with a rule set."""

    staying: list[str] = field(default_factory=list)
    """In words."""
    stopping: list[str] = field(default_factory=list)
    """Deployments whose shutdown is under way, in words."""
    stopped: list[str] = field(default_factory=list)
    """Deployments that are stopped: their deletion may come next, in words."""

    @property
    def all(self) -> list[str]:
        return self.staying + self.stopping + self.stopped


async def delete(context: DeleteContext[ConfiguredProvider]) -> None:
    """Delete the rule set; one that is gone is fine.

    Raises:
        DiagnosticError: deployments that stay are associated with it.
        Interrupted: the user stopped Terraform during the wait.
    """
    client = await context.provider.client()
    state = context.state
    quiet_since = started = time.monotonic()
    while (users := await _users_after_try(client, state["id"])) is not None:
        now = time.monotonic()
        if users.stopping:
            quiet_since = now
        may_begin = bool(users.stopping or users.stopped or state["include_by_default"])
        patience = PATIENCE if may_begin else 0.0
        if now - quiet_since >= patience or now - started >= context.timeouts.get("delete", PATIENCE):
            raise _in_use(state, users.all)
        await _pause(context, state)
    context.provider.journal.forget(state["id"])


async def _pause(context: DeleteContext[ConfiguredProvider], state: Values) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(context.stop.wait(), min(_PAUSE, context.timeouts.get("delete", _PAUSE)))
    if context.stop.is_set():
        raise Interrupted(f'Stopped while rule set "{state["name"]}" waited for its deployments to be deleted.')


async def _users_after_try(client: Client, ruleset_id: str) -> _Users | None:
    """Try to delete; who stands against it, or None when it is done."""
    path = {"ruleset_id": ruleset_id}
    try:
        await client.call("delete-traffic-filter-ruleset", path=path, query={"ignore_associations": False})
    except NotFound:
        return None
    except StatusError:
        associations, hidden = await _associations(client, ruleset_id)
        if not associations and hidden <= 0:
            raise  # refused for another reason
        users = await _users(client, ruleset_id, associations)
        if hidden > 0:
            users.staying.append(f"{hidden} more that these credentials may not see")
        return users if users.all else await _users_after_try(client, ruleset_id)
    return None


async def _associations(client: Client, ruleset_id: str) -> tuple[list[dict[str, str]], int]:
    """The associations that can be seen, and the number of those that cannot."""
    try:
        reply = await client.call("get-traffic-filter-ruleset-deployment-associations", path={"ruleset_id": ruleset_id})
    except NotFound:
        return [], 0
    seen: list[dict[str, str]] = reply.data.get("associations") or []
    return seen, int(reply.data.get("total_associations") or 0) - len(seen)


async def _users(client: Client, ruleset_id: str, associations: list[dict[str, str]]) -> _Users:
    """What the associated deployments are doing.

    Associations of deployments that do not exist any more are taken away: whether ECE does that itself when it deletes
    a deployment is not documented.
    """
    users = _Users()
    for association in associations:
        if association["entity_type"] != "deployment":
            users.staying.append(f"{association['entity_type']} {association['id']}")
            continue
        try:
            path = {"deployment_id": association["id"]}
            reply = await client.call("get-deployment", path=path, query=_SHORT)
        except NotFound:
            await _remove(client, ruleset_id, association)
        except StatusError:
            users.staying.append(f"deployment {association['id']}")
        else:
            words = f'deployment {association["id"]} ("{reply.data.get("name", "")}")'
            {"stopping": users.stopping, "stopped": users.stopped}.get(_status(reply.data), users.staying).append(words)
    return users


def _status(deployment: dict[str, Any]) -> str:
    """What Elasticsearch of a deployment is doing; an empty text where that is not told."""
    resources = (deployment.get("resources") or {}).get("elasticsearch") or [{}]
    return str((resources[0].get("info") or {}).get("status") or "")


async def _remove(client: Client, ruleset_id: str, association: dict[str, str]) -> None:
    path = {
        "ruleset_id": ruleset_id,
        "association_type": association["entity_type"],
        "associated_entity_id": association["id"],
    }
    with suppress(NotFound):
        await client.call("delete-traffic-filter-ruleset-association", path=path)


def _in_use(state: Values, users: list[str]) -> DiagnosticError:
    return DiagnosticError(
        "Rule set is in use",
        f'The rule set "{state["name"]}" ({state["id"]}) cannot be deleted, as it is still associated with '
        f"{', '.join(users)}. These associations were not made in this configuration, or come from "
        "include_by_default. Take the rule set off them (console: the deployment's Security page; or import "
        "ece_traffic_filter_association and destroy it), then apply again. "
        "A deployment that loses its last rule set lets in everybody.",
    )
