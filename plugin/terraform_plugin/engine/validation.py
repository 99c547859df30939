"""Checks of a configuration that need no API: validators on every known part, write-only values, the resource's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from terraform_plugin.diagnostics import Diagnostics, Path
from terraform_plugin.resource import ValidateContext
from terraform_plugin.schema import Attribute, Nested, Nesting
from terraform_plugin.values import Value, Values, is_set

WRITE_ONLY_REFUSED = (
    "This Terraform would keep the value in its state in clear. Use Terraform 1.11 or newer, "
    "or name the secret instead of giving it: {ways}."
)


def validate(
    config: Values,
    attributes: Mapping[str, Attribute],
    own: Callable[[ValidateContext], None],
    *,
    write_only_allowed: bool = True,
) -> Diagnostics:
    """All that is wrong with a configuration; parts that are unknown are passed over, their neighbours are not."""
    context = ValidateContext(config=config)
    _object(config, attributes, None, context.diagnostics, write_only_allowed)
    own(context)
    return context.diagnostics


def _object(
    values: Values, attributes: Mapping[str, Attribute], at: Path | None, found: Diagnostics, write_only: bool
) -> None:
    for name, attribute in attributes.items():
        value = values.get(name)
        path = at.attribute(name) if at is not None else Path(name)
        if attribute.write_only and value is not None and not write_only:
            found.error(
                f"Write-only value {path} cannot be used", WRITE_ONLY_REFUSED.format(ways=_ways(name, attributes)), path
            )
        if not is_set(value):
            continue
        for validator in attribute.validators:
            found.extend(validator.check(value, path))
        if attribute.nested is not None:
            _nested(value, attribute.nested, path, found, write_only)


def _ways(name: str, attributes: Mapping[str, Attribute]) -> str:
    stem = name.removesuffix("_wo")
    ways = [f"`{stem}{ending}`" for ending in ("_env", "_file") if f"{stem}{ending}" in attributes]
    return " or ".join(ways) or f"`{stem}_env` or `{stem}_file`"


def _nested(value: Value, nested: Nested, path: Path, found: Diagnostics, write_only: bool) -> None:
    if nested.nesting is Nesting.SINGLE:
        _object(value, nested.attributes, path, found, write_only)
        return
    items = value.items() if nested.nesting is Nesting.MAP else enumerate(value)
    for key, item in items:
        if not is_set(item):
            continue
        place = path  # elements of sets have no address
        if nested.nesting is Nesting.MAP:
            place = path.key(str(key))
        elif nested.nesting is Nesting.LIST:
            place = path.index(int(key))
        _object(item, nested.attributes, place, found, write_only)
