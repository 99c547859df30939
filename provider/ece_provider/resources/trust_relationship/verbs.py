"""Making a record exactly once, reading, changing and removing it. None of these calls makes a plan.

The API has no request id, so the ids that exist stand in the journal before the request: after a lost reply, or a kill,
a record with the same content that was not among them is the one that was made.
"""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any, Final

from ece_client import ApiError, Client, NotFound, ServerError, StatusError, WriteUncertain
from ece_provider.configured import ConfiguredProvider
from ece_provider.journal import Entry
from ece_provider.locks import LockStopped
from ece_provider.resources.trust_relationship.mapping import is_as, to_request, to_state, to_update
from ece_provider.resources.trust_relationship.refusals import refusal
from ece_provider.resources.trust_relationship.schema import TYPE_NAME
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import CreateContext, DeleteContext, Interrupted, ReadContext, UpdateContext
from terraform_plugin.values import Values

_LOG = logging.getLogger("ece_provider.trust_relationship")
_LOCK_SECONDS: Final = 300.0
"""How long another creation of an equal record is awaited."""


async def create(context: CreateContext[ConfiguredProvider]) -> Values:
    """Make the record, or adopt the one that an earlier try made."""
    provider, body = context.provider, to_request(context.planned)
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]
    try:
        async with provider.locks.hold(f"trust relationship {digest}", deadline=_LOCK_SECONDS, stop=context.stop):
            client = await provider.client()
            seen = [str(record["id"]) for record in await _records(client)]
            entry = provider.journal.begin(TYPE_NAME, context.planned, seen=seen)
            identifier = await _left_behind(client, entry, body) if entry.is_reused else None
            if identifier is None:
                entry.note(seen=seen)
                identifier = await _made(client, entry, body)
            entry.note(object_id=identifier)
    except LockStopped as stopped:
        raise Interrupted(str(stopped)) from None
    state = {**context.planned, "id": identifier}
    context.save(state)
    return state


async def _records(client: Client) -> list[dict[str, Any]]:
    query = {"filter": "non-local", "include_certificate": True}
    reply = await client.call("get-trust-relationships", query=query)
    return list(reply.data.get("trust_relationships") or ())


async def _left_behind(client: Client, entry: Entry, body: dict[str, Any]) -> str | None:
    """What an earlier run made before it was killed."""
    found = await _new_since(client, entry, body)
    if found is not None:
        _LOG.info("trust relationship %s was made by a run that did not end; it is adopted", found)
    return found


async def _made(client: Client, entry: Entry, body: dict[str, Any]) -> str:
    try:
        return str((await client.call("create-trust-relationship", body=body)).data["id"])
    except (WriteUncertain, ServerError):
        found = await _found_after(client, entry, body)
        if found is None:
            raise
        return found
    except StatusError as error:
        entry.discard()  # refused: nothing was made
        raise refusal(error) from error
    except ApiError:
        entry.discard()  # never sent
        raise


async def _found_after(client: Client, entry: Entry, body: dict[str, Any]) -> str | None:
    """Look what became of a request whose reply got lost; the entry stays while that is not known."""
    try:
        return await _new_since(client, entry, body)
    except ApiError as problem:
        _LOG.warning("what became of the request is not known yet (%s); the next apply looks again", problem)
        return None


async def _new_since(client: Client, entry: Entry, body: dict[str, Any]) -> str | None:
    """A record with this content that was not there before."""
    seen = entry.data.get("seen")
    if seen is None:
        return None
    new = [str(record["id"]) for record in await _records(client) if is_as(record, body)]
    return min((identifier for identifier in new if identifier not in seen), default=None)


async def read(context: ReadContext[ConfiguredProvider]) -> Values | None:
    """Find the record in the list of all; only a 404 of its own counts as gone."""
    provider, identifier = context.provider, context.state["id"]
    records = await provider.lists.trust_relationships()
    record = next((each for each in records if each["id"] == identifier), None)
    if record is None:
        record = await _asked_by_id(await provider.client(), identifier)
    provider.journal.forget(identifier)
    if record is None:
        return None
    if record.get("local"):
        raise DiagnosticError(
            "The record of this installation itself",
            f"{identifier} is the platform's own record, which others make theirs from. It is not managed here; the "
            "data source ece_environment reads it.",
        )
    return to_state(record, context.state)


async def _asked_by_id(client: Client, identifier: str) -> dict[str, Any] | None:
    try:
        reply = await client.call(
            "get-trust-relationship",
            path={"trust_relationship_id": identifier},
            query={"include_certificate": True},
        )
    except NotFound:
        return None
    return dict(reply.data)


async def update(context: UpdateContext[ConfiguredProvider]) -> Values:
    """Change the record in place, so that what deployments trust by it stays."""
    client = await context.provider.client()
    path = {"trust_relationship_id": context.prior["id"]}
    try:
        await client.call("update-trust-relationship", path=path, body=to_update(context.planned, context.prior))
    except StatusError as error:
        raise refusal(error) from error
    return context.planned


async def delete(context: DeleteContext[ConfiguredProvider]) -> None:
    """Remove the record; entries of deployments that name it are left without effect (inferred)."""
    client = await context.provider.client()
    try:
        await client.call("delete-trust-relationship", path={"trust_relationship_id": context.state["id"]})
    except NotFound:
        return
