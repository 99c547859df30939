"""A small example of everything that a provider's author writes: configuration, resource, data source and more."""

from __future__ import annotations

import json
from typing import Any

from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.provider import ConfigureContext
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
from terraform_plugin.schema import (
    Attribute,
    FunctionSignature,
    IdentityAttribute,
    IdentitySchema,
    Nested,
    Nesting,
    Parameter,
    Schema,
)
from terraform_plugin.types import DYNAMIC, NUMBER, STRING, ListOf
from terraform_plugin.validators import Between, LengthBetween, Matches, OneOf
from terraform_plugin.values import Dynamic, Value, Values, is_set
from tests.plugin.rpc import SmallProvider, texts


def text(**options: Any) -> Attribute:
    """A text attribute, optional unless told otherwise."""
    return Attribute(type=STRING, description="d", **({"optional": True} | options))


RULE = {"port": Attribute(type=NUMBER, required=True, description="", validators=(Between(1, 9),))}


class Broken:
    """A validator that has a bug."""

    description = "anything"

    def check(self, value: Value, path: Path) -> Any:
        raise RuntimeError("swordfish")


class Box(Resource[Any]):
    """Something to validate."""

    type_name = "small_box"
    schema = Schema({
        "kind": text(validators=(OneOf("a", "b"),)),
        "broken": text(validators=(Broken(),)),
        "secret": text(sensitive=True, validators=(Matches("[0-9]+", "digits"),)),
        "key_wo": text(write_only=True, sensitive=True, validators=(LengthBetween(3, 9),)),
        "key_env": text(),
        "other_wo": text(write_only=True),
        "list": Attribute(nested=Nested(Nesting.LIST, RULE), optional=True, description=""),
        "set": Attribute(nested=Nested(Nesting.SET, RULE), optional=True, description=""),
        "map": Attribute(nested=Nested(Nesting.MAP, RULE), optional=True, description=""),
        "one": Attribute(nested=Nested(Nesting.SINGLE, RULE), optional=True, description=""),
    })  # fmt: skip
    identity = IdentitySchema({"kind": IdentityAttribute(STRING, "k", required_for_import=False)})

    def validate(self, context: ValidateContext) -> None:
        if context.config["kind"] == "b" and is_set(context.config["key_env"]):
            context.diagnostics.error("not both", path=Path("key_env"))
        if context.config["key_env"] == "bug":
            raise RuntimeError("swordfish")


PORT = Attribute(type=NUMBER, optional=True, default=9, description="")


class Configured(SmallProvider):
    """A provider with a block."""

    schema = Schema({
        "url": text(default="https://localhost"),
        "token": text(sensitive=True),
        "sites": Attribute(nested=Nested(Nesting.MAP, {"port": PORT}), optional=True, description=""),
    })  # fmt: skip

    def validate(self, context: ValidateContext) -> None:
        if context.config["url"] == "ftp":
            context.diagnostics.error("wrong url", path=Path("url"))

    async def configure(self, context: ConfigureContext) -> Any:
        if context.config["url"] == "down":
            raise DiagnosticError("down", f"with {context.config['token']}", Path("url"))
        return context.config, context.terraform_version


class Echo(DataSource[Any]):
    """Shows what the provider was configured with."""

    type_name = "small_echo"
    schema = Schema({"given": text(), "number": Attribute(type=NUMBER, optional=True, default=3, description=""),
                     "shown": text(optional=False, computed=True)})  # fmt: skip

    async def read(self, context: DataContext[Any]) -> Values:
        if context.config["given"] == "bug":
            raise RuntimeError("swordfish")
        return {"shown": json.dumps(context.provider, default=str), "number": 99, "given": "theirs"}


async def echo(wire: Any, given: str | None = None) -> tuple[Values | None, list[str]]:
    """Read the data source."""
    reply = await wire.call("ReadDataSource", type_name="small_echo", config=wire.pack("small_echo", {"given": given}))
    return wire.unpack("small_echo", reply.state), texts(reply)


class Token(EphemeralResource[Any]):
    """Counts its renewals."""

    type_name = "small_token"
    schema = Schema({"name": text(), "token": text(optional=False, computed=True, sensitive=True)})

    def __init__(self) -> None:
        self.closed: list[Any] = []

    async def open(self, context: DataContext[Any]) -> OpenResult:
        return OpenResult(result={"token": "open-sesame"}, renew_after=60, private={"renewals": 0})

    async def renew(self, context: Context[Any]) -> float | None:
        context.private["renewals"] += 1
        return None if context.private["renewals"] > 1 else 30.5

    async def close(self, context: Context[Any]) -> None:
        self.closed.append(dict(context.private))
        raise RuntimeError("open-sesame")


class Join(Function):
    """Joins texts; some arguments make it fail."""

    name = "join"
    signature = FunctionSignature(
        parameters=(Parameter("glue", STRING, "between"),),
        variadic=Parameter("parts", DYNAMIC, "texts", allow_null=True, allow_unknown=True),
        returns=ListOf(STRING),
        summary="Joins.",
    )

    def call(self, *arguments: Value) -> Value:
        glue, *parts = arguments
        if glue == "":
            raise FunctionError("no glue", argument=0)
        if glue == "bug":
            raise RuntimeError("swordfish")
        if glue == "number":
            return [1]
        return (glue, *(str(part.value) if isinstance(part, Dynamic) else "-" for part in parts))
