"""Applying a planned change: create, update, delete. What exists is in the answer, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from terraform_plugin.diagnostics import Diagnostics, Path
from terraform_plugin.engine.errors import FAILURES, bug, explain, interruption
from terraform_plugin.engine.plan import changed_names, local_names
from terraform_plugin.engine.replies import IMPORTED, StateReply
from terraform_plugin.engine.runtime import (
    Runtime,
    identity_of,
    sendable,
    timeouts_of,
    without_unknown,
    without_write_only,
)
from terraform_plugin.engine.sameness import departures, settle
from terraform_plugin.resource import PENDING, CreateContext, DeleteContext, Resource, UpdateContext
from terraform_plugin.values import UNKNOWN, Values, copy


@dataclass(kw_only=True)
class ApplyRequest:
    """A planned change; ``planned`` None is a destroy, ``prior`` None a create."""

    config: Values | None
    prior: Values | None
    planned: Values | None
    private: dict[str, Any] = field(default_factory=dict)


async def apply(runtime: Runtime, resource: Resource[Any], request: ApplyRequest) -> StateReply:
    """Carry out a planned change."""
    attributes = resource.schema.attributes
    for values in (request.config, request.prior, request.planned):
        runtime.mask.add_values(attributes, values)
    change = _Change(runtime, resource, request)
    if request.planned is None:
        await change.delete()
    elif request.prior is None:
        await change.create(request.planned)
    else:
        await change.update(request.prior, request.planned)
    who = resource.type_name
    change.reply.private = sendable(change.reply.private, request.private, change.reply.diagnostics, who)
    change.reply.identity = identity_of(runtime, resource, change.reply.state, change.reply.diagnostics)
    return change.reply


class _Change:
    """One change on its way; ``reply`` always holds what is known so far."""

    def __init__(self, runtime: Runtime, resource: Resource[Any], request: ApplyRequest) -> None:
        self._runtime = runtime
        self._resource = resource
        self._schema = resource.schema
        self._config = request.config or resource.schema.null()
        prior = None if request.prior is None else without_write_only(resource.schema.attributes, copy(request.prior))
        self._prior = prior
        self._saved = False
        self.reply = StateReply(state=prior, private=copy(request.private))
        self.reply.private.pop(IMPORTED, None)
        self._pending_before = self.reply.private.get(PENDING)

    async def create(self, planned: Values) -> None:
        """Make the object. After a failure: what was saved, or nothing."""
        try:
            with self._runtime.call() as stop:
                context = CreateContext(
                    provider=self._runtime.configured,
                    diagnostics=self.reply.diagnostics,
                    stop=stop,
                    private=self.reply.private,
                    timeouts=timeouts_of(self._resource.default_timeouts, planned),
                    config=self._config,
                    planned=copy(planned),
                    _save=lambda state: self._save(state, planned),
                )
                created = await self._resource.create(context)
            self._finish(created, planned)
        except FAILURES as error:
            self._fail(error, "create")

    async def update(self, prior: Values, planned: Values) -> None:
        """Change the object. After a failure: what was saved, or the prior state."""
        changed = changed_names(self._schema, self._prior, without_write_only(self._schema.attributes, planned))
        if changed <= local_names(self._schema):
            self.reply.state = without_write_only(self._schema.attributes, copy(planned))
            return
        try:
            with self._runtime.call() as stop:
                context = UpdateContext(
                    provider=self._runtime.configured,
                    diagnostics=self.reply.diagnostics,
                    stop=stop,
                    private=self.reply.private,
                    timeouts=timeouts_of(self._resource.default_timeouts, planned),
                    config=self._config,
                    prior=copy(prior),
                    planned=copy(planned),
                    changed=changed,
                    _save=lambda state: self._save(state, planned),
                )
                updated = await self._resource.update(context)
            self._finish(updated, planned)
        except FAILURES as error:
            self._fail(error, "update")

    async def delete(self) -> None:
        """Remove the object. After a failure: the prior state."""
        prior = self._prior or self._schema.null()
        try:
            with self._runtime.call() as stop:
                context = DeleteContext(
                    provider=self._runtime.configured,
                    diagnostics=self.reply.diagnostics,
                    stop=stop,
                    private=self.reply.private,
                    timeouts=timeouts_of(self._resource.default_timeouts, prior),
                    state=copy(prior),
                )
                await self._resource.delete(context)
            if not self.reply.diagnostics.has_errors:
                self.reply.state, self.reply.private = None, {}
        except FAILURES as error:
            self._fail(error, "delete")

    def _save(self, state: Values, planned: Values) -> None:
        """Keep what the resource says took effect; what it does not know yet keeps its prior value, or is null."""
        before = planned if self._prior is None else self._prior
        fitted = self._fit({**before, **state}, self.reply.diagnostics, "save")
        fitted = settle(self._schema.attributes, planned, fitted)
        self.reply.state = self._known(fitted)
        self._saved = True

    def _finish(self, returned: Values | None, planned: Values) -> None:
        """Take over a whole state after success, and check it against the plan."""
        if not isinstance(returned, Mapping):
            what = "no state" if returned is None else f"a Python {type(returned).__name__} instead of a state"
            self.reply.diagnostics.extend([bug(f"{self._resource.type_name} returned {what}.")])
            return
        state = self._fit(returned, self.reply.diagnostics, "result")
        state.update({name: copy(planned.get(name)) for name in local_names(self._schema)})
        state = settle(self._schema.attributes, planned, state)
        self.reply.state = self._known(state)
        self._saved = True
        self._check(planned, state)
        if self.reply.private.get(PENDING) == self._pending_before:
            self.reply.private.pop(PENDING, None)

    def _fit(self, state: Values, diagnostics: Diagnostics, what: str) -> Values:
        fitted = self._runtime.fit(self._schema, state, diagnostics, f"{self._resource.type_name} ({what})")
        return without_write_only(self._schema.attributes, fitted)

    def _known(self, state: Values) -> Values:
        """The state without unknown parts: a wholly unknown member falls back to its prior value."""
        prior = self._prior or {}
        return {name: without_unknown(prior.get(name) if value is UNKNOWN else value) for name, value in state.items()}

    def _check(self, planned: Values, state: Values) -> None:
        """Known planned values must come true, and nothing may stay unknown: else Terraform would refuse the result."""
        who = self._resource.type_name
        for path, attribute in departures(self._schema.attributes, planned, state, Path()):
            if not attribute.write_only:
                what = f"{who} did not keep the planned value of {path}. The state holds what it returned."
                self.reply.diagnostics.extend([bug(what, path)])
        for name, value in state.items():
            if without_unknown(value) != value:
                what = f"{who} left {name} unknown after the change."
                self.reply.diagnostics.extend([bug(what, Path(name))])

    def _fail(self, error: BaseException, verb: str) -> None:
        diagnostics = self.reply.diagnostics
        interrupted = interruption(error)
        if interrupted is None or verb == "delete" or (verb == "create" and not self._saved):
            where = f"{verb} of {self._resource.type_name}"
            diagnostics.extend(explain(self._runtime.provider, error, where))
            return
        self.reply.private[PENDING] = interrupted.pending
        # A warning keeps a new object untainted; an error would make the next apply replace it.
        tell = diagnostics.warning if verb == "create" else diagnostics.error
        tell(
            "Interrupted before it was done",
            f"{interrupted}\n\nWork on {self._resource.type_name} may go on. Apply again to finish.",
        )
