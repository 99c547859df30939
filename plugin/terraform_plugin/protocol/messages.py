"""The messages of ``tfplugin6.Provider``, protocol 6.11, described at run time: no generated code, no pinned protobuf.

The table is the whole description: ``name: number field type, …`` per message. Nothing here knows what a field means.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

SERVICE: Final = "tfplugin6.Provider"

_ENUMS: Final = {
    "StringKind": "PLAIN MARKDOWN",
    "Severity": "INVALID ERROR WARNING",
    "NestingMode": "INVALID SINGLE LIST SET MAP GROUP",
    "DeferredReason": "UNKNOWN RESOURCE_CONFIG_UNKNOWN PROVIDER_CONFIG_UNKNOWN ABSENT_PREREQ",
}

# A type is a scalar, an enum or a message of this table. ``[T]`` repeats, ``{T}`` maps strings to T, ``T?`` tells
# "not given" from the zero value, ``T|`` is a member of the message's only oneof.
_MESSAGES: Final = """
DynamicValue: 1 msgpack bytes, 2 json bytes
Instant: 1 seconds int64, 2 nanos int32
Step: 1 attribute_name string|, 2 element_key_string string|, 3 element_key_int int64|
AttributePath: 1 steps [Step]
Diagnostic: 1 severity Severity, 2 summary string, 3 detail string, 4 attribute AttributePath
FunctionError: 1 text string, 2 function_argument int64?
RawState: 1 json bytes, 2 flatmap {string}
Schema: 1 version int64, 2 block Block
Block: 1 version int64, 2 attributes [Attribute], 3 block_types [NestedBlock], 4 description string, \
5 description_kind StringKind, 6 deprecated bool, 7 deprecation_message string
Attribute: 1 name string, 2 type bytes, 10 nested_type Object, 3 description string, 4 required bool, \
5 optional bool, 6 computed bool, 7 sensitive bool, 8 description_kind StringKind, 9 deprecated bool, \
11 write_only bool, 12 deprecation_message string
NestedBlock: 1 type_name string, 2 block Block, 3 nesting NestingMode, 4 min_items int64, 5 max_items int64
Object: 1 attributes [Attribute], 3 nesting NestingMode, 4 min_items int64, 5 max_items int64
IdentityAttribute: 1 name string, 2 type bytes, 3 required_for_import bool, 4 optional_for_import bool, \
5 description string
ResourceIdentitySchema: 1 version int64, 2 identity_attributes [IdentityAttribute]
ResourceIdentityData: 1 identity_data DynamicValue
Parameter: 1 name string, 2 type bytes, 3 allow_null_value bool, 4 allow_unknown_values bool, \
5 description string, 6 description_kind StringKind
Return: 1 type bytes
Function: 1 parameters [Parameter], 2 variadic_parameter Parameter, 3 return Return, 4 summary string, \
5 description string, 6 description_kind StringKind, 7 deprecation_message string
ServerCapabilities: 1 plan_destroy bool, 2 get_provider_schema_optional bool, 3 move_resource_state bool, \
4 generate_resource_config bool
ClientCapabilities: 1 deferral_allowed bool, 2 write_only_attributes_allowed bool
Deferred: 1 reason DeferredReason
NamedType: 1 type_name string
NamedFunction: 1 name string
StopProvider.Request:
StopProvider.Response: 1 Error string
GetMetadata.Request:
GetMetadata.Response: 1 server_capabilities ServerCapabilities, 2 diagnostics [Diagnostic], \
3 data_sources [NamedType], 4 resources [NamedType], 5 functions [NamedFunction], 6 ephemeral_resources [NamedType]
GetProviderSchema.Request:
GetProviderSchema.Response: 1 provider Schema, 2 resource_schemas {Schema}, 3 data_source_schemas {Schema}, \
4 diagnostics [Diagnostic], 5 provider_meta Schema, 6 server_capabilities ServerCapabilities, \
7 functions {Function}, 8 ephemeral_resource_schemas {Schema}
GetResourceIdentitySchemas.Request:
GetResourceIdentitySchemas.Response: 1 identity_schemas {ResourceIdentitySchema}, 2 diagnostics [Diagnostic]
ValidateProviderConfig.Request: 1 config DynamicValue
ValidateProviderConfig.Response: 2 diagnostics [Diagnostic]
UpgradeResourceState.Request: 1 type_name string, 2 version int64, 3 raw_state RawState
UpgradeResourceState.Response: 1 upgraded_state DynamicValue, 2 diagnostics [Diagnostic]
UpgradeResourceIdentity.Request: 1 type_name string, 2 version int64, 3 raw_identity RawState
UpgradeResourceIdentity.Response: 1 upgraded_identity ResourceIdentityData, 2 diagnostics [Diagnostic]
ValidateResourceConfig.Request: 1 type_name string, 2 config DynamicValue, 3 client_capabilities ClientCapabilities
ValidateResourceConfig.Response: 1 diagnostics [Diagnostic]
ValidateDataResourceConfig.Request: 1 type_name string, 2 config DynamicValue
ValidateDataResourceConfig.Response: 1 diagnostics [Diagnostic]
ConfigureProvider.Request: 1 terraform_version string, 2 config DynamicValue, \
3 client_capabilities ClientCapabilities
ConfigureProvider.Response: 1 diagnostics [Diagnostic]
ReadResource.Request: 1 type_name string, 2 current_state DynamicValue, 3 private bytes, \
4 provider_meta DynamicValue, 5 client_capabilities ClientCapabilities, 6 current_identity ResourceIdentityData
ReadResource.Response: 1 new_state DynamicValue, 2 diagnostics [Diagnostic], 3 private bytes, 4 deferred Deferred, \
5 new_identity ResourceIdentityData
PlanResourceChange.Request: 1 type_name string, 2 prior_state DynamicValue, 3 proposed_new_state DynamicValue, \
4 config DynamicValue, 5 prior_private bytes, 6 provider_meta DynamicValue, \
7 client_capabilities ClientCapabilities, 8 prior_identity ResourceIdentityData
PlanResourceChange.Response: 1 planned_state DynamicValue, 2 requires_replace [AttributePath], \
3 planned_private bytes, 4 diagnostics [Diagnostic], 5 legacy_type_system bool, 6 deferred Deferred, \
7 planned_identity ResourceIdentityData
ApplyResourceChange.Request: 1 type_name string, 2 prior_state DynamicValue, 3 planned_state DynamicValue, \
4 config DynamicValue, 5 planned_private bytes, 6 provider_meta DynamicValue, \
7 planned_identity ResourceIdentityData
ApplyResourceChange.Response: 1 new_state DynamicValue, 2 private bytes, 3 diagnostics [Diagnostic], \
4 legacy_type_system bool, 5 new_identity ResourceIdentityData
ImportResourceState.Request: 1 type_name string, 2 id string, 3 client_capabilities ClientCapabilities, \
4 identity ResourceIdentityData
ImportedResource: 1 type_name string, 2 state DynamicValue, 3 private bytes, 4 identity ResourceIdentityData
ImportResourceState.Response: 1 imported_resources [ImportedResource], 2 diagnostics [Diagnostic], \
3 deferred Deferred
GenerateResourceConfig.Request: 1 type_name string, 2 state DynamicValue
GenerateResourceConfig.Response: 1 config DynamicValue, 2 diagnostics [Diagnostic]
MoveResourceState.Request: 1 source_provider_address string, 2 source_type_name string, \
3 source_schema_version int64, 4 source_state RawState, 5 target_type_name string, 6 source_private bytes, \
7 source_identity RawState, 8 source_identity_schema_version int64
MoveResourceState.Response: 1 target_state DynamicValue, 2 diagnostics [Diagnostic], 3 target_private bytes, \
4 target_identity ResourceIdentityData
ReadDataSource.Request: 1 type_name string, 2 config DynamicValue, 3 provider_meta DynamicValue, \
4 client_capabilities ClientCapabilities
ReadDataSource.Response: 1 state DynamicValue, 2 diagnostics [Diagnostic], 3 deferred Deferred
GetFunctions.Request:
GetFunctions.Response: 1 functions {Function}, 2 diagnostics [Diagnostic]
CallFunction.Request: 1 name string, 2 arguments [DynamicValue]
CallFunction.Response: 1 result DynamicValue, 2 error FunctionError
ValidateEphemeralResourceConfig.Request: 1 type_name string, 2 config DynamicValue
ValidateEphemeralResourceConfig.Response: 1 diagnostics [Diagnostic]
OpenEphemeralResource.Request: 1 type_name string, 2 config DynamicValue, 3 client_capabilities ClientCapabilities
OpenEphemeralResource.Response: 1 diagnostics [Diagnostic], 2 renew_at Instant?, 3 result DynamicValue, \
4 private bytes?, 5 deferred Deferred
RenewEphemeralResource.Request: 1 type_name string, 2 private bytes?
RenewEphemeralResource.Response: 1 diagnostics [Diagnostic], 2 renew_at Instant?, 3 private bytes?
CloseEphemeralResource.Request: 1 type_name string, 2 private bytes?
CloseEphemeralResource.Response: 1 diagnostics [Diagnostic]
"""

CALLS: Final = tuple(line.partition(".Request:")[0] for line in _MESSAGES.strip().splitlines() if ".Request:" in line)
"""Names of the calls that this table describes; others are answered as unimplemented by gRPC itself."""

# Numbers of FieldDescriptorProto.Type and .Label, which are part of protobuf's own stable wire format.
_SCALARS: Final = {"int64": 3, "int32": 5, "bool": 8, "string": 9, "bytes": 12}
_MESSAGE, _ENUM, _OPTIONAL, _REPEATED = 11, 14, 1, 3


def _flat(name: str) -> str:
    return name.replace(".", "")


def _type_field(field: Any, kind: str) -> None:
    if kind in _SCALARS:
        field.type = _SCALARS[kind]
    else:
        field.type = _ENUM if kind in _ENUMS else _MESSAGE
        field.type_name = f".tfplugin6.{_flat(kind)}"


def _map_entry(message: Any, field: Any, kind: str) -> None:
    """A map is, on the wire, a repeated message of key and value."""
    entry = message.nested_type.add(name="".join(part.title() for part in field.name.split("_")) + "Entry")
    entry.options.map_entry = True
    entry.field.add(name="key", number=1, label=_OPTIONAL, type=_SCALARS["string"])
    _type_field(entry.field.add(name="value", number=2, label=_OPTIONAL), kind)
    field.label, field.type = _REPEATED, _MESSAGE
    field.type_name = f".tfplugin6.{message.name}.{entry.name}"


def _add_field(message: Any, text: str) -> None:
    number, name, kind = text.split()
    field = message.field.add(name=name, number=int(number), label=_OPTIONAL)
    if kind[0] == "{":
        _map_entry(message, field, kind[1:-1])
        return
    if kind[0] == "[":
        field.label, kind = _REPEATED, kind[1:-1]
    elif kind[-1] == "|":
        if not message.oneof_decl:
            message.oneof_decl.add(name="member")
        field.oneof_index, kind = 0, kind[:-1]
    elif kind[-1] == "?":
        field.proto3_optional, field.oneof_index, kind = True, len(message.oneof_decl), kind[:-1]
        message.oneof_decl.add(name=f"_{name}")
    _type_field(field, kind)


@cache
def _pool() -> tuple[Any, Callable[[Any], Any]]:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="tfplugin6.proto", package="tfplugin6", syntax="proto3")
    for enum, names in _ENUMS.items():
        described = file.enum_type.add(name=enum)
        for number, value in enumerate(names.split()):
            described.value.add(name=f"{enum}_{value}", number=number)
    for line in _MESSAGES.strip().splitlines():
        name, _, fields = line.partition(":")
        message = file.message_type.add(name=_flat(name))
        for text in filter(None, map(str.strip, fields.split(","))):
            _add_field(message, text)
    # A pool of its own: other programs in the process may describe a package of the same name.
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool, message_factory.GetMessageClass


@cache
def message(name: str) -> Any:
    """The class of message ``name``, such as ``"PlanResourceChange.Request"``; KeyError when there is none."""
    pool, message_class = _pool()
    return message_class(pool.FindMessageTypeByName(f"tfplugin6.{_flat(name)}"))
