"""The generated client is what the generator makes of the committed document and overlay, today."""

from __future__ import annotations

import copy
import json

import pytest

from tools import generate_client
from tools.generate_client import OVERLAY, SPEC, TARGET, generate

SPEC_DATA = json.loads(SPEC.read_text())
OVERLAY_DATA = json.loads(OVERLAY.read_text())

SMALL = {
    "paths": {
        "/platform/things/{id}": {
            "put": {
                "operationId": "set-thing",
                "consumes": ["application/text"],
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "type": "string"},
                    {"name": "mode", "in": "query", "required": True, "type": "string"},
                    {"name": "body", "in": "body", "schema": {"$ref": "#/definitions/Thing"}},
                ],
                "responses": {
                    "202": {"schema": {"type": "array", "items": {"$ref": "#/definitions/Thing"}}},
                    "200": {},
                    "302": {},
                    "404": {"schema": {"$ref": "#/definitions/Problem"}},
                },
            },
            "post": {"operationId": "poke", "parameters": [], "responses": {"200": {}}},
        }
    },
    "definitions": {
        "Thing": {
            "type": "object",
            "required": ["status"],
            "properties": {
                "status": {"type": "string", "enum": ["on", "off"]},
                "required": {"type": "string", "format": "date-time"},
                "old": {"type": "array", "items": {"$ref": "#/definitions/Legacy"}},
            },
        },
        "Legacy": {"type": "object", "properties": {"x": {"$ref": "#/definitions/LegacyPart"}}},
        "LegacyPart": {"type": "object"},
        "Problem": {"type": "object"},
        "Unused": {"type": "object"},
    },
}
PLAIN = {
    "patches": [],
    "free_definitions": {"names": []},
    "safe_operations": {},
    "global_operations": {},
    "raw_replies": {"names": []},
}


def made(operation, overlay=PLAIN):
    """Return the row of one operation of the small document."""
    overlay = generate_client.Overlay.read(overlay)
    rows = {item["operationId"]: (path, method, item) for path, method, item in generate_client.operations(SMALL)}
    return generate_client.operation_row(*rows[operation], overlay)


@pytest.mark.parametrize("name", ["__init__.py", "models.py", "operations.py"])
def test_committed_files_are_fresh(name, fresh):
    """Code that differs from its source is edited by hand or out of date."""
    assert (TARGET / name).read_text() == fresh[name], "run tools/generate_client.py"


@pytest.fixture(scope="module")
def fresh():
    """The output of one run."""
    return generate(SPEC_DATA, OVERLAY_DATA)


def test_nothing_else_is_committed(fresh):
    """A file that the generator no longer makes would live on unseen."""
    assert {file.name for file in TARGET.iterdir() if file.is_file()} == set(fresh)


def test_row_of_an_operation():
    """Each field steers a call: path, parameters, documented successes, region, repeats."""
    assert made("set-thing") == {
        "method": "PUT",
        "path": "/platform/things/{id}",
        "path_params": ("id",),
        "query_params": ("mode",),
        "required_query": ("mode",),
        "body": "Thing",
        "responses": {200: None, 202: "[Thing]"},
        "regional": True,
        "safe": True,
        "content_type": "application/text",
    }
    assert made("poke") == {
        "method": "POST",
        "path": "/platform/things/{id}",
        "responses": {200: None},
        "regional": True,
    }


def test_overlay_changes_rows():
    """Facts that the document does not tell."""
    overlay = {
        **PLAIN,
        "safe_operations": {"poke": ""},
        "global_operations": {"poke": ""},
        "raw_replies": {"names": ["poke"]},
    }
    assert made("poke", overlay) == {"method": "POST", "path": "/platform/things/{id}", "safe": True, "proxied": True}


def test_schemas_are_relaxed_and_pruned():
    """Constraints go, properties that are named like constraints stay, free definitions become free objects."""
    overlay = generate_client.Overlay.read({**PLAIN, "free_definitions": {"names": ["Legacy"]}})
    schemas = generate_client.model_schemas(SMALL, overlay)
    assert set(schemas) == {"Thing", "Problem"}
    assert schemas["Thing"] == {
        "type": "object",
        "properties": {
            "status": {"type": "string"},
            "required": {"type": "string"},
            "old": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
        },
    }


@pytest.mark.parametrize(
    "change",
    [
        {"patches": [{"at": "/definitions/Thing/properties/gone", "set": {}, "reason": "x"}]},
        {"free_definitions": {"names": ["Nobody"]}},
        {"safe_operations": {"nobody": "x"}},
    ],
)
def test_a_correction_without_a_place_fails(change):
    """When the document changes, corrections must be looked at again."""
    with pytest.raises(KeyError):
        generate_client.corrected(SMALL, generate_client.Overlay.read({**PLAIN, **change}))


def test_a_patch_is_applied_to_a_copy():
    """The input stays what it is."""
    before = copy.deepcopy(SMALL)
    patch = {"at": "/definitions/Thing/properties/status", "set": {"type": "integer"}, "reason": "x"}
    done = generate_client.corrected(SMALL, generate_client.Overlay.read({**PLAIN, "patches": [patch]}))
    assert done["definitions"]["Thing"]["properties"]["status"] == {"type": "integer"}
    assert before == SMALL


def test_every_correction_has_a_reason():
    """Nobody dares to remove what nobody explains."""
    reasons = [patch["reason"] for patch in OVERLAY_DATA["patches"]]
    reasons += [OVERLAY_DATA[part]["reason"] for part in ("free_definitions", "raw_replies")]
    reasons += [*OVERLAY_DATA["safe_operations"].values(), *OVERLAY_DATA["global_operations"].values()]
    assert all(len(reason.split()) >= 4 for reason in reasons)
