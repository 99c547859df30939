"""The life of a resource: plan, apply, read, import, upgrade, move. Nothing that was saved is ever lost here.

Every method returns a result; none raises.
"""

from __future__ import annotations

import copy
from typing import Any

from terraform_plugin.diagnostics import Diagnostics, Path
from terraform_plugin.engine.equivalence import keep_spelling
from terraform_plugin.engine.failures import explain
from terraform_plugin.engine.planning import changed_attributes, only_local, propose, replacements
from terraform_plugin.engine.promises import check_promises
from terraform_plugin.engine.results import IMPORTED, PENDING, PlanResult, Result
from terraform_plugin.engine.session import Session
from terraform_plugin.engine.shape import nulls_for_unknown, shaped
from terraform_plugin.resource import (
    CreateContext,
    DeleteContext,
    ImportContext,
    Interrupted,
    PlanContext,
    ReadContext,
    Resource,
    UpdateContext,
)
from terraform_plugin.values import Values, is_wholly_known

INTERRUPTED = "{doing} was interrupted; the object exists and work on it goes on"


class ResourceEngine:
    """One resource type within one session."""

    def __init__(self, resource: Resource[Any], session: Session) -> None:
        self._resource = resource
        self._session = session
        self._schema = resource.schema

    def _doing(self, verb: str) -> str:
        return f"{verb} {self._resource.type_name}"

    def _identity(self, state: Values | None) -> Values | None:
        if state is None or self._resource.identity is None:
            return None
        identity = self._resource.identity_of(state)
        return identity if is_wholly_known(identity) and None not in identity.values() else None

    async def plan(
        self, config: Values | None, prior: Values | None, private: dict[str, Any], *, destroy: bool
    ) -> PlanResult:
        """The planned state; for a destroy only the resource's word on it."""
        result = PlanResult(private=copy.deepcopy(private))
        try:
            planned = None if destroy or config is None else propose(config, prior, self._schema)
            changed = changed_attributes(planned, prior, self._schema) if planned is not None else frozenset()
            context = PlanContext(
                **self._session.common(result.private, self._timeouts(planned or prior)),
                config=config,
                prior=copy.deepcopy(prior),
                planned=planned,
                changed=changed,
            )
            context.diagnostics = result.diagnostics
            if planned is not None and prior is not None:
                context.replace_paths = replacements(planned, prior, self._schema.attributes)
            await self._resource.plan(context)
            result.state = shaped(context.planned, self._schema) if context.planned is not None else None
            result.replace_paths = context.replace_paths
        except Exception as error:
            result.diagnostics.extend(explain(error, self._session.provider, self._doing("plan")))
            result.state = prior if not destroy else None
        return result

    async def apply(
        self, config: Values | None, prior: Values | None, planned: Values | None, private: dict[str, Any]
    ) -> Result:
        """Create, update or delete, whichever the plan says."""
        if planned is None:
            return await self._delete(prior or {}, private)
        if prior is None:
            return await self._create(config or {}, planned, private)
        return await self._update(config or {}, prior, planned, private)

    async def _create(self, config: Values, planned: Values, private: dict[str, Any]) -> Result:
        result = Result(private=private)

        def save(state: Values) -> None:
            result.state = nulls_for_unknown(self._finished(state, planned))
            result.identity = self._identity(result.state)

        context = CreateContext(
            **self._session.common(private, self._timeouts(planned)),
            config=config, planned=copy.deepcopy(planned), _save=save,
        )  # fmt: skip
        context.diagnostics = result.diagnostics
        try:
            state = self._finished(await self._resource.create(context), planned)
            self._keep(result, state, planned)
        except Interrupted as stop:
            if result.state is None:
                result.diagnostics.extend(explain(stop, self._session.provider, self._doing("create")))
            else:  # a warning, not an error: an error would taint the object, and the next apply replace it
                result.private[PENDING] = stop.pending
                result.diagnostics.warning(INTERRUPTED.format(doing=self._doing("create")), str(stop))
        except Exception as error:
            result.diagnostics.extend(explain(error, self._session.provider, self._doing("create")))
        return result

    async def _update(self, config: Values, prior: Values, planned: Values, private: dict[str, Any]) -> Result:
        result = Result(state=prior, identity=self._identity(prior), private=private)
        changed = changed_attributes(planned, prior, self._schema)
        if only_local(changed, self._schema):
            result.state = planned
            return result

        def save(state: Values) -> None:
            result.state = nulls_for_unknown(self._finished(state, planned))
            result.identity = self._identity(result.state)

        context = UpdateContext(
            **self._session.common(private, self._timeouts(planned)),
            config=config, prior=copy.deepcopy(prior), planned=copy.deepcopy(planned), changed=changed, _save=save,
        )  # fmt: skip
        context.diagnostics = result.diagnostics
        try:
            state = self._finished(await self._resource.update(context), planned)
            self._keep(result, state, planned)
        except Interrupted as stop:
            result.private[PENDING] = stop.pending
            result.diagnostics.error(INTERRUPTED.format(doing=self._doing("update")), str(stop))
        except Exception as error:
            result.diagnostics.extend(explain(error, self._session.provider, self._doing("update")))
        return result

    async def _delete(self, prior: Values, private: dict[str, Any]) -> Result:
        result = Result(private=private)
        context = DeleteContext(**self._session.common(private, self._timeouts(prior)), state=copy.deepcopy(prior))
        context.diagnostics = result.diagnostics
        try:
            await self._resource.delete(context)
        except Exception as error:
            result.diagnostics.extend(explain(error, self._session.provider, self._doing("delete")))
            result.state, result.identity = prior, self._identity(prior)
        return result

    async def read(self, state: Values, private: dict[str, Any], identity: Values | None) -> Result:
        """The state as the world shows it; on trouble the state that was, with an error."""
        imported = bool(private.pop(IMPORTED, False))
        result = Result(private=private)
        context = ReadContext(
            **self._session.common(private, self._timeouts(state)),
            state=copy.deepcopy(state), identity=identity, imported=imported,
        )  # fmt: skip
        context.diagnostics = result.diagnostics
        try:
            seen = await self._resource.read(context)
            if seen is None:
                return result
            merged = {**seen, **self._local(state)}
            result.state = keep_spelling(
                nulls_for_unknown(shaped(merged, self._schema)), state, self._schema.attributes
            )
        except Exception as error:
            result.diagnostics.extend(explain(error, self._session.provider, self._doing("read")))
            result.state = state
        result.identity = self._identity(result.state)
        return result

    async def import_state(self, id: str | None, identity: Values | None) -> Result:
        """The first members of an adopted object's state; a read follows."""
        result = Result()
        context = ImportContext(**self._session.common(result.private, {}), id=id or None, identity=identity)
        context.diagnostics = result.diagnostics
        try:
            adopted = await self._resource.import_state(context)
            result.private[IMPORTED] = True
            result.state = shaped({**self._schema.null(), **adopted}, self._schema)
            result.identity = identity or self._identity(result.state)
        except Exception as error:
            result.diagnostics.extend(explain(error, self._session.provider, self._doing("import")))
        return result

    def upgrade(self, version: int, raw: Values) -> Result:
        """Raw JSON of a stored state, brought to today's schema."""
        result = Result()
        try:
            state = raw if version == self._schema.version else self._resource.upgrade_state(version, raw)
            result.state = shaped(state, self._schema)
        except Exception as error:
            result.diagnostics.extend(explain(error, self._session.provider, self._doing("upgrade the state of")))
        return result

    def move(self, source_type: str, source_provider: str, raw: Values) -> Result:
        """State for an object that had another type before."""
        result = Result()
        try:
            state = self._resource.move_state(source_type, source_provider, raw)
            if state is None:
                result.diagnostics.error(
                    f"Cannot move {source_type} to {self._resource.type_name}",
                    f"{self._resource.type_name} does not take over {source_type} of {source_provider}. "
                    "Remove it from the state and import the object instead.",
                )
                return result
            result.state = shaped({**self._schema.null(), **state}, self._schema)
            result.identity = self._identity(result.state)
        except Exception as error:
            result.diagnostics.extend(explain(error, self._session.provider, self._doing("move to")))
        return result

    def generate_config(self, state: Values) -> Values:
        """A configuration that describes an object with this state: what a user may write and would have to."""
        config: Values = {}
        for name, attribute in self._schema.attributes.items():
            settable = attribute.required or attribute.optional
            is_default = attribute.has_default and state.get(name) == attribute.default
            config[name] = state.get(name) if settable and not is_default and not attribute.write_only else None
        return config

    def _timeouts(self, values: Values | None) -> dict[str, float]:
        return self._session.timeouts(self._resource.default_timeouts, values)

    def _local(self, state: Values) -> Values:
        """Members that live in Terraform only: as they were, or their default after an import."""
        return {
            name: attribute.default if state.get(name) is None and attribute.has_default else state.get(name)
            for name, attribute in self._schema.attributes.items()
            if attribute.local
        }

    def _finished(self, state: Values, planned: Values) -> Values:
        local = {name: planned.get(name) for name, attribute in self._schema.attributes.items() if attribute.local}
        return keep_spelling(shaped({**state, **local}, self._schema), planned, self._schema.attributes)

    def _keep(self, result: Result, state: Values, planned: Values) -> None:
        self._promises(state, planned, result.diagnostics)
        result.state = nulls_for_unknown(state)
        result.identity = self._identity(result.state)
        result.private.pop(PENDING, None)

    def _promises(self, state: Values, planned: Values, diagnostics: Diagnostics) -> None:
        for path in check_promises(state, planned, self._schema):
            diagnostics.error(
                f"Provider broke its plan at {path}",
                "The value after the apply is not the planned one, or still unknown. "
                "This is a bug in the provider; please report it.",
                Path(*(str(step) for kind, step in path.steps[:1])),
            )
