"""One function per call of the protocol: message in, engine, message out. No call ends without an answer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from terraform_plugin.engine.failures import explain
from terraform_plugin.engine.reads import close_ephemeral, open_ephemeral, read_data, renew_ephemeral
from terraform_plugin.engine.resources import ResourceEngine
from terraform_plugin.engine.results import Result
from terraform_plugin.engine.session import Session
from terraform_plugin.engine.validation import validate
from terraform_plugin.masking import mask_sensitive
from terraform_plugin.protocol.codec import fit_json, load_json
from terraform_plugin.protocol.messages import m
from terraform_plugin.protocol.schemas import function_message, identity_message, schema_message
from terraform_plugin.protocol.wire import (
    diagnostics_out,
    identity_in,
    identity_out,
    identity_type,
    path_out,
    private_in,
    private_out,
    state_in,
    value_in,
    value_out,
)
from terraform_plugin.provider import Provider
from terraform_plugin.resource import DataSource, EphemeralResource, Function, FunctionError, Resource
from terraform_plugin.schema import Schema
from terraform_plugin.values import UNKNOWN, Values


class Calls:
    """All calls of one provider process."""

    def __init__(self, provider: Provider[Any]) -> None:
        self.session = Session(provider)
        self._provider = provider
        self._resources: dict[str, Resource[Any]] = {item.type_name: item for item in provider.resources}
        self._data: dict[str, DataSource[Any]] = {item.type_name: item for item in provider.data_sources}
        self._ephemeral: dict[str, EphemeralResource[Any]] = {i.type_name: i for i in provider.ephemeral_resources}
        self._functions: dict[str, Function] = {item.name: item for item in provider.functions}
        self._schema_reply: Any = None

    def failed(self, name: str, request: Any, error: Exception) -> Any:
        """The answer to a call whose handling itself failed: a diagnostic, and the state the request held."""
        found = diagnostics_out(explain(error, self._provider, f"answer {name}"))
        if name == "CallFunction":
            return m("CallFunction.Response")(error=m("FunctionError")(text=f"{type(error).__name__}: {error}"))
        if name == "StopProvider":
            return m("StopProvider.Response")(Error=str(error))
        reply = m(f"{name}.Response")(diagnostics=found)
        if name == "ApplyResourceChange":
            reply.new_state.CopyFrom(request.prior_state)
            reply.private = request.planned_private
        elif name == "ReadResource":
            reply.new_state.CopyFrom(request.current_state)
            reply.private = request.private
        return reply

    # what the provider is

    def _capabilities(self) -> Any:
        return m("ServerCapabilities")(
            plan_destroy=True,
            get_provider_schema_optional=True,
            move_resource_state=True,
            generate_resource_config=True,
        )

    async def get_metadata(self, request: Any) -> Any:
        """Names of all parts."""
        names: dict[str, Mapping[str, Any]] = {
            "resources": self._resources,
            "data_sources": self._data,
            "ephemeral_resources": self._ephemeral,
        }
        kinds = {
            "resources": "ResourceMetadata", "data_sources": "DataSourceMetadata",
            "ephemeral_resources": "EphemeralResourceMetadata",
        }  # fmt: skip
        reply = m("GetMetadata.Response")(server_capabilities=self._capabilities())
        for field, parts in names.items():
            getattr(reply, field).extend(m(f"GetMetadata.{kinds[field]}")(type_name=name) for name in sorted(parts))
        reply.functions.extend(m("GetMetadata.FunctionMetadata")(name=name) for name in sorted(self._functions))
        return reply

    async def get_provider_schema(self, request: Any) -> Any:
        """All schemas, built once."""
        if self._schema_reply is None:
            reply = m("GetProviderSchema.Response")(
                provider=schema_message(self._provider.schema), server_capabilities=self._capabilities()
            )
            tables: list[tuple[Any, Mapping[str, Any]]] = [
                (reply.resource_schemas, self._resources),
                (reply.data_source_schemas, self._data),
                (reply.ephemeral_resource_schemas, self._ephemeral),
            ]
            for into, parts in tables:
                for name, part in parts.items():
                    into[name].CopyFrom(schema_message(part.schema))
            for name, function in self._functions.items():
                reply.functions[name].CopyFrom(function_message(function.signature))
            self._schema_reply = reply
        return self._schema_reply

    async def get_resource_identity_schemas(self, request: Any) -> Any:
        """Identity schemas of the resources that have one."""
        reply = m("GetResourceIdentitySchemas.Response")()
        for name, resource in self._resources.items():
            if resource.identity is not None:
                reply.identity_schemas[name].CopyFrom(identity_message(resource.identity))
        return reply

    async def get_functions(self, request: Any) -> Any:
        """Signatures of all functions."""
        reply = m("GetFunctions.Response")()
        for name, function in self._functions.items():
            reply.functions[name].CopyFrom(function_message(function.signature))
        return reply

    # configuration

    async def validate_provider_config(self, request: Any) -> Any:
        """Check the provider block."""
        return self._validated("ValidateProviderConfig", request, self._provider, write_only=True)

    async def validate_resource_config(self, request: Any) -> Any:
        """Check a resource's configuration."""
        allowed = request.client_capabilities.write_only_attributes_allowed
        return self._validated("ValidateResourceConfig", request, self._resource(request), write_only=allowed)

    async def validate_data_resource_config(self, request: Any) -> Any:
        """Check a data source's configuration."""
        return self._validated("ValidateDataResourceConfig", request, self._data[request.type_name], write_only=True)

    async def validate_ephemeral_resource_config(self, request: Any) -> Any:
        """Check an ephemeral resource's configuration."""
        part = self._ephemeral[request.type_name]
        return self._validated("ValidateEphemeralResourceConfig", request, part, write_only=True)

    def _validated(self, name: str, request: Any, part: Any, *, write_only: bool) -> Any:
        config = self._config(request.config, part.schema)
        found = validate(config, part.schema.attributes, part.validate, write_only_allowed=write_only)
        return m(f"{name}.Response")(diagnostics=diagnostics_out(found))

    def _config(self, message: Any, schema: Schema) -> Values:
        config = state_in(message, schema) or schema.null()
        mask_sensitive(config, schema.attributes)
        return config

    async def configure_provider(self, request: Any) -> Any:
        """Configure the provider."""
        config = self._config(request.config, self._provider.schema)
        found = await self.session.configure(config, request.terraform_version)
        return m("ConfigureProvider.Response")(diagnostics=diagnostics_out(found))

    async def stop_provider(self, request: Any) -> Any:
        """Ask running work to end soon; the server goes on."""
        self.session.stop.set()
        return m("StopProvider.Response")()

    # resources

    def _resource(self, request: Any, field: str = "type_name") -> Resource[Any]:
        return self._resources[getattr(request, field)]

    def _engine(self, resource: Resource[Any]) -> ResourceEngine:
        return ResourceEngine(resource, self.session)

    async def upgrade_resource_state(self, request: Any) -> Any:
        """Bring a stored state to today's schema; also called when nothing changed."""
        resource = self._resource(request)
        if not request.raw_state.json:
            raise ValueError("the state was stored in the format of Terraform 0.11, which is not supported")
        raw = load_json(request.raw_state.json)
        if request.version == resource.schema.version:
            raw = fit_json(raw, resource.schema.value_type)
        result = self._engine(resource).upgrade(request.version, raw)
        reply = m("UpgradeResourceState.Response")(diagnostics=diagnostics_out(result.diagnostics))
        if result.state is not None:
            reply.upgraded_state.CopyFrom(value_out(result.state, resource.schema.value_type))
        return reply

    async def upgrade_resource_identity(self, request: Any) -> Any:
        """Bring a stored identity to today's schema."""
        identity = self._resource(request).identity
        if identity is None:
            raise ValueError(f"{request.type_name} has no identity")
        values = fit_json(load_json(request.raw_identity.json), identity_type(identity))
        return m("UpgradeResourceIdentity.Response")(upgraded_identity=identity_out(values, identity))

    async def read_resource(self, request: Any) -> Any:
        """Refresh a resource."""
        resource = self._resource(request)
        state = state_in(request.current_state, resource.schema)
        if state is None:
            return m("ReadResource.Response")(new_state=request.current_state)
        mask_sensitive(state, resource.schema.attributes)
        identity = identity_in(request.current_identity, resource.identity)
        result = await self._engine(resource).read(state, private_in(request.private), identity)
        reply = m("ReadResource.Response")(
            new_state=value_out(result.state, resource.schema.value_type),
            private=private_out(result.private),
            diagnostics=diagnostics_out(result.diagnostics),
        )
        self._add_identity(reply.new_identity, result, resource)
        return reply

    async def plan_resource_change(self, request: Any) -> Any:
        """Plan a change of a resource."""
        resource = self._resource(request)
        schema = resource.schema
        config, prior = state_in(request.config, schema), state_in(request.prior_state, schema)
        destroy = state_in(request.proposed_new_state, schema) is None
        for values in (config, prior):
            mask_sensitive(values, schema.attributes)
        result = await self._engine(resource).plan(config, prior, private_in(request.prior_private), destroy=destroy)
        reply = m("PlanResourceChange.Response")(
            planned_state=value_out(result.state, schema.value_type),
            requires_replace=[path_out(path) for path in result.replace_paths],
            planned_private=private_out(result.private),
            diagnostics=diagnostics_out(result.diagnostics),
        )
        if request.HasField("prior_identity"):
            reply.planned_identity.CopyFrom(request.prior_identity)
        return reply

    async def apply_resource_change(self, request: Any) -> Any:
        """Create, update or delete."""
        resource = self._resource(request)
        schema = resource.schema
        config, prior = state_in(request.config, schema), state_in(request.prior_state, schema)
        planned = state_in(request.planned_state, schema)
        for values in (config, prior):
            mask_sensitive(values, schema.attributes)
        result = await self._engine(resource).apply(config, prior, planned, private_in(request.planned_private))
        reply = m("ApplyResourceChange.Response")(
            new_state=value_out(result.state, schema.value_type),
            private=private_out(result.private),
            diagnostics=diagnostics_out(result.diagnostics),
        )
        self._add_identity(reply.new_identity, result, resource)
        return reply

    @staticmethod
    def _add_identity(into: Any, result: Result, resource: Resource[Any]) -> None:
        identity = identity_out(result.identity, resource.identity)
        if identity is not None:
            into.CopyFrom(identity)

    async def import_resource_state(self, request: Any) -> Any:
        """Adopt an object."""
        resource = self._resource(request)
        identity = identity_in(request.identity, resource.identity)
        result = await self._engine(resource).import_state(request.id, identity)
        reply = m("ImportResourceState.Response")(diagnostics=diagnostics_out(result.diagnostics))
        if result.state is not None:
            imported = reply.imported_resources.add(
                type_name=request.type_name,
                state=value_out(result.state, resource.schema.value_type),
                private=private_out(result.private),
            )
            self._add_identity(imported.identity, result, resource)
        return reply

    async def move_resource_state(self, request: Any) -> Any:
        """Take over an object that had another type."""
        resource = self._resource(request, "target_type_name")
        raw = load_json(request.source_state.json)
        result = self._engine(resource).move(request.source_type_name, request.source_provider_address, raw)
        reply = m("MoveResourceState.Response")(diagnostics=diagnostics_out(result.diagnostics))
        if result.state is not None:
            reply.target_state.CopyFrom(value_out(result.state, resource.schema.value_type))
            self._add_identity(reply.target_identity, result, resource)
        return reply

    async def generate_resource_config(self, request: Any) -> Any:
        """A configuration for an imported object."""
        resource = self._resource(request)
        state = state_in(request.state, resource.schema) or resource.schema.null()
        config = self._engine(resource).generate_config(state)
        return m("GenerateResourceConfig.Response")(config=value_out(config, resource.schema.value_type))

    # what is only read

    async def read_data_source(self, request: Any) -> Any:
        """Read a data source."""
        source = self._data[request.type_name]
        result = await read_data(source, self.session, self._config(request.config, source.schema))
        reply = m("ReadDataSource.Response")(diagnostics=diagnostics_out(result.diagnostics))
        reply.state.CopyFrom(value_out(result.state, source.schema.value_type))
        return reply

    async def open_ephemeral_resource(self, request: Any) -> Any:
        """Open an ephemeral resource."""
        part = self._ephemeral[request.type_name]
        opened = await open_ephemeral(part, self.session, self._config(request.config, part.schema))
        reply = m("OpenEphemeralResource.Response")(diagnostics=diagnostics_out(opened.diagnostics))
        if opened.values is not None:
            reply.result.CopyFrom(value_out(opened.values, part.schema.value_type))
        reply.private = private_out(opened.private)
        _renew_at(reply, opened.renew_after)
        return reply

    async def renew_ephemeral_resource(self, request: Any) -> Any:
        """Keep an ephemeral resource alive."""
        part = self._ephemeral[request.type_name]
        renewed = await renew_ephemeral(part, self.session, private_in(request.private))
        reply = m("RenewEphemeralResource.Response")(diagnostics=diagnostics_out(renewed.diagnostics))
        reply.private = private_out(renewed.private)
        _renew_at(reply, renewed.renew_after)
        return reply

    async def close_ephemeral_resource(self, request: Any) -> Any:
        """Give an ephemeral resource back."""
        part = self._ephemeral[request.type_name]
        found = await close_ephemeral(part, self.session, private_in(request.private))
        return m("CloseEphemeralResource.Response")(diagnostics=diagnostics_out(found))

    async def call_function(self, request: Any) -> Any:
        """Compute a function."""
        function = self._functions[request.name]
        signature = function.signature
        kinds = [parameter.type for parameter in signature.parameters]
        if signature.variadic is not None:
            kinds += [signature.variadic.type] * (len(request.arguments) - len(kinds))
        arguments = [value_in(raw, kind) for raw, kind in zip(request.arguments, kinds, strict=True)]
        reply = m("CallFunction.Response")()
        try:
            result = UNKNOWN if any(item is UNKNOWN for item in arguments) else function.call(*arguments)
            reply.result.CopyFrom(value_out(result, signature.returns))
        except FunctionError as error:
            reply.error.text = str(error)
            if error.argument is not None:
                reply.error.function_argument = error.argument
        return reply


def _renew_at(reply: Any, seconds: float | None) -> None:
    if seconds is not None:
        reply.renew_at.FromSeconds(int(time.time() + seconds))
