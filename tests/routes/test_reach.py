"""Where Terraform reaches a local partner, or does not reach a remote one; the matrix has it the other way round."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ece_domain.security_models import SecurityModel
from ece_simulator import Simulator
from terraform_plugin.testing import Mirror, TerraformBinary
from tests.routes.applying import Administrator
from tests.routes.cells import FOLDER, Cell, prepared
from tests.routes.constructed import SECRET
from tests.routes.table import hand_over_of


@pytest.mark.parametrize("route", ["I4", "I5"])
async def test_a_local_partner_that_is_reached(
    tmp_path: Path,
    terraform: TerraformBinary,
    mirror: Mirror,
    simulator: Simulator,
    route: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its settings are written by Terraform, its keystore by its administrator; a plan is empty before and after."""
    cell = Cell(simulator, route, SecurityModel.API_KEY, tmp_path, is_reached=True)
    ece = prepared(tmp_path, terraform, mirror, cell)
    ece.ws.apply()
    assert ece.ws.plan().is_empty
    for name, value in cell.variables().items():
        monkeypatch.setenv(name, value)
    made = await hand_over_of(cell, ece.ws.folder, dict(ece.resource("ece_hand_over.h").values))
    Administrator(cell, ece.ws.folder).carry_out(made.steps, ece.ws.folder / FOLDER)
    assert cell.answers()
    assert ece.ws.plan().is_empty
    ece.ws.apply()
    assert ece.resource("ece_remote_cluster.r")["connected"] is True
    ece.ws.destroy()
    assert not cell.answers()


@pytest.mark.parametrize("route", ["O4", "O5"])
async def test_a_remote_partner_that_is_not_reached(
    tmp_path: Path,
    terraform: TerraformBinary,
    mirror: Mirror,
    simulator: Simulator,
    route: str,
) -> None:
    """The request that makes the key is handed over; when the key lies in the file the next apply goes through."""
    cell = Cell(simulator, route, SecurityModel.API_KEY, tmp_path, is_reached=False)
    ece = prepared(tmp_path, terraform, mirror, cell)
    ece.ws.apply(fails=True)
    request = (ece.ws.folder / FOLDER / "create_key.console").read_text(encoding="utf-8")
    method, path = next(line for line in request.splitlines() if not line.startswith("#")).split()
    body = json.loads("\n".join(line for line in request.splitlines() if not line.startswith(("#", method))))
    made = cell.remote.call(method, path.removeprefix("/"), body)
    (ece.ws.folder / SECRET).parent.mkdir(parents=True, exist_ok=True)
    (ece.ws.folder / SECRET).write_text(made["encoded"], encoding="utf-8")
    ece.ws.apply()
    steps = await hand_over_of(cell, ece.ws.folder, dict(ece.resource("ece_hand_over.h").values))
    mine = [step for step in steps.steps if "umask" not in "".join(step.commands)]
    Administrator(cell, ece.ws.folder).carry_out(mine, ece.ws.folder / FOLDER)
    assert cell.answers()
    assert ece.ws.plan().is_empty
