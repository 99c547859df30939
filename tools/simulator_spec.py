"""Cuts the simulator's own copy of the ECE API document out of the vendor's file.

`python tools/simulator_spec.py <apidocs.json>` writes spec/simulator/apidocs.json (to be read and diffed) and the same
document, compressed, into the package. Nothing is loosened here: `required`, enums and types stay as the vendor wrote
them, except for the corrections listed in `CORRECTIONS`, each with its reason.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

from ece_simulator.routes import ROUTES

ROOT = Path(__file__).resolve().parent.parent
READABLE = ROOT / "spec" / "simulator" / "apidocs.json"
PACKAGED = ROOT / "simulator" / "ece_simulator" / "apidocs.json.gz"
METHODS = ("get", "put", "post", "delete", "patch")
PROSE = ("description", "summary", "example", "tags", "x-doc", "externalDocs")

# The vendor's file types these as `object` although it carries any JSON value there.
CORRECTIONS: dict[tuple[str, ...], Any] = {
    ("KeystoreSecret", "properties", "value"): {},  # strings are the normal case
    ("RangeQuery", "properties", "gt"): {},  # dates and numbers
    ("RangeQuery", "properties", "gte"): {},
    ("RangeQuery", "properties", "lt"): {},
    ("RangeQuery", "properties", "lte"): {},
    ("SearchRequest", "properties", "sort"): {"type": "array", "items": {}},  # field names are sent too
    ("ClusterPlanStepLogMessageInfo", "properties", "internal_details"): {"type": "object"},  # nested objects occur
}


def without_prose(value: Any, names_are_data: bool = False) -> Any:
    """The same JSON without texts for readers; keys of `properties` and `definitions` are data and stay."""
    if isinstance(value, dict):
        return {
            key: without_prose(item, key in ("properties", "definitions", "paths", "headers") and not names_are_data)
            for key, item in value.items()
            if names_are_data or key not in PROSE
        }
    if isinstance(value, list):
        return [without_prose(item) for item in value]
    return value


def references(value: Any) -> set[str]:
    """Names of all definitions a piece of the document refers to."""
    if isinstance(value, dict):
        own = {value["$ref"].rsplit("/", 1)[1]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(references(item) for item in value))
    return set()


def reachable(document: dict[str, Any], start: set[str]) -> set[str]:
    """All definitions needed by the given ones, themselves included."""
    found: set[str] = set()
    waiting = set(start)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= references(document["definitions"][name]) - found
    return found


def trim(document: dict[str, Any], supported: set[str]) -> dict[str, Any]:
    """The document with the supported operations whole and all others as bare names."""
    paths: dict[str, Any] = {}
    unsupported: list[dict[str, str]] = []
    for path, methods in document["paths"].items():
        for method in METHODS:
            operation = methods.get(method)
            if operation is None:
                continue
            if operation["operationId"] in supported:
                paths.setdefault(path, {})[method] = without_prose(operation)
            else:
                name = operation["operationId"]
                unsupported.append({"method": method.upper(), "path": path, "operationId": name})
    definitions = {
        name: without_prose(document["definitions"][name])
        for name in sorted(reachable(document, references(paths) | {"BasicFailedReply"}))
    }
    for place, corrected in CORRECTIONS.items():
        target = definitions
        if place[0] not in definitions:
            continue
        for key in place[:-1]:
            target = target[key]
        target[place[-1]] = corrected
    return {
        "swagger": "2.0",
        "info": {"title": document["info"]["title"], "version": document["info"]["version"]},
        "basePath": document["basePath"],
        "paths": paths,
        "definitions": definitions,
        "x-unsupported": unsupported,
    }


def main() -> None:
    """Reads the vendor's file named on the command line and writes both copies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("apidocs", type=Path, help="the vendor's Swagger file")
    source = parser.parse_args().apidocs.read_bytes()
    trimmed = trim(json.loads(source), {route.operation_id for route in ROUTES})
    trimmed["x-source-sha256"] = hashlib.sha256(source).hexdigest()
    readable = json.dumps(trimmed, indent=1, sort_keys=True) + "\n"
    READABLE.parent.mkdir(parents=True, exist_ok=True)
    READABLE.write_text(readable, encoding="utf-8")
    compact = json.dumps(trimmed, separators=(",", ":"), sort_keys=True).encode()
    PACKAGED.write_bytes(gzip.compress(compact, mtime=0))
    print(f"{len(ROUTES)} operations, {len(trimmed['definitions'])} definitions, {len(compact)} bytes")


if __name__ == "__main__":
    main()
