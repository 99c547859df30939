"""Each route under each model with a mistake that is easily made there: refused, told by its cause, repaired."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ece_domain.security_models import SecurityModel
from ece_simulator import Simulator
from terraform_plugin.testing import Message, Mirror, Result, TerraformBinary
from tests.routes.applying import Administrator, write
from tests.routes.cells import FOLDER, Cell, prepared
from tests.routes.draft import CONNECTION, Draft
from tests.routes.mistakes import Change, Mistake
from tests.routes.mistakes_by_model import MISTAKES
from tests.routes.report import REFUSED, ROUTES
from tests.routes.table import PAGE, hand_over_of, row_of
from tests.support.ece import Ece

CELLS = [(route, model) for route in ROUTES for model in SecurityModel]
SOON = 0.3
"""Seconds to wait for a connection that cannot come about."""


class Scene:
    """A cell, a workspace of Terraform for it, and the administrators of its partner."""

    def __init__(self, cell: Cell, mistake: Mistake, ece: Ece) -> None:
        self.cell, self.mistake = cell, mistake
        self._ws = ece.ws
        self._administrator = Administrator(cell, ece.ws.folder)

    def apply(self, change: Change, *, waits: bool = False, seconds: float | None = None) -> Result:
        """The configuration with a change, refused or not."""
        self._write(change, waits=waits, seconds=seconds)
        return self._ws.apply(fails=None)

    def _write(self, change: Change, *, waits: bool, seconds: float | None = None) -> None:
        draft = Draft(self.cell)
        change(draft)
        self._ws.write((draft.waits(seconds) if waits else draft).json)

    async def hand_over(self, *, is_misread: bool = False) -> None:
        """What the partner's administrators do."""
        if self.cell.partner is None:
            return
        folder = self._ws.folder
        made = await hand_over_of(self.cell, folder, dict(self._ws.resource("ece_hand_over.h").values))
        write(made, folder / FOLDER)
        skipped: tuple[str, ...] = ()
        if is_misread and self.mistake.misread is not None:
            self.mistake.misread(self.cell, folder / FOLDER)
            skipped = self.mistake.skipped
        steps = [step for step in made.steps if not any(one.endswith(skipped) for one in step.commands)]
        self._administrator.carry_out(steps, folder / FOLDER)

    async def err(self) -> None:
        """Make the mistake; whatever Terraform lets through is done."""
        mistake = self.mistake
        if mistake.before is not None:
            assert self.apply(mistake.before).errors == []
        done = self.apply(mistake.configured)
        if mistake.by_hand is None:
            assert done.errors == []
            warnings = words_of(done.warnings)
            assert [words for words in mistake.warned if words not in warnings] == [], warnings
            await self.hand_over(is_misread=True)
            return
        errors = words_of(done.errors)
        assert [words for words in mistake.refused if words not in errors] == [], errors
        assert CONNECTION not in self._ws.resources(), "what is refused is not written"
        assert self.apply(mistake.repaired, waits=True).errors == []
        assert self.cell.answers(), "the good case beside it"
        mistake.by_hand(self.cell)

    def told(self) -> str:
        """What the user reads: the error of an apply that waits, or the warning of the next plan."""
        if self.mistake.by_hand is None:
            return words_of(self.apply(self.mistake.configured, waits=True, seconds=SOON).errors)
        self._write(self.mistake.repaired, waits=True)
        return words_of(self._ws.plan().warnings)

    async def repair(self) -> Result:
        """The hand-over as it is written, the configuration without the mistake."""
        if self.mistake.misread is not None:
            await self.hand_over()
        return self.apply(self.mistake.repaired, waits=True)

    def seen(self) -> set[str]:
        """What the next attempt to connect leaves behind on the wire, and in the logs of the nodes."""
        control = self.cell.simulator.control
        since, line = len(control.handshakes()), len(control.elasticsearch_log())
        assert not self.cell.answers(), "the mistake must keep a search from being answered"
        handshakes = [one["outcome"] for one in control.handshakes(since) if one["port"] in (9300, 9400, 9443)]
        return {*handshakes, *(str(one) for one in control.elasticsearch_log(since=line))}


def words_of(messages: list[Message]) -> str:
    """The texts of errors or warnings, each with the line of the configuration that it points to."""
    return "\n".join(f"{message.text} {message.code}" for message in messages)


@pytest.mark.parametrize(("route", "model"), CELLS, ids=[f"{route}-{model.value}" for route, model in CELLS])
async def test_a_mistake(
    tmp_path: Path,
    terraform: TerraformBinary,
    mirror: Mirror,
    simulator: Simulator,
    route: str,
    model: SecurityModel,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, Any], None],
) -> None:
    """No search is answered, the wire shows why, the user reads what to change, and that change alone repairs it."""
    cell = Cell(simulator, route, model, tmp_path, is_reached=route in ("I4", "I5") or None)
    mistake = MISTAKES[model][route]
    record_property(REFUSED, (route, model.value, mistake.words))
    ece = prepared(tmp_path, terraform, mirror, cell)
    for name, value in cell.variables().items():
        monkeypatch.setenv(name, value)
    scene = Scene(cell, mistake, ece)
    await scene.err()
    seen = scene.seen()
    assert "connected" not in seen
    assert not cell.is_connected()
    assert any(mistake.outcome in one for one in seen), seen
    told = scene.told().partition("It may also be this")[0]
    assert [words for words in mistake.told if words not in told] == [], told
    assert (await scene.repair()).errors == []
    assert cell.answers()
    assert f"refused: {mistake.words}" in row_of(PAGE.read_text(encoding="utf-8"), route)
