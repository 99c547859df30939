"""Calls about the provider as a whole: what it has, its configuration, its functions, its stop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from terraform_plugin.engine.checks import mistakes
from terraform_plugin.engine.data import call_function as run_function
from terraform_plugin.engine.errors import bug
from terraform_plugin.engine.validation import validate
from terraform_plugin.protocol.codec import Codec
from terraform_plugin.protocol.messages import message
from terraform_plugin.protocol.schemas import function_message, identity_message, schema_message
from terraform_plugin.protocol.service import Service, part
from terraform_plugin.resource import FunctionError


def _capabilities() -> Any:
    return message("ServerCapabilities")(
        plan_destroy=True, get_provider_schema_optional=True, move_resource_state=True, generate_resource_config=True
    )


def _named(kind: str, field: str, names: Iterable[str]) -> list[Any]:
    return [message(kind)(**{field: name}) for name in sorted(names)]


async def get_metadata(service: Service, request: Any) -> Any:
    """Names of all parts."""
    runtime = service.runtime
    return message("GetMetadata.Response")(
        server_capabilities=_capabilities(),
        resources=_named("NamedType", "type_name", runtime.resources),
        data_sources=_named("NamedType", "type_name", runtime.data_sources),
        ephemeral_resources=_named("NamedType", "type_name", runtime.ephemeral_resources),
        functions=_named("NamedFunction", "name", runtime.functions),
    )


async def get_provider_schema(service: Service, request: Any) -> bytes:
    """All schemas; the bytes are made once."""
    if service.schema_reply is None:
        runtime = service.runtime
        reply = message("GetProviderSchema.Response")(
            provider=schema_message(service.provider.schema, is_provider=True),
            server_capabilities=_capabilities(),
            diagnostics=service.diagnostics(bug(mistake) for mistake in mistakes(service.provider)),
        )
        for name, resource in runtime.resources.items():
            reply.resource_schemas[name].CopyFrom(schema_message(resource.schema))
        for name, source in runtime.data_sources.items():
            reply.data_source_schemas[name].CopyFrom(schema_message(source.schema))
        for name, ephemeral in runtime.ephemeral_resources.items():
            reply.ephemeral_resource_schemas[name].CopyFrom(schema_message(ephemeral.schema))
        for name, function in runtime.functions.items():
            reply.functions[name].CopyFrom(function_message(function.signature))
        service.schema_reply = bytes(reply.SerializeToString())
    return service.schema_reply


async def get_resource_identity_schemas(service: Service, request: Any) -> Any:
    """Identity schemas of the resources that have one."""
    reply = message("GetResourceIdentitySchemas.Response")()
    for name, resource in service.runtime.resources.items():
        if resource.identity is not None:
            reply.identity_schemas[name].CopyFrom(identity_message(resource.identity))
    return reply


async def get_functions(service: Service, request: Any) -> Any:
    """Signatures of all functions."""
    reply = message("GetFunctions.Response")()
    for name, function in service.runtime.functions.items():
        reply.functions[name].CopyFrom(function_message(function.signature))
    return reply


async def validate_provider_config(service: Service, request: Any) -> Any:
    """Check the provider block."""
    provider = service.provider
    config = service.read_config(request.config, provider.schema)
    found = validate(service.runtime, provider.schema, config, provider.validate, f"provider {provider.name}")
    return message("ValidateProviderConfig.Response")(diagnostics=service.diagnostics(found))


async def configure_provider(service: Service, request: Any) -> Any:
    """Hand over the provider block."""
    config = service.read_config(request.config, service.provider.schema)
    found = await service.runtime.configure(config, request.terraform_version)
    return message("ConfigureProvider.Response")(diagnostics=service.diagnostics(found))


async def stop_provider(service: Service, request: Any) -> Any:
    """Ask running work to end soon; the server goes on."""
    service.runtime.stop()
    return message("StopProvider.Response")()


async def call_function(service: Service, request: Any) -> Any:
    """Compute a function."""
    function = part(service.runtime.functions, request.name, "function")
    signature = function.signature
    types = [parameter.type for parameter in signature.parameters]
    if signature.variadic is not None:
        types += [signature.variadic.type] * (len(request.arguments) - len(types))
    pairs = zip(request.arguments, types, strict=True)
    arguments = [Codec(type).decode(argument.msgpack) for argument, type in pairs]
    reply = message("CallFunction.Response")()
    try:
        result = run_function(service.runtime, function, arguments)
        reply.result.msgpack = Codec(signature.returns).encode(result)
    except FunctionError as error:
        reply.error.text = service.runtime.mask.hide(str(error))
        if error.argument is not None:
            reply.error.function_argument = error.argument
    return reply
