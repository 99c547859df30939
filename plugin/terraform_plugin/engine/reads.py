"""Data sources, ephemeral resources and functions: what is read or computed and never planned."""

from __future__ import annotations

from typing import Any

from terraform_plugin.diagnostics import Diagnostics
from terraform_plugin.engine.failures import explain
from terraform_plugin.engine.results import Result
from terraform_plugin.engine.session import Session
from terraform_plugin.engine.shape import canonical, nulls_for_unknown
from terraform_plugin.masking import mask_sensitive
from terraform_plugin.resource import Context, DataContext, DataSource, EphemeralResource
from terraform_plugin.schema import Schema
from terraform_plugin.values import Values


async def read_data(source: DataSource[Any], session: Session, config: Values) -> Result:
    """Read a data source; its configuration is wholly known by now."""
    result = Result()
    context = DataContext(**session.common({}, session.timeouts({}, config)), config=config)
    context.diagnostics = result.diagnostics
    try:
        result.state = _whole(await source.read(context), config, source.schema)
    except Exception as error:
        result.diagnostics.extend(explain(error, session.provider, f"read data source {source.type_name}"))
    return result


def _whole(values: Values, config: Values, schema: Schema) -> Values:
    """What was given stays as it was given; the rest is what was read."""
    given = {name: value for name, value in config.items() if value is not None}
    filled: Values = nulls_for_unknown(canonical({**values, **given}, schema.value_type))
    return filled


class Opened:
    """What opening an ephemeral resource gave."""

    def __init__(self) -> None:
        self.values: Values | None = None
        self.renew_after: float | None = None
        self.private: dict[str, Any] = {}
        self.diagnostics = Diagnostics()


async def open_ephemeral(resource: EphemeralResource[Any], session: Session, config: Values) -> Opened:
    """Open an ephemeral resource; all its values count as secret in logs."""
    opened = Opened()
    context = DataContext(**session.common({}, session.timeouts({}, config)), config=config)
    context.diagnostics = opened.diagnostics
    try:
        result = await resource.open(context)
        opened.values = _whole(result.result, config, resource.schema)
        mask_sensitive(opened.values, resource.schema.attributes)
        opened.renew_after, opened.private = result.renew_after, result.private
    except Exception as error:
        opened.diagnostics.extend(explain(error, session.provider, f"open {resource.type_name}"))
    return opened


async def renew_ephemeral(resource: EphemeralResource[Any], session: Session, private: dict[str, Any]) -> Opened:
    """Keep an ephemeral resource alive."""
    renewed = Opened()
    context: Context[Any] = Context(**session.common(private, {}))
    context.diagnostics = renewed.diagnostics
    try:
        renewed.renew_after = await resource.renew(context)
        renewed.private = context.private
    except Exception as error:
        renewed.diagnostics.extend(explain(error, session.provider, f"renew {resource.type_name}"))
    return renewed


async def close_ephemeral(resource: EphemeralResource[Any], session: Session, private: dict[str, Any]) -> Diagnostics:
    """Give an ephemeral resource back."""
    context: Context[Any] = Context(**session.common(private, {}))
    try:
        await resource.close(context)
    except Exception as error:
        context.diagnostics.extend(explain(error, session.provider, f"close {resource.type_name}"))
    return context.diagnostics
