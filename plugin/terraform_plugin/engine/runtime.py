"""What all calls of one process share: the provider, what it configured, the calls that run, the secrets seen."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from terraform_plugin.conform import Fitting
from terraform_plugin.diagnostics import DiagnosticError, Diagnostics, Path
from terraform_plugin.durations import parse
from terraform_plugin.engine.errors import FAILURES, bug, explain
from terraform_plugin.engine.mask import Mask
from terraform_plugin.engine.merge import with_defaults
from terraform_plugin.provider import ConfigureContext, Provider
from terraform_plugin.resource import DataSource, EphemeralResource, Function, Resource
from terraform_plugin.schema import Attribute, Schema
from terraform_plugin.values import UNKNOWN, Dynamic, Values

logger = logging.getLogger("terraform_plugin")


class _NotConfigured:
    """Terraform has not sent the provider block yet."""


class Runtime:
    """One provider at work."""

    def __init__(self, provider: Provider[Any]) -> None:
        self.provider = provider
        self.mask = Mask()
        self.resources: Mapping[str, Resource[Any]] = {one.type_name: one for one in provider.resources}
        self.data_sources: Mapping[str, DataSource[Any]] = {one.type_name: one for one in provider.data_sources}
        self.ephemeral_resources: Mapping[str, EphemeralResource[Any]] = {
            one.type_name: one for one in provider.ephemeral_resources
        }
        self.functions: Mapping[str, Function] = {one.name: one for one in provider.functions}
        self._configured: Any = _NotConfigured()
        self._former: list[Any] = []
        self._stops: set[asyncio.Event] = set()

    @property
    def configured(self) -> Any:
        """What ``Provider.configure`` returned; DiagnosticError before that."""
        if isinstance(self._configured, _NotConfigured):
            raise DiagnosticError("The provider is not configured", "Terraform called it before its configuration.")
        return self._configured

    @property
    def running(self) -> int:
        """How many calls run now."""
        return len(self._stops)

    @contextmanager
    def call(self) -> Iterator[asyncio.Event]:
        """The time of one call; the event is set when the user stops Terraform meanwhile."""
        stop = asyncio.Event()
        self._stops.add(stop)
        try:
            yield stop
        finally:
            self._stops.discard(stop)

    def stop(self) -> None:
        """Ask the calls that run now to end soon; later calls are not touched."""
        for stop in self._stops:
            stop.set()

    async def configure(self, config: Values, terraform_version: str) -> Diagnostics:
        """Hand the provider its block. A process in debug mode is configured anew by each command of Terraform."""
        self.mask.add_values(self.provider.schema.attributes, config)
        with self.call() as stop:
            context = ConfigureContext(
                config=with_defaults(self.provider.schema.attributes, config),
                terraform_version=terraform_version,
                stop=stop,
            )
            try:
                configured = await self.provider.configure(context)
                self.mask.add(*self.provider.secrets(configured))
                self.mask.source = partial(self.provider.secrets, configured)
            except FAILURES as error:
                context.diagnostics.extend(explain(self.provider, error, "configuration of the provider"))
                return context.diagnostics
        if not isinstance(self._configured, _NotConfigured):
            self._former.append(self._configured)
        self._configured = configured
        return context.diagnostics

    async def close(self) -> None:
        """Let the provider give back what it opened; errors are logged, as nobody is left to be told."""
        if not isinstance(self._configured, _NotConfigured):
            self._former.append(self._configured)
            self._configured = _NotConfigured()
        while self._former:
            try:
                await self.provider.close(self._former.pop())
            except FAILURES:
                logger.exception("the provider could not be closed")

    def fit(self, schema: Schema, values: Any, diagnostics: Diagnostics, who: str) -> Values:
        """``values``, returned by provider code, as an object of the schema; repairs are told as bugs of ``who``."""
        fitting = Fitting()
        fitted = fitting.fit(values, schema.value_type, Path())
        for path, problem in fitting.problems:
            diagnostics.extend([bug(f"{who}: {path or 'the result'} {problem}.", path if path.steps else None)])
        self.mask.add_values(schema.attributes, fitted)
        return fitted if isinstance(fitted, dict) else schema.null()


def sendable(private: dict[str, Any], former: dict[str, Any], diagnostics: Diagnostics, who: str) -> dict[str, Any]:
    """``private``, or with a bug told the ``former`` one where it is no JSON: an object is never lost over it."""
    try:
        json.dumps(private)
    except (TypeError, ValueError, RecursionError):
        diagnostics.extend([bug(f"{who} put something into its private state that is no JSON.")])
        return former
    return private


def without_write_only(attributes: Mapping[str, Attribute], values: Values) -> Values:
    """``values`` with every write-only member null: Terraform refuses them in plans and states."""
    kept = dict(values)
    for name, attribute in attributes.items():
        value = kept.get(name)
        if attribute.write_only:
            kept[name] = None
        elif attribute.nested is not None and value is not None and value is not UNKNOWN:
            inner = attribute.nested.attributes
            if _has_write_only(inner):
                for _, element in attribute.nested.objects(value):
                    element.update(without_write_only(inner, element))
    return kept


def _has_write_only(attributes: Mapping[str, Attribute]) -> bool:
    return any(
        attribute.write_only or (attribute.nested is not None and _has_write_only(attribute.nested.attributes))
        for attribute in attributes.values()
    )


def without_unknown(value: Any) -> Any:
    """``value`` with every unknown part null, as a state has no unknown values."""
    if value is UNKNOWN:
        return None
    if isinstance(value, list):
        return [without_unknown(member) for member in value]
    if isinstance(value, dict):
        return {name: without_unknown(member) for name, member in value.items()}
    return Dynamic(value.type, without_unknown(value.value)) if isinstance(value, Dynamic) else value


def timeouts_of(defaults: Mapping[str, str], values: Values | None) -> dict[str, float]:
    """Seconds by verb: what the ``timeouts`` attribute says, else the defaults."""
    given = (values or {}).get("timeouts")
    texts = dict(defaults)
    if isinstance(given, dict):
        texts.update({verb: text for verb, text in given.items() if isinstance(text, str)})
    return {verb: parse(text) for verb, text in texts.items()}


def identity_of(runtime: Runtime, resource: Resource[Any], state: Values | None, diagnostics: Diagnostics) -> Any:
    """The identity that belongs to ``state``, or None where the resource has none or it is not known yet."""
    if resource.identity is None or state is None:
        return None
    try:
        identity = resource.identity_of(state)
        fitting = Fitting()
        fitted = {
            name: fitting.fit(identity.get(name), attribute.type, Path(name))
            for name, attribute in resource.identity.attributes.items()
        }
    except FAILURES as error:
        diagnostics.extend(explain(runtime.provider, error, f"the identity of {resource.type_name}"))
        return None
    required = [name for name, attribute in resource.identity.attributes.items() if attribute.required_for_import]
    if any(fitted[name] is None for name in required) or UNKNOWN in fitted.values():
        return None
    return fitted
