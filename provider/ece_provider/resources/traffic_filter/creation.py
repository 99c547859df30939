"""Making a rule set exactly once: the API has no request id, so a lost reply is resolved by looking for what is new.

Before the request the ids that exist are written to the journal. After a lost reply, or when an earlier run was killed,
a rule set with the same content that was not among them is the one that was made.
"""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

from ece_client import ApiError, Client, NotFound, ServerError, WriteUncertain
from ece_provider.configured import ConfiguredProvider
from ece_provider.journal import Entry
from ece_provider.resources.traffic_filter.mapping import is_same_ruleset, to_request
from ece_provider.resources.traffic_filter.schema import TYPE_NAME
from terraform_plugin.resource import CreateContext
from terraform_plugin.values import Values, is_set

_LOG = logging.getLogger("ece_provider.traffic_filter")
_LOCK_SECONDS = 300.0
"""How long another creation of an equal rule set is awaited."""


async def create(context: CreateContext[ConfiguredProvider]) -> Values:
    """Make the rule set, or adopt the one that an earlier try made."""
    provider, planned = context.provider, context.planned
    region = planned["region"] if is_set(planned["region"]) else await provider.region()
    body = to_request(planned, region)
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]
    # Equal rule sets (count, for_each) are made one after the other, so that each finds its own.
    async with provider.locks.hold(f"traffic filter {digest}", deadline=_LOCK_SECONDS, stop=context.stop):
        ruleset_id = await _Creation(provider, await provider.client(), planned, body, digest).ruleset_id()
    state = {**planned, "id": ruleset_id, "region": region}
    context.save(state)
    return state


class _Creation:
    """One creation, under the lock of its content."""

    def __init__(
        self, provider: ConfiguredProvider, client: Client, planned: Values, body: dict[str, Any], digest: str
    ) -> None:
        self._facts = provider.filter_facts
        self._journal = provider.journal
        self._client = client
        self._planned = planned
        self._body = body
        self._digest = digest

    async def ruleset_id(self) -> str:
        """The id of the rule set that this creation made, now or before."""
        is_repeated = self._facts.note_attempt(self._digest)
        seen = await self._facts.existing_ids(fresh=is_repeated)
        entry = self._journal.begin(TYPE_NAME, self._planned, seen=sorted(seen))
        ruleset_id = await self._left_behind(entry) if entry.is_reused else None
        if ruleset_id is None:
            ruleset_id = await self._made(entry)
        self._facts.note_made(ruleset_id, self._body["type"])
        entry.note(object_id=ruleset_id)
        return ruleset_id

    async def _left_behind(self, entry: Entry) -> str | None:
        """What an earlier run made before it was killed; None leaves the entry ready for a new request."""
        if entry.object_id is not None:
            found = entry.object_id if await self._is_there(entry.object_id) else None
        else:
            found = await self._new_since(entry)
        if found is None:
            entry.object_id = None
            entry.note(seen=sorted(await self._facts.existing_ids(fresh=True)))
        else:
            _LOG.info("rule set %s was made by a run that did not end; it is adopted", found)
        return found

    async def _is_there(self, ruleset_id: str) -> bool:
        if self._facts.is_made_here(ruleset_id):
            return False
        try:
            reply = await self._client.call("get-traffic-filter-ruleset", path={"ruleset_id": ruleset_id})
        except NotFound:
            return False
        return is_same_ruleset(reply.data, self._body)

    async def _made(self, entry: Entry) -> str:
        try:
            reply = await self._client.call("create-traffic-filter-ruleset", body=self._body)
        except (WriteUncertain, ServerError) as problem:
            found = await self._found_after(entry, problem)
            if found is None:
                raise
            return found
        except ApiError:
            entry.discard()  # refused or never sent: nothing was made
            raise
        return str(reply.data["id"])

    async def _found_after(self, entry: Entry, problem: ApiError) -> str | None:
        """Look what became of a request whose reply got lost; the entry stays while that is not known."""
        try:
            found = await self._new_since(entry)
        except ApiError as other:
            _LOG.warning("what became of the request is not known yet (%s); the next apply looks again", other)
            return None
        if found is not None:
            _LOG.info("rule set %s was made although %s", found, problem)
        return found

    async def _new_since(self, entry: Entry) -> str | None:
        """A rule set with this content that was not there before and belongs to nobody else here."""
        if (seen := entry.data.get("seen")) is None:
            return None
        candidates = [
            ruleset["id"]
            for ruleset in await self._facts.rulesets()
            if ruleset["id"] not in seen
            and not self._facts.is_made_here(ruleset["id"])
            and is_same_ruleset(ruleset, self._body)
        ]
        if len(candidates) > 1:
            _LOG.warning("several new rule sets have this content (%s); the first is taken", ", ".join(candidates))
        return min(candidates, default=None)
