"""Each route under each model: from a configuration over the hand-over to an answered search."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ece_domain.hand_over import HandOver
from ece_domain.security_models import SecurityModel
from ece_simulator import Simulator
from terraform_plugin.testing import Mirror, TerraformBinary
from tests.routes.applying import Administrator, write
from tests.routes.cells import FOLDER, Cell, prepared
from tests.routes.report import PROPERTY, ROUTES
from tests.routes.table import PAGE, counts, hand_over_of, row_of, words

CELLS = [(route, model) for route in ROUTES for model in SecurityModel]


@pytest.mark.parametrize(("route", "model"), CELLS, ids=[f"{route}-{model.value}" for route, model in CELLS])
async def test_a_cell(
    tmp_path: Path,
    terraform: TerraformBinary,
    mirror: Mirror,
    simulator: Simulator,
    route: str,
    model: SecurityModel,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, Any], None],
) -> None:
    """Terraform does its part, the hand-over is applied as written; without any one part of it nothing answers."""
    cell = Cell(simulator, route, model, tmp_path)
    ece = prepared(tmp_path, terraform, mirror, cell)
    cell.remote.open_port(cell.port, is_open=False)
    ece.ws.apply()
    stored = dict(ece.resource("ece_hand_over.h").values)
    for name, value in cell.variables().items():
        monkeypatch.setenv(name, value)
    made = await hand_over_of(cell, ece.ws.folder, stored)
    record_property(PROPERTY, (route, model.value, *counts(made)))
    assert {file.name: file.sha256 for file in made.files} == stored["files"], "the marks are those of these files"
    assert words(cell, made) in row_of(PAGE.read_text(encoding="utf-8"), route)
    assert made.route.translate({ord("I"): "", ord("O"): ""}) == route[1]
    assert not cell.answers(), "nobody has done anything yet"
    assert omissions(cell, ece.ws.folder, made) == []
    if not route.endswith(("4", "5")) or route.startswith("O"):
        ece.ws.apply()
        assert ece.resource("ece_remote_cluster.r")["connected"] is True


def omissions(cell: Cell, workspace: Path, made: HandOver) -> list[str]:
    """Leave out each required line and each required step in turn: what answers all the same; then do all of it."""
    folder = workspace / FOLDER
    wrong = []
    administrator = Administrator(cell, workspace)
    bring_back = cell.partner.snapshot() if cell.partner is not None else None

    def is_up(steps: HandOver) -> bool:
        cell.remote.open_port(cell.port, is_open=False)
        if bring_back is not None:
            bring_back()
        administrator.carry_out(steps.steps, folder)
        return cell.answers()

    for file in made.files:
        for number in file.required_lines:
            (folder / file.name).write_text(file.without(number).text, encoding="utf-8")
            if is_up(made):
                wrong.append(f"{file.name}: {file.lines[number].text}")
            write(made, folder)
    for what in dict.fromkeys((step.what, step.commands) for step in made.steps if step.required):
        less = tuple(step for step in made.steps if (step.what, step.commands) != what)
        if is_up(HandOver(made.route, made.files, less)):
            wrong.append(f"step: {what[0]}")
    assert is_up(made), "the hand-over as it is written"
    return wrong
