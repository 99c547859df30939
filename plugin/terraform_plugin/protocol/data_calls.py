"""Calls about data sources and ephemeral resources: decode, engine, encode."""

from __future__ import annotations

import time
from typing import Any

from terraform_plugin.engine import data
from terraform_plugin.engine.validation import validate
from terraform_plugin.protocol.messages import message
from terraform_plugin.protocol.service import Service, part
from terraform_plugin.protocol.wire import read_private, write_private
from terraform_plugin.resource import DataSource, EphemeralResource


def _source(service: Service, request: Any) -> DataSource[Any]:
    source: DataSource[Any] = part(service.runtime.data_sources, request.type_name, "data source")
    return source


def _ephemeral(service: Service, request: Any) -> EphemeralResource[Any]:
    resource: EphemeralResource[Any] = part(
        service.runtime.ephemeral_resources, request.type_name, "ephemeral resource"
    )
    return resource


def _validated(service: Service, request: Any, checked: DataSource[Any] | EphemeralResource[Any]) -> list[Any]:
    config = service.read_config(request.config, checked.schema)
    found = validate(service.runtime, checked.schema, config, checked.validate, checked.type_name)
    return service.diagnostics(found)


async def validate_data_resource_config(service: Service, request: Any) -> Any:
    """Check a data source's configuration."""
    found = _validated(service, request, _source(service, request))
    return message("ValidateDataResourceConfig.Response")(diagnostics=found)


async def validate_ephemeral_resource_config(service: Service, request: Any) -> Any:
    """Check an ephemeral resource's configuration."""
    found = _validated(service, request, _ephemeral(service, request))
    return message("ValidateEphemeralResourceConfig.Response")(diagnostics=found)


async def read_data_source(service: Service, request: Any) -> Any:
    """Read a data source."""
    source = _source(service, request)
    reply = await data.read_data(service.runtime, source, service.read_config(request.config, source.schema))
    return message("ReadDataSource.Response")(
        state=service.write(reply.values, source.schema),
        diagnostics=service.diagnostics(reply.diagnostics),
    )


async def open_ephemeral_resource(service: Service, request: Any) -> Any:
    """Open an ephemeral resource."""
    resource = _ephemeral(service, request)
    config = service.read_config(request.config, resource.schema)
    reply = await data.open_ephemeral(service.runtime, resource, config)
    answer = message("OpenEphemeralResource.Response")(diagnostics=service.diagnostics(reply.diagnostics))
    if reply.values is not None:
        answer.result.CopyFrom(service.write(reply.values, resource.schema))
    _renewal(answer, reply)
    return answer


async def renew_ephemeral_resource(service: Service, request: Any) -> Any:
    """Keep an ephemeral resource alive."""
    resource = _ephemeral(service, request)
    reply = await data.renew_ephemeral(service.runtime, resource, read_private(request.private))
    answer = message("RenewEphemeralResource.Response")(diagnostics=service.diagnostics(reply.diagnostics))
    _renewal(answer, reply)
    return answer


async def close_ephemeral_resource(service: Service, request: Any) -> Any:
    """Give an ephemeral resource back."""
    resource = _ephemeral(service, request)
    found = await data.close_ephemeral(service.runtime, resource, read_private(request.private))
    return message("CloseEphemeralResource.Response")(diagnostics=service.diagnostics(found))


def _renewal(answer: Any, reply: data.DataReply) -> None:
    """What renew and close will get, and when renew is due."""
    if reply.private:
        answer.private = write_private(reply.private)
    if reply.renew_after is not None:
        due = time.time() + reply.renew_after
        answer.renew_at.seconds, answer.renew_at.nanos = int(due), int(due % 1 * 1e9)
