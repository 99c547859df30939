"""The toy provider: its configuration, a data source, an ephemeral resource and functions."""

from __future__ import annotations

import logging
import os
import pathlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from terraform_plugin.diagnostics import Diagnostic, DiagnosticError, Path
from terraform_plugin.provider import ConfigureContext, Provider
from terraform_plugin.resource import (
    Context,
    DataContext,
    DataSource,
    EphemeralResource,
    Function,
    FunctionError,
    OpenResult,
    Resource,
    ValidateContext,
)
from terraform_plugin.schema import Attribute, FunctionSignature, Parameter, Schema
from terraform_plugin.types import DYNAMIC, NUMBER, STRING, ListOf
from terraform_plugin.values import UNKNOWN, Dynamic, Value, Values
from tests.plugin.toy.store import Store
from tests.plugin.toy.thing import Old, Thing

ADDRESS = "terraform.local/test/toy"
VERSION = "1.0.0"
logger = logging.getLogger("toy")


class KnownTrouble(Exception):
    """An error that the provider can explain."""


class Things(DataSource[Store]):
    """Ids of all things."""

    type_name = "toy_things"
    schema = Schema(
        description="All things.",
        attributes={
            "name": Attribute(type=STRING, optional=True, description="only those of this name"),
            "ids": Attribute(type=ListOf(STRING), computed=True, description="their ids"),
        },
    )

    async def read(self, context: DataContext[Store]) -> Values:
        """List the store."""
        if context.config["name"] == "trouble":
            raise KnownTrouble("the store is on fire")
        if context.config["name"] == "bug":
            raise RuntimeError("a bug in a data source")
        wanted = context.config["name"]
        found = context.provider.all().items()
        return {**context.config, "ids": [id for id, thing in found if wanted in (None, thing["name"])]}


class Token(EphemeralResource[Store]):
    """A token for this run."""

    type_name = "toy_token"
    schema = Schema(
        description="A token.",
        attributes={
            "audience": Attribute(type=STRING, required=True, description="for whom"),
            "token": Attribute(type=STRING, computed=True, sensitive=True, description="the token"),
        },
    )

    async def open(self, context: DataContext[Store]) -> OpenResult:
        """Make the token."""
        audience = context.config["audience"]
        if audience == "bug":
            raise RuntimeError("a bug in an ephemeral resource")
        context.provider.log("open", audience)
        return OpenResult(
            result={"audience": audience, "token": f"ephemeral-token-of-{audience}"}, private={"audience": audience}
        )

    async def close(self, context: Context[Store]) -> None:
        """Give it back."""
        context.provider.log("close", context.private["audience"])


class Shout(Function):
    """Upper case."""

    name = "shout"
    signature = FunctionSignature(
        parameters=(Parameter("text", STRING, "what to shout"),), returns=STRING, summary="Shouts."
    )

    def call(self, *arguments: Value) -> Value:
        """Refuse to shout nothing; one word is a bug."""
        (text,) = arguments
        if not text:
            raise FunctionError("there is nothing to shout", argument=0)
        if text == "bug":
            raise RuntimeError("a bug in a function")
        return text.upper()


class Total(Function):
    """Sum of any numbers."""

    name = "total"
    signature = FunctionSignature(
        parameters=(),
        variadic=Parameter("numbers", NUMBER, "summands", allow_null=True),
        returns=NUMBER,
        summary="Adds.",
    )

    def call(self, *arguments: Value) -> Value:
        """Null counts as zero; decimals stay exact."""
        return sum((Decimal(argument) for argument in arguments if argument is not None), Decimal(0))


class Kind(Function):
    """Says what its argument is, also when that is unknown."""

    name = "kind"
    signature = FunctionSignature(
        parameters=(Parameter("value", DYNAMIC, "anything", allow_null=True, allow_unknown=True),),
        returns=STRING,
        summary="Names the kind of a value.",
    )

    def call(self, *arguments: Value) -> Value:
        """The Python type's name."""
        (value,) = arguments
        if isinstance(value, Dynamic):
            value = value.value
        return "unknown" if value is UNKNOWN else type(value).__name__


class ToyProvider(Provider[Any]):
    """Things in a folder."""

    name = "toy"
    version = VERSION
    schema = Schema(
        description="A toy.",
        attributes={
            "folder": Attribute(type=STRING, optional=True, description="where the objects are; else TOY_FOLDER"),
            "token": Attribute(type=STRING, optional=True, sensitive=True, description="a secret"),
        },
    )

    @property
    def resources(self) -> Sequence[Resource[Any]]:
        """Things, old and new."""
        return (Thing(), Old())

    @property
    def data_sources(self) -> Sequence[DataSource[Any]]:
        """All things."""
        return (Things(),)

    @property
    def ephemeral_resources(self) -> Sequence[EphemeralResource[Any]]:
        """Tokens."""
        return (Token(),)

    @property
    def functions(self) -> Sequence[Function]:
        """Pure functions."""
        return (Shout(), Total(), Kind())

    def validate(self, context: ValidateContext) -> None:
        """A relative folder is refused."""
        folder = context.config.get("folder")
        if isinstance(folder, str) and not folder.startswith("/"):
            context.diagnostics.error(
                "folder is relative", f'got "{folder}"; an absolute path is allowed', Path("folder")
            )

    async def configure(self, context: ConfigureContext) -> Any:
        """Open the store; None while its folder is unknown."""
        folder = context.config.get("folder")
        if folder is UNKNOWN:
            return None
        folder = folder or os.environ.get("TOY_FOLDER")
        if folder is None:
            raise DiagnosticError("folder is missing", "Set folder or TOY_FOLDER.", Path("folder"))
        store = Store(pathlib.Path(folder))
        store.strike("configure")
        logger.info("configured with token %s for Terraform %s", context.config.get("token"), context.terraform_version)
        return store

    def explain(self, error: Exception) -> Sequence[Diagnostic] | None:
        """Known trouble has a text of its own."""
        if isinstance(error, KnownTrouble):
            return [Diagnostic("The toy is in trouble", str(error))]
        return None

    def logger_names(self) -> Sequence[str]:
        """The toy's logger."""
        return ("toy",)
