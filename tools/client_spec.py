"""Makes spec/ece-api.json, which the client is generated from: the wanted operations and what they reach.

Input is the Swagger document of an Elastic Cloud Enterprise, for example the one an installation serves at
`/api/v1/api-docs/swagger.json`.
Prose (descriptions, summaries, examples) is left out; types, `required`, enums and defaults are kept as they are.
Corrections do not belong here but in spec/ece-api-overlay.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "spec" / "ece-api.json"

WANTED = (
    # deployments
    "list-deployments", "create-deployment", "search-deployments", "get-deployment", "update-deployment",
    "delete-deployment",
    "restore-deployment", "shutdown-deployment", "migrate-deployment-template",
    "get-deployment-certificate-authority",
    # resources of a deployment
    "get-deployment-es-resource-info", "get-deployment-kib-resource-info",
    "get-deployment-integrations-server-resource-info",
    "restart-deployment-es-resource", "restart-deployment-stateless-resource",
    "shutdown-deployment-es-resource", "shutdown-deployment-stateless-resource",
    "restore-deployment-resource", "delete-deployment-stateless-resource",
    "cancel-deployment-resource-pending-plan", "get-deployment-resource-plan-activity",
    "reset-elasticsearch-user-password", "enable-deployment-resource-ccr",
    # keystore, remote clusters
    "get-deployment-es-resource-keystore", "set-deployment-es-resource-keystore",
    "get-deployment-es-resource-remote-clusters", "set-deployment-es-resource-remote-clusters",
    "get-deployment-es-resource-eligible-remote-clusters", "search-eligible-remote-clusters",
    # management channel
    "get-deployment-resource-proxy-requests", "post-deployment-resource-proxy-requests",
    "put-deployment-resource-proxy-requests", "delete-deployment-resource-proxy-requests",
    # traffic filters
    "get-traffic-filter-rulesets", "create-traffic-filter-ruleset", "get-traffic-filter-ruleset",
    "update-traffic-filter-ruleset", "delete-traffic-filter-ruleset",
    "get-traffic-filter-ruleset-deployment-associations", "create-traffic-filter-ruleset-association",
    "delete-traffic-filter-ruleset-association", "get-traffic-filter-deployment-ruleset-associations",
    # templates, versions
    "get-deployment-templates-v2", "get-deployment-template-v2", "get-version-stacks", "get-version-stack",
    # trust of the installation, account
    "get-trust-relationships", "create-trust-relationship", "get-trust-relationship", "update-trust-relationship",
    "delete-trust-relationship", "get-current-account", "update-current-account", "patch-current-account",
    "get-trusted-envs", "list-organizations",
    # platform
    "get-platform", "get-tls-certificate", "set-tls-certificate", "get-extra-certificates",
    "get-extra-certificate",
    "set-extra-certificate", "delete-extra-certificate", "get-snapshot-repositories", "get-snapshot-repository",
    "set-snapshot-repository", "delete-snapshot-repository",
    # users and sessions
    "login", "logout", "refresh-token", "get-current-user", "get-api-keys", "create-api-key", "get-api-key",
    "delete-api-key",
)  # fmt: skip

PROSE = frozenset({"description", "summary", "title", "example", "x-doc", "x-gateway", "x-internal"})
OPERATION_PARTS = ("operationId", "consumes", "parameters", "responses")


def trim(document: dict[str, Any], wanted: Sequence[str] = WANTED) -> dict[str, Any]:
    """Return the part of a Swagger `document` that the operations named in `wanted` reach.

    Raises SystemExit naming every wanted operation that the document does not have.
    """
    names = set(wanted)
    paths = {path: kept for path, item in document["paths"].items() if (kept := _operations(item, names))}
    missing = names - {operation["operationId"] for item in paths.values() for operation in item.values()}
    if missing:
        raise SystemExit(f"the API document has no operation {', '.join(sorted(missing))}")
    definitions = document["definitions"]
    reached = reachable(paths, definitions)
    return {
        "swagger": document["swagger"],
        "info": {"title": document["info"]["title"], "version": document["info"]["version"]},
        "basePath": document["basePath"],
        "paths": dict(sorted(paths.items())),
        "definitions": {name: _without_prose(definitions[name]) for name in sorted(reached)},
    }


def reachable(start: Any, definitions: dict[str, Any]) -> set[str]:
    """Return the names of all definitions that `start` refers to, directly or through others."""
    reached: set[str] = set()
    waiting = list(references(start))
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(references(definitions[name]))
    return reached


def references(part: Any) -> Iterator[str]:
    """Yield the name of every definition that a piece of a Swagger document refers to."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"].removeprefix("#/definitions/")
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def lines(document: dict[str, Any]) -> str:
    """Return `document` as JSON with one line per operation and per definition, so that a change shows as a line."""
    head = {key: value for key, value in document.items() if key not in ("paths", "definitions")}
    paths = ",\n".join(
        f"  {json.dumps(path)}: {{\n{_rows(item, indent=4)}\n  }}" for path, item in document["paths"].items()
    )
    return (
        f"{json.dumps(head)[:-1]},\n"
        f'"paths": {{\n{paths}\n}},\n'
        f'"definitions": {{\n{_rows(document["definitions"], indent=2)}\n}}}}\n'
    )


def _rows(mapping: dict[str, Any], indent: int) -> str:
    margin = " " * indent
    return ",\n".join(f"{margin}{json.dumps(key)}: {json.dumps(value)}" for key, value in mapping.items())


def _operations(item: dict[str, Any], wanted: set[str]) -> dict[str, Any]:
    return {
        method: _without_prose({part: operation[part] for part in OPERATION_PARTS if part in operation})
        for method, operation in sorted(item.items())
        if operation["operationId"] in wanted
    }


def _without_prose(part: Any, *, names: bool = False) -> Any:
    """Drop prose; `names` is true inside a mapping whose keys are names of properties, which are never prose."""
    if isinstance(part, list):
        return [_without_prose(value) for value in part]
    if not isinstance(part, dict):
        return part
    return {
        key: _without_prose(value, names=not names and key == "properties")
        for key, value in part.items()
        if names or (key not in PROSE and key != "headers")
    }


def main(arguments: list[str]) -> None:
    """Read the document named on the command line and write spec/ece-api.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("document", type=Path, help="Swagger document of an Elastic Cloud Enterprise (JSON)")
    source = parser.parse_args(arguments).document
    TARGET.write_text(lines(trim(json.loads(source.read_text()))))


if __name__ == "__main__":
    main(sys.argv[1:])
