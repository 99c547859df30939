"""The matrix as a page, docs/routes.md.

`python -m tests.routes.table` writes the page anew; each cell's test compares its own words with it.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Final

from ece_domain.hand_over import HandOver, hand_over
from ece_domain.security_models import SecurityModel
from ece_provider.resources.hand_over.facts import connection_of
from ece_provider.resources.hand_over.schema import SCHEMA
from ece_simulator import Simulator
from tests.provider.remote_clusters.support import full
from tests.provider.support import environ_of, provider_of
from tests.routes.cells import Cell
from tests.routes.mistakes_by_model import MISTAKES
from tests.routes.places import Json
from tests.routes.report import HEADINGS, ROUTES

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "routes.md"

_HEAD: Final = (
    "# The ten routes",
    "",
    "A deployment on ECE reaches another cluster (O1 to O5), or is reached by it (I1 to I5).",
    "Each cell is a test: Terraform applies these objects, the files of `ece_hand_over` are applied as they are "
    "written, and a search across the connection is answered.",
    "Before that, each line and each step that the hand-over marks as required is left out once, and nothing answers.",
    "Another test makes a mistake that is easily made on the route (`refused`): no search is answered, the error, or "
    "the refusal of the plan, names what to change, and that change repairs it.",
    "Every hand-over also has its run-book, `README.md`.",
    "",
    f"| route | local to remote | {' | '.join(HEADINGS.values())} |",
    "|-|-|-|-|",
)


def words(cell: Cell, made: HandOver) -> str:
    """What the page says of a cell."""
    objects = ", ".join(f"`{kind}`" for kind in sorted(cell.configuration["resource"]))
    files = ", ".join(f"`{file.name}`" for file in made.files if file.name != "README.md")
    lines, steps = counts(made)
    left_out = f"{lines} {'line' if lines == 1 else 'lines'}, {steps} {'step' if steps == 1 else 'steps'}"
    mistake = MISTAKES[cell.model][cell.route].words
    return f"{objects}<br>files: {files}<br>left out in turn: {left_out}<br>refused: {mistake}"


def row_of(page: str, route: str) -> str:
    """The row of a route."""
    return next(line for line in page.splitlines() if line.startswith(f"| {route} |"))


def counts(made: HandOver) -> tuple[int, int]:
    """Required lines and required steps; a step that is repeated counts once."""
    lines = sum(len(file.required_lines) for file in made.files)
    return lines, len({(step.what, step.commands) for step in made.steps if step.required})


async def hand_over_of(cell: Cell, folder: Path, values: Json | None = None) -> HandOver:
    """The hand-over of a cell: of what Terraform keeps (``values``), else of its configuration."""
    configuration = cell.configuration
    environ = {**environ_of(cell.simulator, folder), **cell.variables()}
    written = dict(configuration["resource"]["ece_hand_over"]["h"])
    alias = written.pop("provider").removeprefix("ece.")
    blocks = {block["alias"]: dict(block) for block in configuration["provider"]["ece"]}
    provider = provider_of(environ, {name: value for name, value in blocks[alias].items() if name != "alias"})
    given = full(SCHEMA.attributes, {name: value for name, value in written.items() if name != "//"})
    try:
        return hand_over(await connection_of(provider, {**given, **(values or {})}, {}))
    finally:
        await provider.close()


async def _words(route: str, model: SecurityModel) -> str:
    with tempfile.TemporaryDirectory() as folder, Simulator(installations=2) as simulator:
        cell = Cell(simulator, route, model, Path(folder))
        os.environ.update(cell.variables())
        return words(cell, await hand_over_of(cell, Path(folder)))


def main() -> None:
    """Write the page."""
    rows = []
    for route, direction in ROUTES.items():
        cells = [asyncio.run(_words(route, SecurityModel(model))) for model in HEADINGS]
        rows.append(f"| {route} | {direction} | {' | '.join(cells)} |")
    PAGE.write_text("\n".join((*_HEAD, *rows)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
