"""Checks of a configuration without the API: validators on every known part, write-only values, the author's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from terraform_plugin.diagnostics import Diagnostic, Diagnostics, Path
from terraform_plugin.engine.errors import FAILURES, explain
from terraform_plugin.engine.mask import MASK
from terraform_plugin.engine.runtime import Runtime
from terraform_plugin.resource import ValidateContext
from terraform_plugin.schema import Attribute, Schema
from terraform_plugin.values import Value, Values, is_set


def validate(
    runtime: Runtime,
    schema: Schema,
    config: Values,
    own: Callable[[ValidateContext], None],
    where: str,
    *,
    write_only_allowed: bool = True,
) -> Diagnostics:
    """All that is wrong with a configuration; parts that are unknown are passed over, their neighbours are not.

    ``own`` is the author's check of the whole, ``where`` names the part (``"resource toy_thing"``).
    """
    runtime.mask.add_values(schema.attributes, config)
    context = ValidateContext(config=config)
    walk = _Walk(runtime, context.diagnostics, where, write_only_allowed=write_only_allowed)
    walk.object(schema.attributes, config, Path())
    try:
        own(context)
    except FAILURES as error:
        context.diagnostics.extend(explain(runtime.provider, error, f"validation of {where}"))
    return context.diagnostics


@dataclass(frozen=True)
class _Walk:
    runtime: Runtime
    diagnostics: Diagnostics
    where: str
    write_only_allowed: bool

    def object(self, attributes: Mapping[str, Attribute], values: Values, path: Path) -> None:
        """Check one object of the configuration."""
        for name, attribute in attributes.items():
            value, place = values.get(name), path.attribute(name)
            if attribute.write_only and value is not None and not self.write_only_allowed:
                self.diagnostics.extend([_refused(place, name, attributes)])
            if is_set(value):
                self._check(attribute, value, place)
            if attribute.nested is not None:
                for inner, element in attribute.nested.objects(value, place):
                    self.object(attribute.nested.attributes, element, inner)

    def _check(self, attribute: Attribute, value: Value, path: Path) -> None:
        for validator in attribute.validators:
            try:
                found: Iterable[Diagnostic] = list(validator.check(value, path))
            except FAILURES as error:
                found = explain(self.runtime.provider, error, f"validation of {path} in {self.where}")
            secret = attribute.sensitive or attribute.write_only
            self.diagnostics.extend([_hidden(one, value) for one in found] if secret else found)


def _hidden(diagnostic: Diagnostic, value: Any) -> Diagnostic:
    """A message about a secret, without the secret, however short it is."""
    text = str(value)
    if not text:
        return diagnostic
    return replace(
        diagnostic,
        summary=diagnostic.summary.replace(text, MASK) if isinstance(value, str) else diagnostic.summary,
        detail=diagnostic.detail.replace(text, MASK),
    )


def _refused(path: Path, name: str, attributes: Mapping[str, Attribute]) -> Diagnostic:
    stem = name.removesuffix("_wo")
    known = [f"{stem}{ending}" for ending in ("_env", "_file") if f"{stem}{ending}" in attributes]
    ways = f" Or name the secret instead of giving it: {' or '.join(known)}." if known else ""
    return Diagnostic(
        f"{path} needs Terraform 1.11",
        f"This Terraform does not know write-only arguments and would keep {path} in its state in clear. "
        f"Use Terraform 1.11 or newer.{ways}",
        path,
    )
