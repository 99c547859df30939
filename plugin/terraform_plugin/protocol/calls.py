"""The calls that are answered, by name. Lists, actions and state stores are not in it: gRPC answers "unimplemented"."""

from __future__ import annotations

from typing import Final

from terraform_plugin.protocol import data_calls, provider_calls, resource_calls
from terraform_plugin.protocol.messages import SERVICE, message
from terraform_plugin.protocol.service import Answer, Call, Service

CALLS: Final[dict[str, Call]] = {
    "GetMetadata": provider_calls.get_metadata,
    "GetProviderSchema": provider_calls.get_provider_schema,
    "GetResourceIdentitySchemas": provider_calls.get_resource_identity_schemas,
    "ValidateProviderConfig": provider_calls.validate_provider_config,
    "ConfigureProvider": provider_calls.configure_provider,
    "StopProvider": provider_calls.stop_provider,
    "GetFunctions": provider_calls.get_functions,
    "CallFunction": provider_calls.call_function,
    "ValidateResourceConfig": resource_calls.validate_resource_config,
    "UpgradeResourceState": resource_calls.upgrade_resource_state,
    "UpgradeResourceIdentity": resource_calls.upgrade_resource_identity,
    "ReadResource": resource_calls.read_resource,
    "PlanResourceChange": resource_calls.plan_resource_change,
    "ApplyResourceChange": resource_calls.apply_resource_change,
    "ImportResourceState": resource_calls.import_resource_state,
    "MoveResourceState": resource_calls.move_resource_state,
    "GenerateResourceConfig": resource_calls.generate_resource_config,
    "ValidateDataResourceConfig": data_calls.validate_data_resource_config,
    "ReadDataSource": data_calls.read_data_source,
    "ValidateEphemeralResourceConfig": data_calls.validate_ephemeral_resource_config,
    "OpenEphemeralResource": data_calls.open_ephemeral_resource,
    "RenewEphemeralResource": data_calls.renew_ephemeral_resource,
    "CloseEphemeralResource": data_calls.close_ephemeral_resource,
}


def refusals(what: str) -> dict[str, Answer]:
    """An answer to each call that only says what is wrong with the provider."""

    def refusing(name: str) -> Answer:
        async def answer(data: bytes) -> bytes:
            reply = message(f"{name}.Response")()
            if name == "CallFunction":
                reply.error.text = what
            elif name == "StopProvider":
                reply.Error = what
            else:
                reply.diagnostics.add(severity=1, summary="The provider could not be loaded", detail=what)
            return bytes(reply.SerializeToString())

        return answer

    return {f"/{SERVICE}/{name}": refusing(name) for name in CALLS}


def answers(service: Service) -> dict[str, Answer]:
    """Each call by its gRPC path."""
    return {f"/{SERVICE}/{name}": answer for name, answer in service.answers(CALLS).items()}
