"""`-o` of kubectl: whole objects, names, and single values by jsonpath or go-template."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from ece_simulator.eck.kinds import ELASTICSEARCH, POD, SERVICE, Kind, Manifest, Refused
from ece_simulator.partners.yaml_text import dumped

_STEP = re.compile(r"\.(?P<name>(?:\\.|[^.\[\]{}\\])+)|\[(?P<index>\d+)\]|\[['\"](?P<quoted>[^'\"]+)['\"]\]")
_BLOCK = re.compile(r"\{(?P<path>[^{}]*)\}")
_TEMPLATE = re.compile(r"\{\{-?\s*(?P<body>.*?)\s*-?\}\}", re.DOTALL)
_INDEX = re.compile(r"index\s+(?P<path>\.[\w.]+)\s+\"(?P<key>[^\"]+)\"\Z")


def shown(found: Manifest, form: str | None, told: str) -> str:
    """An object as an output form wants it; empty without a form. `told` is its name for people."""
    match (form or "").partition("="):
        case ("", _, _):
            return ""
        case ("name", _, _):
            return f"{told}\n"
        case ("yaml", _, _):
            return dumped(found)
        case ("json", _, _):
            return json.dumps(found, indent=4) + "\n"
        case ("jsonpath", _, path):
            return _jsonpath(found, path)
        case ("go-template", _, template):
            return _go_template(found, template)
    raise Refused(f'unable to match a printer suitable for the output format "{form}"')


_COLUMNS: dict[Kind, tuple[tuple[str, str], ...]] = {
    ELASTICSEARCH: (("HEALTH", ".status.health"), ("VERSION", ".spec.version"), ("PHASE", ".status.phase")),
    SERVICE: (("TYPE", ".spec.type"), ("EXTERNAL-IP", ".status.loadBalancer.ingress[0].hostname")),
    POD: (("STATUS", ".status.phase"),),
}


def table(kind: Kind, objects: list[Manifest]) -> str:
    """Objects for people: names and what matters of the kind."""
    columns = (("NAME", ".metadata.name"), *_COLUMNS.get(kind, ()))
    rows = [[title for title, _ in columns]]
    rows += [[_text(_at(one, path)) or "<none>" for _, path in columns] for one in objects]
    widths = [max(len(row[place]) for row in rows) for place in range(len(columns))]
    lines = ("   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "".join(f"{line}\n" for line in lines)


def _jsonpath(found: Manifest, path: str) -> str:
    text = path if "{" in path else f"{{{path}}}"
    return _BLOCK.sub(lambda block: _text(_at(found, block["path"])), text)


def _at(found: Any, path: str) -> Any:
    place, value = 0, found
    path = path.removeprefix("$")
    while place < len(path):
        step = _STEP.match(path, place)
        if step is None:
            raise Refused(f"error: error parsing jsonpath {path}")
        name = step["quoted"] or re.sub(r"\\(.)", r"\1", step["name"] or "")
        try:
            value = value[int(step["index"])] if step["index"] is not None else value[name]
        except (KeyError, IndexError, TypeError):
            return None
        place = step.end()
    return value


def _go_template(found: Manifest, template: str) -> str:
    return _TEMPLATE.sub(lambda block: _evaluated(found, block["body"]), template)


def _evaluated(found: Manifest, body: str) -> str:
    first, *filters = [part.strip() for part in body.split("|")]
    index = _INDEX.match(first)
    value = (_at(found, index["path"]) or {}).get(index["key"]) if index else _at(found, first)
    text = "<no value>" if value is None else _text(value)
    for name in filters:
        if name != "base64decode":
            raise Refused(f'error: error parsing template: function "{name}" not defined')
        text = base64.b64decode(text).decode("utf-8", "replace")
    return text


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
