"""The simulator's copy of the ECE API document: loaded once, found by operation id. No judgement in here."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Parameter:
    """A query, path or header parameter."""

    name: str
    place: str
    type: str
    required: bool
    default: Any = None
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Operation:
    """One supported operation of the document."""

    operation_id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: dict[str, Any] | None
    body_required: bool
    responses: dict[int, dict[str, Any]] = field(default_factory=dict)

    def model(self, status: int) -> dict[str, Any] | None:
        """Schema of the reply with that status, if the document gives one."""
        return self.responses.get(status, {}).get("schema")

    def sends_version_headers(self, status: int) -> bool:
        """Whether the document promises the three `x-cloud-resource-*` headers with that status."""
        return "x-cloud-resource-version" in self.responses.get(status, {}).get("headers", {})


@dataclass(frozen=True)
class Specification:
    """All supported operations, the definitions they need, and the bare names of all others."""

    base_path: str
    operations: dict[str, Operation]
    definitions: dict[str, Any]
    unsupported: tuple[tuple[str, str, str], ...]
    """(method, path, operation id) of what the document knows and the simulator does not do."""


def _parameter(raw: dict[str, Any]) -> Parameter:
    return Parameter(
        raw["name"], raw["in"], raw.get("type", "string"), raw.get("required", False), raw.get("default"),
        tuple(raw.get("enum", ())),
    )  # fmt: skip


def _operation(method: str, path: str, raw: dict[str, Any]) -> Operation:
    parameters = raw.get("parameters", [])
    body = next((p for p in parameters if p["in"] == "body"), None)
    return Operation(
        operation_id=raw["operationId"],
        method=method.upper(),
        path=path,
        parameters=tuple(_parameter(p) for p in parameters if p["in"] != "body"),
        body=body["schema"] if body else None,
        body_required=bool(body and body.get("required")),
        responses={int(status): response for status, response in raw["responses"].items()},
    )


@cache
def specification() -> Specification:
    """The packaged document. Made by tools/simulator_spec.py."""
    packed = files("ece_simulator").joinpath("apidocs.json.gz").read_bytes()
    document = json.loads(gzip.decompress(packed))
    operations = [
        _operation(method, path, raw) for path, methods in document["paths"].items() for method, raw in methods.items()
    ]
    return Specification(
        base_path=document["basePath"],
        operations={operation.operation_id: operation for operation in operations},
        definitions=document["definitions"],
        unsupported=tuple((u["method"], u["path"], u["operationId"]) for u in document["x-unsupported"]),
    )
