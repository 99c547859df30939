"""What a plan promised must come true: known planned values are kept, nothing stays unknown."""

from __future__ import annotations

from collections.abc import Iterator

from terraform_plugin.diagnostics import Path
from terraform_plugin.schema import Schema
from terraform_plugin.values import UNKNOWN, Value, Values, is_wholly_known


def check_promises(state: Values, planned: Values, schema: Schema) -> Iterator[Path]:
    """Yield the place of each broken promise."""
    for name in schema.attributes:
        value = state.get(name)
        if not is_wholly_known(value) or not fulfils(value, planned.get(name)):
            yield Path(name)


def fulfils(value: Value, planned: Value) -> bool:
    """Whether a value is what was planned: unknown parts of the plan may have become anything."""
    if planned is UNKNOWN:
        return True
    if isinstance(planned, dict) and isinstance(value, dict):
        return planned.keys() == value.keys() and all(fulfils(value[name], part) for name, part in planned.items())
    if isinstance(planned, list) and isinstance(value, list):
        if is_wholly_known(planned):
            return value == planned
        # a set with unknown members may come out in another order
        return len(value) <= len(planned) and all(any(fulfils(item, part) for part in planned) for item in value)
    return bool(value == planned)
