"""The guides as tests take them: a section for each route and model, with its program, tables and lists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from ece_client import OPERATIONS
from ece_constructs import testing
from ece_domain.hand_over import HandOver, hand_over
from ece_domain.hand_over.facts import Connection, Side
from ece_domain.platforms import Platform
from ece_provider.resources.hand_over.facts import given
from ece_provider.resources.hand_over.schema import SCHEMA
from tests.constructs.pages import DOCS, PROJECT, snippets, synthesized
from tests.constructs.worlds import CA_PEM, VERSION
from tests.provider.remote_clusters.support import full

FOLDER: Final = DOCS / "guides"
PAGES: Final = sorted(FOLDER.glob("*.md"))
ROUTES: Final = {
    "O1": "ece_to_same_ece",
    "O2": "ece_to_other_ece",
    "O3": "ece_to_hosted",
    "O4": "ece_to_self_managed",
    "O5": "ece_to_eck",
    "I1": "ece_to_same_ece",
    "I2": "ece_to_other_ece",
    "I3": "hosted_to_ece",
    "I4": "self_managed_to_ece",
    "I5": "eck_to_ece",
}
"""The page of each route; I1 and I2 are O1 and O2 from the other end."""
MODELS: Final = {"api_key": "By API key", "certificate": "By certificate"}
"""The heading of each model's section."""
PARTS: Final = ("What you write", "What happens on both sides", "What you hand over", "How it fails")
OBJECTS: Final = "| object | side | calls |"
WORDS: Final = "| the words | why | what to do |"
PLATFORMS: Final = {
    Platform.ECE: "ECE",
    Platform.ECH: "Elastic Cloud Hosted",
    Platform.SELF_MANAGED: "self-managed",
    Platform.ECK: "ECK",
}
_OTHERS: Final = (Platform.ECH, Platform.SELF_MANAGED, Platform.ECK)
PAIRS: Final = {
    *((Platform.ECE, Platform.ECE, is_same) for is_same in (True, False)),
    *((Platform.ECE, other, False) for other in _OTHERS),
    *((other, Platform.ECE, False) for other in _OTHERS),
}
"""Where both sides run, and whether in one ECE: all pairs that the routes have."""
GAP: Final = "…"
"""What stands in a text for whatever is filled in."""


@dataclass(frozen=True)
class Section:
    """One route under one model."""

    route: str
    model: str

    @property
    def text(self) -> str:
        """The section."""
        return part_of(page(ROUTES[self.route]), f"## {MODELS[self.model]}")

    def part(self, title: str) -> str:
        """One of its parts."""
        return part_of(self.text, f"### {title}")

    @property
    def cell(self) -> str:
        """What docs/routes.md says of it."""
        table = (DOCS / "routes.md").read_text(encoding="utf-8")
        row = next(line for line in table.splitlines() if line.startswith(f"| {self.route} |"))
        return [each.strip() for each in row.strip("|").split("|")][2 + list(MODELS).index(self.model)]

    @property
    def applied(self) -> tuple[list[str], list[str]]:
        """The objects and the files of the matrix."""
        objects, files, *_ = self.cell.split("<br>")
        return names([objects]), names([files])

    @property
    def mistake(self) -> str:
        """What users of the route do most, as the matrix makes it."""
        return self.cell.partition("refused: ")[2]


def page(name: str) -> str:
    """The text of a guide."""
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def part_of(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one that is not below it; code is no heading."""
    level, found, inside_code = heading.count("#"), [], False
    is_here = False
    for line in text.splitlines(keepends=True):
        inside_code ^= line.startswith("```")
        if not inside_code and line.startswith("#") and line.split(" ")[0].count("#") <= level:
            is_here = line.strip() == heading
            continue
        if is_here:
            found.append(line)
    assert found, f"no {heading!r}"
    return "".join(found)


def table(text: str, head: str) -> list[list[str]]:
    """The rows of the first table with this head; none without one."""
    _, found, rest = text.partition(f"{head}\n")
    lines = rest.partition("\n\n")[0].splitlines()[1:] if found else []
    return [[cell.strip() for cell in line.strip().strip("|").split(" | ")] for line in lines]


def names(cells: list[str]) -> list[str]:
    """What stands in backticks."""
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def claims(text: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Each program with the table of objects that follows it."""
    for block in re.split(r"(?=^```python$)", text, flags=re.MULTILINE):
        rows = table(block, OBJECTS)
        if rows:
            (program,) = snippets(block)
            yield program, rows


def objects_of(template: testing.Template) -> set[str]:
    """Types of resources, and of data sources with ``data.`` before them."""
    kinds = {address.rpartition(".")[0] for address in template.addresses()}
    return {kind for kind in kinds if kind}


# what is handed over


def handed_over(program: str) -> HandOver:
    """The files and steps of a program's one hand-over; what deployments tell of themselves is invented."""
    block = {name: value for name, value in synthesized(program).only("ece_hand_over").items() if name != "provider"}
    connection: Connection = given(full(SCHEMA.attributes, block)).connection  # type: ignore[union-attr]
    sides = {name: _told(getattr(connection, name), name) for name in ("local", "remote")}
    return hand_over(replace(connection, **sides, same_installation=_is_one_installation(block)))


def _told(side: Side, name: str) -> Side:
    if not side.is_cloud:
        return side
    digit = "1" if name == "local" else "2"
    facts: dict[str, Any] = {"cluster_id": digit * 32, "scope_id": "1053523734", "ca_pem": (CA_PEM,)}
    return replace(side, address=f"{side.name}.ece.example.com", version=VERSION, **facts)


def _is_one_installation(block: Mapping[str, Any]) -> bool:
    local, remote = block["local"], block["remote"]
    return local["kind"] == remote["kind"] == "ece" and local.get("environment") == remote.get("environment")


# calls and texts


@cache
def calls() -> frozenset[str]:
    """Every call that the client can make: ECE's with a slash in front, Elasticsearch's without."""
    source = (PROJECT / "api_client/ece_client/elasticsearch.py").read_text(encoding="utf-8")
    asked = re.findall(r'_ask\("([A-Z]+)", f?"([^"]+)"', source)
    found = {f"{method} {re.sub(r'{[^}]*}', GAP, path)}" for method, path in asked}
    return frozenset(found | {f"{each.method} {each.path}" for each in OPERATIONS.values()})


def is_call(text: str) -> bool:
    """Whether something in backticks reads like a call."""
    return re.match(r"(GET|PUT|POST|PATCH|DELETE) [/_]", text) is not None


def known_call(text: str) -> bool:
    """Whether the client makes it."""
    return text in calls() or re.sub(r"{[^}]*}", GAP, text) in calls()


@cache
def texts() -> str:
    """All texts of the lanes that speak to users, one a line, with a gap for whatever is filled in."""
    lanes = ("domain/ece_domain", "provider/ece_provider", "constructs/ece_constructs")
    files = [file for lane in lanes for file in sorted((PROJECT / lane).rglob("*.py"))]
    return "\n".join(text for file in files for text in _texts_of(file))


def _texts_of(file: Path) -> Iterator[str]:
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if id(node) in docstrings:
            continue
        if isinstance(node, ast.JoinedStr):
            yield one_line("".join(_piece(part) for part in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield one_line(re.sub(r"{\w+}", GAP, node.value))


def _piece(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else GAP


def one_line(text: str) -> str:
    """A text without line breaks, each run of gaps as one."""
    return re.sub(rf"{GAP}+", GAP, " ".join(text.split()))
