"""Planning a change: pure from its input to the resource's own hook, the same answer each time Terraform asks."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

from terraform_plugin.diagnostics import Diagnostics, Path
from terraform_plugin.engine.errors import FAILURES, bug, explain
from terraform_plugin.engine.merge import Rules, merge
from terraform_plugin.engine.replacement import replace_paths
from terraform_plugin.engine.replies import PlanReply
from terraform_plugin.engine.runtime import Runtime, sendable, timeouts_of, without_write_only
from terraform_plugin.engine.sameness import departures
from terraform_plugin.resource import PENDING, PlanContext, Resource
from terraform_plugin.schema import Schema
from terraform_plugin.values import UNKNOWN, Values, copy


@dataclass(kw_only=True)
class PlanRequest:
    """What Terraform asks: ``config`` None is a destroy, ``prior`` None a create."""

    config: Values | None
    prior: Values | None
    private: dict[str, Any] = field(default_factory=dict)


async def plan(runtime: Runtime, resource: Resource[Any], request: PlanRequest) -> PlanReply:
    """Plan a create, an update, a replacement or a destroy."""
    schema = resource.schema
    prior = None if request.prior is None else without_write_only(schema.attributes, copy(request.prior))
    runtime.mask.add_values(schema.attributes, request.config)
    runtime.mask.add_values(schema.attributes, prior)
    diagnostics = Diagnostics()
    planned = None
    try:
        if request.config is not None:
            planned = first_plan(schema, request.config, prior, incomplete=PENDING in request.private)
        with runtime.call() as stop:
            context = PlanContext(
                provider=runtime.configured,
                diagnostics=diagnostics,
                stop=stop,
                private=copy(request.private),
                timeouts=timeouts_of(resource.default_timeouts, planned or prior),
                config=copy(request.config),
                prior=copy(prior),
                planned=copy(planned),
                changed=changed_names(schema, prior, planned),
            )
            if prior is not None and planned is not None:
                context.replace_paths = replace_paths(schema.attributes, prior, planned)
            await resource.plan(context)
        context.private = sendable(context.private, request.private, diagnostics, resource.type_name)
        context.config, context.prior = request.config, prior  # whatever the hook did to its copies
        return _reply(runtime, resource, context, planned)
    except FAILURES as error:
        diagnostics.extend(explain(runtime.provider, error, f"plan of {resource.type_name}"))
        return PlanReply(planned=planned, private=request.private, diagnostics=diagnostics)


def first_plan(schema: Schema, config: Values, prior: Values | None, *, incomplete: bool = False) -> Values:
    """The plan by the rules of the schema alone, before the resource's hook.

    ``incomplete``: the create of the object was interrupted, so computed values that are null may still come.
    """
    attributes = schema.attributes
    planned = merge(attributes, config, prior)
    changed = changed_names(schema, prior, planned)
    if prior is None or not changed - local_names(schema):
        return planned
    while True:
        planned = merge(attributes, config, prior, Rules(changed=changed, incomplete=incomplete))
        grown = changed | changed_names(schema, prior, planned)
        if grown == changed:
            return planned
        changed = grown


def changed_names(schema: Schema, prior: Values | None, planned: Values | None) -> frozenset[str]:
    """Top-level attributes whose value differs; all that are not null when there is nothing to compare with."""
    before, after = prior or {}, planned or {}
    return frozenset(name for name in schema.attributes if before.get(name) != after.get(name))


def local_names(schema: Schema) -> Set[str]:
    """Attributes that live in Terraform only."""
    return frozenset(name for name, attribute in schema.attributes.items() if attribute.local)


def _reply(
    runtime: Runtime, resource: Resource[Any], context: PlanContext[Any], before_hook: Values | None
) -> PlanReply:
    reply = PlanReply(planned=before_hook, private=context.private, diagnostics=context.diagnostics)
    if before_hook is None or context.config is None or context.diagnostics.has_errors:
        return reply
    schema, prior = resource.schema, context.prior
    if context.planned is None:
        reply.diagnostics.extend([bug(f"The plan of {resource.type_name} dropped the planned state.")])
        return reply
    planned = runtime.fit(schema, context.planned, reply.diagnostics, f"Plan of {resource.type_name}")
    planned = without_write_only(schema.attributes, planned)
    refined = changed_names(schema, before_hook, planned)
    if refined and prior is not None:
        _spread(schema, context.config, prior, planned, refined)
    reply.planned = planned
    if prior is not None:
        paths = [*replace_paths(schema.attributes, prior, planned), *context.replace_paths]
        reply.replace_paths = list(dict.fromkeys(paths))
        if paths:
            reply.planned = _replacement(schema, context.config, planned, refined)
    if refined:
        _check_refined(resource, context, reply)
    return reply


def _spread(schema: Schema, config: Values, prior: Values, planned: Values, refined: Set[str]) -> None:
    """What is computed from something that the hook changed becomes unknown, unless the hook chose its value."""
    changed = {name for name in refined if planned.get(name) != prior.get(name)}
    grown = True
    while grown:
        grown = False
        for name, attribute in schema.attributes.items():
            kept = name not in refined and planned[name] == prior.get(name)
            unconfigured = attribute.computed and config.get(name) is None and not attribute.has_default
            if kept and unconfigured and changed.intersection(attribute.changes_with):
                planned[name] = UNKNOWN
                changed.add(name)
                grown = True


def _replacement(schema: Schema, config: Values, planned: Values, refined: Set[str]) -> Values:
    """As planned for a new object, with what the hook chose."""
    fresh = merge(schema.attributes, config, None)
    return {**fresh, **{name: planned[name] for name in refined}}


def _check_refined(resource: Resource[Any], context: PlanContext[Any], reply: PlanReply) -> None:
    """A hook may choose computed values only: Terraform refuses a plan that changes what is configured."""
    planned, config = reply.planned or {}, context.config or {}
    for name, attribute in resource.schema.attributes.items():
        wanted = {name: config.get(name)}
        if config.get(name) is None:
            if attribute.computed or attribute.has_default or planned.get(name) is None:
                continue
        elif planned.get(name) == (context.prior or {}).get(name) or _keeps(attribute, wanted[name], planned, name):
            continue
        reply.diagnostics.extend(
            [bug(f"The plan of {resource.type_name} changed {name}, which only the configuration sets.", Path(name))]
        )


def _keeps(attribute: Any, wanted: Any, planned: Values, name: str) -> bool:
    """The planned value of a configured attribute is what was written, as far as that was given."""
    expected = merge({name: attribute}, {name: wanted}, None)
    return not list(departures({name: attribute}, expected, planned, Path()))
