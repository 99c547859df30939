"""Schemas, over a real socket: what the author wrote, and mistakes in it."""

from __future__ import annotations

from typing import Any

import pytest

from terraform_plugin.resource import DataSource, Resource
from terraform_plugin.schema import Attribute, Nested, Nesting, Schema
from terraform_plugin.types import STRING
from tests.plugin.rpc import serving, texts
from tests.plugin.samples import Box, Configured, Echo, Join, Token, text


async def test_schemas_say_what_the_author_wrote():
    """Flags, nesting, types, defaults as computed, identity, functions; the second answer is the same bytes."""
    async with serving(Box(), Echo(), Token(), Join(), provider=Configured(Box(), Echo(), Token(), Join())) as wire:
        schema = await wire.call("GetProviderSchema")
        assert schema == await wire.call("GetProviderSchema")
        identities = await wire.call("GetResourceIdentitySchemas")
        functions = await wire.call("GetFunctions")
        metadata = await wire.call("GetMetadata")
    box = {one.name: one for one in schema.resource_schemas["small_box"].block.attributes}
    assert (box["key_wo"].write_only, box["key_wo"].sensitive, box["kind"].optional) == (True, True, True)
    assert box["set"].nested_type.nesting == 3
    assert box["set"].nested_type.attributes[0].type == b'"number"'
    number = next(one for one in schema.data_source_schemas["small_echo"].block.attributes if one.name == "number")
    assert number.computed
    assert not any(one.computed for one in schema.provider.block.attributes)
    assert schema.server_capabilities.plan_destroy
    assert schema.ephemeral_resource_schemas.keys() == {"small_token"}
    assert schema.functions["join"] == functions.functions["join"]
    assert functions.functions["join"].variadic_parameter.allow_unknown_values
    assert identities.identity_schemas["small_box"].identity_attributes[0].optional_for_import
    assert [one.type_name for one in metadata.resources] == ["small_box"]
    assert texts(schema) == []


async def test_mistakes_of_the_author_are_told_with_the_schema():
    """Before Terraform stumbles over them in words of its own."""

    class Wrong(Resource[Any]):
        type_name = "wrong"
        schema = Schema({
            "count": text(),
            "Name": text(default=5),
            "address": text(optional=False, computed=True, changes_with=("nothing",)),
        })  # fmt: skip
        default_timeouts = {"create": "soon"}

    class Leaky(DataSource[Any]):
        type_name = "small_leaky"
        schema = Schema({"key_wo": text(write_only=True)})

    async with serving(Wrong(), Wrong(), Leaky()) as wire:
        told = "\n".join(texts(await wire.call("GetProviderSchema")))
    mistakes = (
        "name count", "'Name' is no name", "the default 5", "changes with nothing", '"soon"', "begin with small_",
        "There are 2", "key_wo is write-only",
    )  # fmt: skip
    assert [mistake for mistake in mistakes if mistake not in told] == []


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Attribute(description=""),
        lambda: Attribute(description="", type=STRING),
        lambda: Attribute(description="", type=STRING, required=True, computed=True),
        lambda: Attribute(description="", type=STRING, required=True, default="x"),
        lambda: Attribute(description="", type=STRING, optional=True, computed=True, write_only=True),
        lambda: Nested(Nesting.SET, {"x": text(write_only=True)}),
        lambda: Nested(Nesting.SINGLE, {"x": text(local=True)}),
    ],
)
def test_impossible_attributes_cannot_be_written(wrong: Any):
    """They fail where they are written, not in a user's run."""
    with pytest.raises(ValueError, match=r"attribute|local"):
        wrong()
