"""The trimmed API document holds the wanted operations and all they reach, without prose."""

from __future__ import annotations

import json

import pytest

from tools.client_spec import TARGET, WANTED, lines, references, trim

DOCUMENT = {
    "swagger": "2.0",
    "info": {"title": "API", "version": "1", "description": "prose"},
    "host": "{{hostname}}",
    "basePath": "/api/v1",
    "paths": {
        "/a": {
            "get": {
                "operationId": "get-a",
                "tags": ["T"],
                "summary": "prose",
                "parameters": [
                    {"name": "q", "in": "query", "required": False, "type": "string", "description": "prose"}
                ],
                "responses": {
                    "200": {"description": "prose", "headers": {"x": {}}, "schema": {"$ref": "#/definitions/A"}}
                },
            },
            "put": {"operationId": "put-a", "responses": {}},
        },
        "/b": {"get": {"operationId": "get-b", "responses": {}}},
    },
    "definitions": {
        "A": {
            "description": "prose",
            "required": ["description"],
            "properties": {
                "description": {"type": "string", "description": "prose"},
                "properties": {"description": "prose", "$ref": "#/definitions/B"},
            },
        },
        "B": {"properties": {"again": {"type": "array", "items": {"$ref": "#/definitions/A"}}}},
        "C": {"type": "object"},
    },
}


def test_trim():
    """Properties that are called like prose are no prose, and cycles end."""
    assert trim(DOCUMENT, ["get-a"]) == {
        "swagger": "2.0",
        "info": {"title": "API", "version": "1"},
        "basePath": "/api/v1",
        "paths": {
            "/a": {
                "get": {
                    "operationId": "get-a",
                    "parameters": [{"name": "q", "in": "query", "required": False, "type": "string"}],
                    "responses": {"200": {"schema": {"$ref": "#/definitions/A"}}},
                }
            }
        },
        "definitions": {
            "A": {
                "required": ["description"],
                "properties": {"description": {"type": "string"}, "properties": {"$ref": "#/definitions/B"}},
            },
            "B": {"properties": {"again": {"type": "array", "items": {"$ref": "#/definitions/A"}}}},
        },
    }


def test_a_missing_operation_is_named():
    """Another version of the API may have dropped or renamed one."""
    with pytest.raises(SystemExit, match="get-z"):
        trim(DOCUMENT, ["get-a", "get-z"])


def test_lines_are_the_same_document():
    """The layout is for people who read a diff."""
    text = lines(trim(DOCUMENT, ["get-a", "get-b"]))
    assert json.loads(text) == trim(DOCUMENT, ["get-a", "get-b"])
    assert sum('"operationId"' in line for line in text.splitlines()) == 2


def test_committed_document_is_complete():
    """Every wanted operation, every definition that is referred to and none besides, no prose."""
    document = json.loads(TARGET.read_text())
    operations = {item["operationId"] for path in document["paths"].values() for item in path.values()}
    assert operations == set(WANTED)
    assert len(WANTED) == len(set(WANTED))
    assert set(references([document["paths"], document["definitions"]])) == set(document["definitions"])
    assert trim(document) == document
