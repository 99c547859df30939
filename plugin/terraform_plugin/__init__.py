"""Terraform's plugin protocol, version 6, in Python: write a provider as a few classes and serve it.

`serve` starts a provider; the rest is what a provider is written with.
"""

from __future__ import annotations

from terraform_plugin.diagnostics import Diagnostic, DiagnosticError, Diagnostics, Path, Severity
from terraform_plugin.provider import ConfigureContext, Provider
from terraform_plugin.resource import (
    Context,
    CreateContext,
    DataContext,
    DataSource,
    DeleteContext,
    EphemeralResource,
    Function,
    FunctionError,
    ImportContext,
    Interrupted,
    OpenResult,
    PlanContext,
    ReadContext,
    Resource,
    UpdateContext,
    ValidateContext,
)
from terraform_plugin.schema import (
    NO_DEFAULT,
    Attribute,
    FunctionSignature,
    IdentityAttribute,
    IdentitySchema,
    Nested,
    Nesting,
    Parameter,
    Schema,
    Validator,
    timeouts,
)
from terraform_plugin.serve import serve
from terraform_plugin.types import BOOL, DYNAMIC, NUMBER, STRING, ListOf, MapOf, ObjectOf, SetOf, TupleOf, Type
from terraform_plugin.validators import (
    Between,
    Duration,
    EachItem,
    ItemsBetween,
    LengthBetween,
    Matches,
    NotEmpty,
    OneOf,
)
from terraform_plugin.values import UNKNOWN, Dynamic, Value, Values, is_known, is_set, is_wholly_known

__all__ = [
    "BOOL", "DYNAMIC", "NO_DEFAULT", "NUMBER", "STRING", "UNKNOWN", "Attribute", "Between", "ConfigureContext",
    "Context", "CreateContext", "DataContext", "DataSource", "DeleteContext", "Diagnostic", "DiagnosticError",
    "Diagnostics", "Duration", "Dynamic", "EachItem", "EphemeralResource", "Function", "FunctionError",
    "FunctionSignature", "IdentityAttribute", "IdentitySchema", "ImportContext", "Interrupted", "ItemsBetween",
    "LengthBetween", "ListOf", "MapOf", "Matches", "Nested", "Nesting", "NotEmpty", "ObjectOf", "OneOf", "OpenResult",
    "Parameter", "Path", "PlanContext", "Provider", "ReadContext", "Resource", "Schema", "SetOf", "Severity",
    "TupleOf", "Type", "UpdateContext", "ValidateContext", "Validator", "Value", "Values", "is_known", "is_set",
    "is_wholly_known", "serve", "timeouts",
]  # fmt: skip
