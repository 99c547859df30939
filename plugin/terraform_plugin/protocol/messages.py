"""Message classes made at run time from the table: no generated code, no compiler to pin.

`m("ReadResource.Request")` is the class of that message.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2

from terraform_plugin.protocol.table import ENUMS, MESSAGES

PACKAGE = "tfplugin6"
_Field = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    "string": _Field.TYPE_STRING, "bytes": _Field.TYPE_BYTES, "bool": _Field.TYPE_BOOL, "int64": _Field.TYPE_INT64,
}  # fmt: skip
_FIELD = re.compile(r"(\d+) (\w+) (\[[\w.]+\]|\{[\w.,]+\}|[\w.]+[?|]?)")


class _File:
    """One descriptor file under construction."""

    def __init__(self) -> None:
        self.proto = descriptor_pb2.FileDescriptorProto(
            name="terraform/plugin6.proto", package=PACKAGE, syntax="proto3"
        )
        self.proto.dependency.append("google/protobuf/timestamp.proto")
        self._messages: dict[str, Any] = {}
        self._enums: set[str] = set()

    def build(self) -> descriptor_pb2.FileDescriptorProto:
        """Fill the file from the table."""
        lines = [line.partition(":") for line in MESSAGES.strip().splitlines()]
        for name, _, _ in lines:
            self._message(name)
        for line in ENUMS.strip().splitlines():
            name, _, values = line.partition(":")
            self._enum(name, values.split())
        for name, _, fields in lines:
            for number, field, kind in _FIELD.findall(fields):
                self._add(name, int(number), field, kind)
        return self.proto

    def _message(self, name: str) -> None:
        parent, _, own = name.rpartition(".")
        into = self._messages[parent].nested_type if parent else self.proto.message_type
        self._messages[name] = into.add(name=own)

    def _enum(self, name: str, values: list[str]) -> None:
        parent, _, own = name.rpartition(".")
        enum = (self._messages[parent] if parent else self.proto).enum_type.add(name=own)
        for number, value in enumerate(values):
            enum.value.add(name=value, number=number)
        self._enums.add(name)

    def _add(self, owner: str, number: int, name: str, kind: str) -> None:
        message = self._messages[owner]
        field = message.field.add(name=name, number=number, label=_Field.LABEL_OPTIONAL)
        if kind.startswith("{"):
            key, value = kind[1:-1].split(",")
            self._map(message, owner, field, key, value)
            return
        if kind.startswith("["):
            field.label = _Field.LABEL_REPEATED
        elif kind.endswith("|"):
            field.oneof_index = self._group(message, "selector")
        elif kind.endswith("?"):
            field.proto3_optional = True
            field.oneof_index = self._group(message, f"_{name}")
        self._type(field, owner, kind.strip("[]?|"))

    @staticmethod
    def _group(message: Any, name: str) -> int:
        names = [group.name for group in message.oneof_decl]
        if name not in names:
            message.oneof_decl.add(name=name)
            return len(names)
        return names.index(name)

    def _map(self, message: Any, owner: str, field: Any, key: str, value: str) -> None:
        entry_name = "".join(part.capitalize() for part in field.name.split("_")) + "Entry"
        entry = message.nested_type.add(name=entry_name)
        entry.options.map_entry = True
        for number, (name, kind) in enumerate((("key", key), ("value", value)), start=1):
            self._type(entry.field.add(name=name, number=number, label=_Field.LABEL_OPTIONAL), owner, kind)
        field.label = _Field.LABEL_REPEATED
        field.type = _Field.TYPE_MESSAGE
        field.type_name = f".{PACKAGE}.{owner}.{entry_name}"

    def _type(self, field: Any, owner: str, kind: str) -> None:
        if kind in _SCALARS:
            field.type = _SCALARS[kind]
            return
        if kind.startswith("."):
            field.type, field.type_name = _Field.TYPE_MESSAGE, kind
            return
        full = self._resolve(owner, kind)
        field.type = _Field.TYPE_ENUM if full in self._enums else _Field.TYPE_MESSAGE
        field.type_name = f".{PACKAGE}.{full}"

    def _resolve(self, owner: str, kind: str) -> str:
        """The full name of a type, looked up from the inside out."""
        scope = owner.split(".")
        while scope:
            candidate = ".".join([*scope, kind])
            if candidate in self._messages or candidate in self._enums:
                return candidate
            scope.pop()
        return kind


@cache
def _pool() -> descriptor_pool.DescriptorPool:
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(timestamp_pb2.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(_File().build().SerializeToString())
    pool.AddSerializedFile(_services().SerializeToString())
    return pool


def _services() -> descriptor_pb2.FileDescriptorProto:
    """The few messages of the plugin's other services."""
    file = descriptor_pb2.FileDescriptorProto(name="terraform/services.proto", package="services", syntax="proto3")
    file.message_type.add(name="Empty")
    data = file.message_type.add(name="StdioData")
    data.field.add(name="channel", number=1, label=_Field.LABEL_OPTIONAL, type=_Field.TYPE_INT32)
    data.field.add(name="data", number=2, label=_Field.LABEL_OPTIONAL, type=_Field.TYPE_BYTES)
    check = file.message_type.add(name="HealthCheckRequest")
    check.field.add(name="service", number=1, label=_Field.LABEL_OPTIONAL, type=_Field.TYPE_STRING)
    health = file.message_type.add(name="HealthCheckResponse")
    health.field.add(name="status", number=1, label=_Field.LABEL_OPTIONAL, type=_Field.TYPE_INT32)
    return file


@cache
def m(name: str) -> Any:
    """The class of a message of the protocol, such as ``Diagnostic`` or ``ReadResource.Request``."""
    return message_factory.GetMessageClass(_pool().FindMessageTypeByName(f"{PACKAGE}.{name}"))


@cache
def service_message(name: str) -> Any:
    """The class of a message of the plugin's other services."""
    return message_factory.GetMessageClass(_pool().FindMessageTypeByName(f"services.{name}"))
