"""The messages of the protocol, as a table: what the wire calls each field, its number and type.

A line is `Message: number name type, …`. `[T]` repeats, `T?` may be absent, `T|` is one of a group, `{K,V}` maps.
Facts of Terraform's plugin protocol 6.11 (`tfplugin6`); state stores are left out, as they are experimental.
"""

MESSAGES = """
DynamicValue: 1 msgpack bytes, 2 json bytes
Diagnostic: 1 severity Severity, 2 summary string, 3 detail string, 4 attribute AttributePath
FunctionError: 1 text string, 2 function_argument int64?
AttributePath: 1 steps [Step]
AttributePath.Step: 1 attribute_name string|, 2 element_key_string string|, 3 element_key_int int64|
StopProvider:
StopProvider.Request:
StopProvider.Response: 1 Error string
RawState: 1 json bytes, 2 flatmap {string,string}
Schema: 1 version int64, 2 block Block
Schema.Block: 1 version int64, 2 attributes [Attribute], 3 block_types [NestedBlock], 4 description string, \
5 description_kind StringKind, 6 deprecated bool, 7 deprecation_message string
Schema.Attribute: 1 name string, 2 type bytes, 10 nested_type Object, 3 description string, 4 required bool, \
5 optional bool, 6 computed bool, 7 sensitive bool, 8 description_kind StringKind, 9 deprecated bool, \
11 write_only bool, 12 deprecation_message string
Schema.NestedBlock: 1 type_name string, 2 block Block, 3 nesting NestingMode, 4 min_items int64, 5 max_items int64
Schema.Object: 1 attributes [Attribute], 3 nesting NestingMode, 4 min_items int64, 5 max_items int64
ResourceIdentitySchema: 1 version int64, 2 identity_attributes [IdentityAttribute]
ResourceIdentitySchema.IdentityAttribute: 1 name string, 2 type bytes, 3 required_for_import bool, \
4 optional_for_import bool, 5 description string
ResourceIdentityData: 1 identity_data DynamicValue
Function: 1 parameters [Parameter], 2 variadic_parameter Parameter, 3 return Return, 4 summary string, \
5 description string, 6 description_kind StringKind, 7 deprecation_message string
Function.Parameter: 1 name string, 2 type bytes, 3 allow_null_value bool, 4 allow_unknown_values bool, \
5 description string, 6 description_kind StringKind
Function.Return: 1 type bytes
ActionSchema: 1 schema Schema
ServerCapabilities: 1 plan_destroy bool, 2 get_provider_schema_optional bool, 3 move_resource_state bool, \
4 generate_resource_config bool
ClientCapabilities: 1 deferral_allowed bool, 2 write_only_attributes_allowed bool
Deferred: 1 reason Reason
GetMetadata:
GetMetadata.Request:
GetMetadata.Response: 1 server_capabilities ServerCapabilities, 2 diagnostics [Diagnostic], \
3 data_sources [DataSourceMetadata], 4 resources [ResourceMetadata], 5 functions [FunctionMetadata], \
6 ephemeral_resources [EphemeralResourceMetadata], 7 list_resources [ListResourceMetadata], \
9 actions [ActionMetadata]
GetMetadata.FunctionMetadata: 1 name string
GetMetadata.DataSourceMetadata: 1 type_name string
GetMetadata.ResourceMetadata: 1 type_name string
GetMetadata.EphemeralResourceMetadata: 1 type_name string
GetMetadata.ListResourceMetadata: 1 type_name string
GetMetadata.ActionMetadata: 1 type_name string
GetProviderSchema:
GetProviderSchema.Request:
GetProviderSchema.Response: 1 provider Schema, 2 resource_schemas {string,Schema}, \
3 data_source_schemas {string,Schema}, 4 diagnostics [Diagnostic], 5 provider_meta Schema, \
6 server_capabilities ServerCapabilities, 7 functions {string,Function}, \
8 ephemeral_resource_schemas {string,Schema}, 9 list_resource_schemas {string,Schema}, \
11 action_schemas {string,ActionSchema}
ValidateProviderConfig:
ValidateProviderConfig.Request: 1 config DynamicValue
ValidateProviderConfig.Response: 2 diagnostics [Diagnostic]
UpgradeResourceState:
UpgradeResourceState.Request: 1 type_name string, 2 version int64, 3 raw_state RawState
UpgradeResourceState.Response: 1 upgraded_state DynamicValue, 2 diagnostics [Diagnostic]
ValidateResourceConfig:
ValidateResourceConfig.Request: 1 type_name string, 2 config DynamicValue, 3 client_capabilities ClientCapabilities
ValidateResourceConfig.Response: 1 diagnostics [Diagnostic]
ValidateDataResourceConfig:
ValidateDataResourceConfig.Request: 1 type_name string, 2 config DynamicValue
ValidateDataResourceConfig.Response: 1 diagnostics [Diagnostic]
ConfigureProvider:
ConfigureProvider.Request: 1 terraform_version string, 2 config DynamicValue, 3 client_capabilities ClientCapabilities
ConfigureProvider.Response: 1 diagnostics [Diagnostic]
ReadResource:
ReadResource.Request: 1 type_name string, 2 current_state DynamicValue, 3 private bytes, \
4 provider_meta DynamicValue, 5 client_capabilities ClientCapabilities, 6 current_identity ResourceIdentityData
ReadResource.Response: 1 new_state DynamicValue, 2 diagnostics [Diagnostic], 3 private bytes, \
4 deferred Deferred, 5 new_identity ResourceIdentityData
PlanResourceChange:
PlanResourceChange.Request: 1 type_name string, 2 prior_state DynamicValue, 3 proposed_new_state DynamicValue, \
4 config DynamicValue, 5 prior_private bytes, 6 provider_meta DynamicValue, \
7 client_capabilities ClientCapabilities, 8 prior_identity ResourceIdentityData
PlanResourceChange.Response: 1 planned_state DynamicValue, 2 requires_replace [AttributePath], \
3 planned_private bytes, 4 diagnostics [Diagnostic], 5 legacy_type_system bool, 6 deferred Deferred, \
7 planned_identity ResourceIdentityData
ApplyResourceChange:
ApplyResourceChange.Request: 1 type_name string, 2 prior_state DynamicValue, 3 planned_state DynamicValue, \
4 config DynamicValue, 5 planned_private bytes, 6 provider_meta DynamicValue, \
7 planned_identity ResourceIdentityData
ApplyResourceChange.Response: 1 new_state DynamicValue, 2 private bytes, 3 diagnostics [Diagnostic], \
4 legacy_type_system bool, 5 new_identity ResourceIdentityData
ImportResourceState:
ImportResourceState.Request: 1 type_name string, 2 id string, 3 client_capabilities ClientCapabilities, \
4 identity ResourceIdentityData
ImportResourceState.ImportedResource: 1 type_name string, 2 state DynamicValue, 3 private bytes, \
4 identity ResourceIdentityData
ImportResourceState.Response: 1 imported_resources [ImportedResource], 2 diagnostics [Diagnostic], 3 deferred Deferred
GenerateResourceConfig:
GenerateResourceConfig.Request: 1 type_name string, 2 state DynamicValue
GenerateResourceConfig.Response: 1 config DynamicValue, 2 diagnostics [Diagnostic]
MoveResourceState:
MoveResourceState.Request: 1 source_provider_address string, 2 source_type_name string, \
3 source_schema_version int64, 4 source_state RawState, 5 target_type_name string, 6 source_private bytes, \
7 source_identity RawState, 8 source_identity_schema_version int64
MoveResourceState.Response: 1 target_state DynamicValue, 2 diagnostics [Diagnostic], 3 target_private bytes, \
4 target_identity ResourceIdentityData
ReadDataSource:
ReadDataSource.Request: 1 type_name string, 2 config DynamicValue, 3 provider_meta DynamicValue, \
4 client_capabilities ClientCapabilities
ReadDataSource.Response: 1 state DynamicValue, 2 diagnostics [Diagnostic], 3 deferred Deferred
GetFunctions:
GetFunctions.Request:
GetFunctions.Response: 1 functions {string,Function}, 2 diagnostics [Diagnostic]
CallFunction:
CallFunction.Request: 1 name string, 2 arguments [DynamicValue]
CallFunction.Response: 1 result DynamicValue, 2 error FunctionError
ValidateEphemeralResourceConfig:
ValidateEphemeralResourceConfig.Request: 1 type_name string, 2 config DynamicValue
ValidateEphemeralResourceConfig.Response: 1 diagnostics [Diagnostic]
OpenEphemeralResource:
OpenEphemeralResource.Request: 1 type_name string, 2 config DynamicValue, 3 client_capabilities ClientCapabilities
OpenEphemeralResource.Response: 1 diagnostics [Diagnostic], 2 renew_at .google.protobuf.Timestamp?, \
3 result DynamicValue, 4 private bytes?, 5 deferred Deferred
RenewEphemeralResource:
RenewEphemeralResource.Request: 1 type_name string, 2 private bytes?
RenewEphemeralResource.Response: 1 diagnostics [Diagnostic], 2 renew_at .google.protobuf.Timestamp?, 3 private bytes?
CloseEphemeralResource:
CloseEphemeralResource.Request: 1 type_name string, 2 private bytes?
CloseEphemeralResource.Response: 1 diagnostics [Diagnostic]
GetResourceIdentitySchemas:
GetResourceIdentitySchemas.Request:
GetResourceIdentitySchemas.Response: 1 identity_schemas {string,ResourceIdentitySchema}, 2 diagnostics [Diagnostic]
UpgradeResourceIdentity:
UpgradeResourceIdentity.Request: 1 type_name string, 2 version int64, 3 raw_identity RawState
UpgradeResourceIdentity.Response: 1 upgraded_identity ResourceIdentityData, 2 diagnostics [Diagnostic]
"""

ENUMS = """
StringKind: PLAIN MARKDOWN
Diagnostic.Severity: INVALID ERROR WARNING
Schema.NestedBlock.NestingMode: INVALID SINGLE LIST SET MAP GROUP
Schema.Object.NestingMode: INVALID SINGLE LIST SET MAP
Deferred.Reason: UNKNOWN RESOURCE_CONFIG_UNKNOWN PROVIDER_CONFIG_UNKNOWN ABSENT_PREREQ
"""

CALLS = (
    "GetMetadata", "GetProviderSchema", "GetResourceIdentitySchemas", "ValidateProviderConfig",
    "ValidateResourceConfig", "ValidateDataResourceConfig", "UpgradeResourceState", "UpgradeResourceIdentity",
    "ConfigureProvider", "ReadResource", "PlanResourceChange", "ApplyResourceChange", "ImportResourceState",
    "MoveResourceState", "ReadDataSource", "GenerateResourceConfig", "ValidateEphemeralResourceConfig",
    "OpenEphemeralResource", "RenewEphemeralResource", "CloseEphemeralResource", "GetFunctions", "CallFunction",
    "StopProvider",
)  # fmt: skip
"""Calls that are answered; lists, actions and state stores are answered as unimplemented."""
