"""A small provider with every shape that the generator of L1 classes must handle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from terraform_plugin.provider import Provider
from terraform_plugin.resource import DataSource, Resource
from terraform_plugin.schema import Attribute, Nested, Nesting, Schema
from terraform_plugin.types import BOOL, DYNAMIC, NUMBER, STRING, ListOf, MapOf, ObjectOf, SetOf, Type


def optional(kind: Type, description: str = "Something.", **more: Any) -> Attribute:
    """An optional argument."""
    return Attribute(type=kind, optional=True, description=description, **more)


def nested(nesting: Nesting, **attributes: Attribute) -> Attribute:
    """An optional nested argument."""
    return Attribute(optional=True, description="Inner.", nested=Nested(nesting, attributes))


class Thing(Resource[None]):
    """Every kind of argument."""

    type_name = "sample_thing"
    schema = Schema(
        description='A thing with a backslash \\ and """quotes""".',
        attributes={
            "name": Attribute(type=STRING, required=True, description="Name of the thing"),
            "size": optional(NUMBER),
            "on": optional(BOOL, deprecated="use off"),
            "words": optional(ListOf(STRING)),
            "marks": optional(SetOf(STRING)),
            "tags": optional(MapOf(STRING)),
            "grid": optional(ListOf(ListOf(NUMBER))),
            "shape": optional(ObjectOf({"a": STRING})),
            "anything": optional(DYNAMIC),
            "secret_wo": optional(STRING, write_only=True, sensitive=True),
            "class": optional(STRING),
            "count": optional(NUMBER),
            "one": nested(
                Nesting.SINGLE,
                id=Attribute(type=STRING, required=True, description="Inner id."),
                deep=nested(Nesting.LIST, flag=optional(BOOL)),
                seen=Attribute(type=STRING, computed=True, description="Read only."),
            ),
            "many": nested(Nesting.SET, **{"from": optional(STRING)}),
            "named": nested(Nesting.MAP, weight=optional(NUMBER)),
            "id": Attribute(type=STRING, computed=True, description="Id of the thing."),
            "ports": Attribute(type=ListOf(NUMBER), computed=True, description="Ports of the thing."),
        },
    )


class ThingData(DataSource[None]):
    """The same, read only; its id is an argument."""

    type_name = "sample_thing"
    schema = Schema({"id": Attribute(type=STRING, required=True, description="Id.")})


class SampleProvider(Provider[None]):
    """The provider."""

    name = "sample"
    version = "1.4.2"
    schema = Schema(
        {
            "endpoint": optional(STRING, "Where it is, told at such length that the line would not fit into the width "
                                         "of a file and so has to be wrapped by the generator."),
            "others": nested(Nesting.MAP, endpoint=optional(STRING)),
            "labels": optional(MapOf(STRING)),
        }
    )  # fmt: skip

    @property
    def resources(self) -> Sequence[Resource[None]]:
        """The resources."""
        return (Thing(),)

    @property
    def data_sources(self) -> Sequence[DataSource[None]]:
        """The data sources."""
        return (ThingData(),)
