"""The tool that cuts the simulator's document: nothing loosened, nothing lost."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from tests.simulator.support import DOCUMENT, ROOT, operations


@pytest.fixture(scope="module")
def tool() -> Any:
    """The tool as a module."""
    where = importlib.util.spec_from_file_location("simulator_spec", ROOT / "tools" / "simulator_spec.py")
    assert where is not None
    assert where.loader is not None
    module = importlib.util.module_from_spec(where)
    where.loader.exec_module(module)
    return module


def test_trimming_again_changes_nothing(tool: Any) -> None:
    """What the tool keeps it keeps whole, so a second run over its own result gives the same operations."""
    again = tool.trim(DOCUMENT, set(operations()))

    assert again["paths"] == DOCUMENT["paths"]
    assert again["definitions"] == DOCUMENT["definitions"]


def test_what_is_kept_and_what_is_dropped(tool: Any) -> None:
    """Constraints stay, prose goes, properties that are called like prose stay, other operations become names."""
    model = {
        "type": "object",
        "description": "prose",
        "required": ["description"],
        "properties": {
            "description": {"type": "string", "description": "prose", "enum": ["a"]},
            "peer": {"$ref": "#/definitions/Peer"},
        },
    }
    document = {
        "info": {"title": "t", "version": "1"},
        "basePath": "/api/v1",
        "paths": {
            "/kept": {"get": {"operationId": "kept", "summary": "prose", "responses": {"200": _reply("Model")}}},
            "/other": {"put": {"operationId": "other", "responses": {"200": _reply("Unused")}}},
        },
        "definitions": {"Model": model, "Peer": {"type": "object"}, "Unused": {}, "BasicFailedReply": {}},
    }

    trimmed = tool.trim(document, {"kept"})

    assert trimmed["paths"] == {"/kept": {"get": {"operationId": "kept", "responses": {"200": _reply("Model")}}}}
    assert set(trimmed["definitions"]) == {"Model", "Peer", "BasicFailedReply"}
    assert trimmed["definitions"]["Model"]["required"] == ["description"]
    assert trimmed["definitions"]["Model"]["properties"]["description"] == {"type": "string", "enum": ["a"]}
    assert trimmed["x-unsupported"] == [{"method": "PUT", "path": "/other", "operationId": "other"}]


def test_corrections_are_the_only_difference(tool: Any) -> None:
    """The fields the vendor mistyped take any JSON; there are no other corrections than those listed."""
    for (definition, *path), corrected in tool.CORRECTIONS.items():
        found: Any = DOCUMENT["definitions"].get(definition)
        for step in path if found is not None else ():
            found = found[step]
        assert found in (None, corrected)


def _reply(name: str) -> dict[str, Any]:
    return {"schema": {"$ref": f"#/definitions/{name}"}}
