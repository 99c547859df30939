"""Calls about resources: decode, engine, encode."""

from __future__ import annotations

from typing import Any

from terraform_plugin.engine import states
from terraform_plugin.engine.apply import ApplyRequest, apply
from terraform_plugin.engine.plan import PlanRequest, plan
from terraform_plugin.engine.read import ReadRequest, read
from terraform_plugin.engine.validation import validate
from terraform_plugin.protocol.messages import message
from terraform_plugin.protocol.service import Service, part
from terraform_plugin.protocol.wire import path_message, read_private, read_raw, write_private
from terraform_plugin.resource import Resource


def _resource(service: Service, type_name: str) -> Resource[Any]:
    resource: Resource[Any] = part(service.runtime.resources, type_name, "resource")
    return resource


async def validate_resource_config(service: Service, request: Any) -> Any:
    """Check a resource's configuration."""
    resource = _resource(service, request.type_name)
    config = service.read_config(request.config, resource.schema)
    found = validate(
        service.runtime,
        resource.schema,
        config,
        resource.validate,
        resource.type_name,
        write_only_allowed=request.client_capabilities.write_only_attributes_allowed,
    )
    return message("ValidateResourceConfig.Response")(diagnostics=service.diagnostics(found))


async def upgrade_resource_state(service: Service, request: Any) -> Any:
    """Bring a stored state to today's schema; comes before every read."""
    resource = _resource(service, request.type_name)
    reply = states.upgrade_state(service.runtime, resource, request.version, read_raw(request.raw_state))
    answer = message("UpgradeResourceState.Response")(diagnostics=service.diagnostics(reply.diagnostics))
    if reply.state is not None:
        answer.upgraded_state.CopyFrom(service.write(reply.state, resource.schema))
    return answer


async def upgrade_resource_identity(service: Service, request: Any) -> Any:
    """Bring a stored identity to today's identity schema."""
    resource = _resource(service, request.type_name)
    identity = states.upgrade_identity(resource, request.version, read_raw(request.raw_identity))
    answer = message("UpgradeResourceIdentity.Response")()
    service.write_identity(answer.upgraded_identity, identity, resource.identity)
    return answer


async def read_resource(service: Service, request: Any) -> Any:
    """Refresh an object."""
    resource = _resource(service, request.type_name)
    state = service.read(request.current_state, resource.schema)
    answer = message("ReadResource.Response")()
    if state is None:
        answer.new_state.CopyFrom(request.current_state)
        return answer
    identity = service.read_identity(request.current_identity, resource.identity)
    reply = await read(
        service.runtime,
        resource,
        ReadRequest(state=state, private=read_private(request.private), identity=identity),
    )
    answer.new_state.CopyFrom(service.write(reply.state, resource.schema))
    answer.private = write_private(reply.private)
    answer.diagnostics.extend(service.diagnostics(reply.diagnostics))
    service.write_identity(answer.new_identity, reply.identity, resource.identity)
    return answer


async def plan_resource_change(service: Service, request: Any) -> Any:
    """Plan a change. Of Terraform's own proposal only its absence counts: that is a destroy."""
    resource = _resource(service, request.type_name)
    schema = resource.schema
    destroys = service.read(request.proposed_new_state, schema) is None
    reply = await plan(
        service.runtime,
        resource,
        PlanRequest(
            config=None if destroys else service.read_config(request.config, schema),
            prior=service.read(request.prior_state, schema),
            private=read_private(request.prior_private),
        ),
    )
    answer = message("PlanResourceChange.Response")(
        planned_state=service.write(reply.planned, schema),
        requires_replace=[path_message(path) for path in reply.replace_paths],
        planned_private=write_private(reply.private),
        diagnostics=service.diagnostics(reply.diagnostics),
    )
    if request.HasField("prior_identity"):
        answer.planned_identity.CopyFrom(request.prior_identity)
    return answer


async def apply_resource_change(service: Service, request: Any) -> Any:
    """Create, update or delete."""
    resource = _resource(service, request.type_name)
    schema = resource.schema
    reply = await apply(
        service.runtime,
        resource,
        ApplyRequest(
            config=service.read(request.config, schema),
            prior=service.read(request.prior_state, schema),
            planned=service.read(request.planned_state, schema),
            private=read_private(request.planned_private),
        ),
    )
    answer = message("ApplyResourceChange.Response")(
        new_state=service.write(reply.state, schema),
        private=write_private(reply.private),
        diagnostics=service.diagnostics(reply.diagnostics),
    )
    service.write_identity(answer.new_identity, reply.identity, resource.identity)
    return answer


async def import_resource_state(service: Service, request: Any) -> Any:
    """Adopt an object by id or by identity."""
    resource = _resource(service, request.type_name)
    identity = service.read_identity(request.identity, resource.identity)
    reply = await states.import_state(service.runtime, resource, request.id, identity)
    answer = message("ImportResourceState.Response")(diagnostics=service.diagnostics(reply.diagnostics))
    if reply.state is not None:
        imported = answer.imported_resources.add(
            type_name=request.type_name,
            state=service.write(reply.state, resource.schema),
            private=write_private(reply.private),
        )
        service.write_identity(imported.identity, reply.identity, resource.identity)
    return answer


async def move_resource_state(service: Service, request: Any) -> Any:
    """Take over an object that had another type."""
    resource = _resource(service, request.target_type_name)
    reply = states.move_state(
        service.runtime,
        resource,
        request.source_type_name,
        request.source_provider_address,
        read_raw(request.source_state),
    )
    answer = message("MoveResourceState.Response")(diagnostics=service.diagnostics(reply.diagnostics))
    if reply.state is not None:
        answer.target_state.CopyFrom(service.write(reply.state, resource.schema))
        answer.target_private = write_private(reply.private)
        service.write_identity(answer.target_identity, reply.identity, resource.identity)
    return answer


async def generate_resource_config(service: Service, request: Any) -> Any:
    """A configuration for an imported object."""
    resource = _resource(service, request.type_name)
    state = service.read_config(request.state, resource.schema)
    config = states.generate_config(resource.schema, state)
    return message("GenerateResourceConfig.Response")(config=service.write(config, resource.schema))
