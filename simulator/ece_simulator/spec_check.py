"""Holds requests against the API document: required fields, types, enums, query parameters.

Strict where the document is strict, except for two things clients rely on: an explicit null for an optional field,
and fields or parameters the document does not know. The latter are accepted and reported, so that tests can demand
that none were sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ece_simulator.message import Request
from ece_simulator.problems import Complaint, Problem
from ece_simulator.specification import Operation, Parameter, specification

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
_BODY_CODE = "root.invalid_json_request"
_QUERY_CODE = "root.invalid_data"  # inferred: the documents name no code for a bad query parameter


@dataclass
class Checked:
    """A request that passed: typed query values with defaults, decoded body, what the document does not know."""

    query: dict[str, Any]
    body: Any
    unknown_fields: list[str] = field(default_factory=list)


def _is_of_type(value: Any, type_name: str) -> bool:
    if isinstance(value, bool):
        return type_name == "boolean"
    return isinstance(value, _TYPES[type_name])


class _Body:
    """One walk over a body: complaints and unknown fields are collected side by side."""

    def __init__(self) -> None:
        self.complaints: list[Complaint] = []
        self.unknown: list[str] = []

    def walk(self, schema: dict[str, Any], value: Any, place: str) -> None:
        if "$ref" in schema:
            schema = specification().definitions[schema["$ref"].rsplit("/", 1)[1]]
        type_name = schema.get("type")
        if type_name and not _is_of_type(value, type_name):
            found = "null" if value is None else type(value).__name__
            self._complain(place, f"expected {type_name}, got {found}")
            return
        if "enum" in schema and value not in schema["enum"]:
            self._complain(place, f"[{value}] is not one of {', '.join(schema['enum'])}")
        if type_name == "array":
            for index, item in enumerate(value):
                self.walk(schema.get("items", {}), item, f"{place}[{index}]")
        elif type_name == "object":
            self._object(schema, value, place)

    def _object(self, schema: dict[str, Any], value: dict[str, Any], place: str) -> None:
        prefix = f"{place}." if place else ""
        properties = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name not in value:
                self._complain(prefix + name, "required field is missing")
        extra = schema.get("additionalProperties")
        for name, item in value.items():
            if name in properties:
                self._property(schema, name, item, prefix + name)
            elif isinstance(extra, dict):
                self.walk(extra, item, prefix + name)
            elif properties:
                self.unknown.append(prefix + name)

    def _property(self, schema: dict[str, Any], name: str, item: Any, place: str) -> None:
        if item is None and name not in schema.get("required", ()):
            return
        self.walk(schema["properties"][name], item, place)

    def _complain(self, place: str, text: str) -> None:
        self.complaints.append(Complaint(_BODY_CODE, f"{place or 'body'}: {text}", (place or "body",)))


def check_request(operation: Operation, request: Request) -> Checked:
    """Checks query and body; raises Problem 400 that names every wrong field."""
    query, unknown = _query(operation, request)
    body = _decode(operation, request)
    walk = _Body()
    if body is not None and operation.body is not None and not isinstance(body, bytes):
        walk.walk(operation.body, body, "")
    if walk.complaints:
        raise Problem.of(400, walk.complaints)
    return Checked(query, body, unknown + walk.unknown)


def _decode(operation: Operation, request: Request) -> Any:
    if operation.body is None:
        return None
    raw = operation.body.get("type") == "string"
    if not request.body.strip():
        if operation.body_required:
            raise Problem(400, _BODY_CODE, "The request has no body", ["body"])
        return b"" if raw else None
    if raw:
        return request.body  # texts that are no JSON: PEM, patches, what the management channel passes on
    try:
        return json.loads(request.body)
    except ValueError as error:
        raise Problem(400, _BODY_CODE, f"The body is not valid JSON: {error}", ["body"]) from error


def _query(operation: Operation, request: Request) -> tuple[dict[str, Any], list[str]]:
    known = {parameter.name: parameter for parameter in operation.parameters if parameter.place == "query"}
    values = {name: parameter.default for name, parameter in known.items()}
    unknown = []
    for name, text in request.query:
        if name in known:
            values[name] = _typed(known[name], text)
        else:
            unknown.append(f"?{name}")
    if operation.path.endswith("{proxy_path}"):
        unknown = []  # they are for what is behind the management channel
    for missing in _missing(known, values):
        raise Problem(400, _QUERY_CODE, f"Query parameter [{missing}] is required", [missing])
    return values, unknown


def _missing(known: dict[str, Parameter], values: dict[str, Any]) -> Iterator[str]:
    return (name for name, parameter in known.items() if parameter.required and values[name] is None)


def _typed(parameter: Parameter, text: str) -> Any:
    value: Any = text
    if parameter.type == "boolean":
        value = {"true": True, "false": False}.get(text.lower())
    elif parameter.type == "integer":
        value = int(text) if text.lstrip("-").isdigit() else None
    if value is None or (parameter.allowed and value not in parameter.allowed):
        wanted = " or ".join(parameter.allowed) if parameter.allowed else parameter.type
        message = f"Query parameter [{parameter.name}] must be {wanted}, got [{text}]"
        raise Problem(400, _QUERY_CODE, message, [parameter.name])
    return value
