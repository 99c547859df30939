"""Each route under each model with a mistake that is easily made there: refused, told by its cause, repaired."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ece_domain.security_models import SecurityModel
from ece_simulator import Simulator
from tests.provider.support import environ_of
from tests.routes.applying import Administrator, write
from tests.routes.cells import FOLDER, WORKSPACE, Cell
from tests.routes.draft import CONNECTION, Draft
from tests.routes.in_process import Run, Said
from tests.routes.mistakes import Change, Mistake
from tests.routes.mistakes_by_model import MISTAKES
from tests.routes.report import REFUSED, ROUTES
from tests.routes.table import PAGE, hand_over_of, row_of

CELLS = [(route, model) for route in ROUTES for model in SecurityModel]
SOON = 0.3
"""Seconds to wait for a connection that cannot come about."""


class Scene:
    """A cell, runs of Terraform on it, and the administrators of its partner."""

    def __init__(self, cell: Cell, mistake: Mistake) -> None:
        self.cell, self.mistake = cell, mistake
        self._run = Run(cell.simulator)
        self._folder = cell.folder / WORKSPACE
        self._folder.mkdir()
        self._administrator = Administrator(cell, self._folder)

    async def apply(self, change: Change, *, waits: bool = False, seconds: float | None = None) -> Said:
        """The configuration with a change."""
        is_touched = self.mistake.by_hand is not None
        return await self._run.apply(self._draft(change, waits=waits, seconds=seconds).json, refreshes=is_touched)

    def _draft(self, change: Change, *, waits: bool, seconds: float | None = None) -> Draft:
        draft = Draft(self.cell)
        change(draft)
        return draft.waits(seconds) if waits else draft

    async def hand_over(self, *, is_misread: bool = False) -> None:
        """What the partner's administrators do."""
        if self.cell.partner is None:
            return
        made = await hand_over_of(self.cell, self._folder, dict(self._run.states["ece_hand_over.h"].state))
        write(made, self._folder / FOLDER)
        skipped: tuple[str, ...] = ()
        if is_misread and self.mistake.misread is not None:
            self.mistake.misread(self.cell, self._folder / FOLDER)
            skipped = self.mistake.skipped
        steps = [step for step in made.steps if not any(one.endswith(skipped) for one in step.commands)]
        self._administrator.carry_out(steps, self._folder / FOLDER)

    async def err(self) -> None:
        """Make the mistake; whatever Terraform lets through is done."""
        mistake = self.mistake
        said = await self.apply(mistake.configured)
        if mistake.by_hand is None:
            assert said.errors == ""
            assert [words for words in mistake.warned if words not in said.warnings] == [], said.warnings
            await self.hand_over(is_misread=True)
            return
        assert [words for words in mistake.refused if words not in said.errors] == [], said.errors
        assert CONNECTION not in self._run.states, "what is refused is not written"
        assert (await self.apply(mistake.repaired, waits=True)).errors == ""
        assert self.cell.answers(), "the good case beside it"
        mistake.by_hand(self.cell)

    async def told(self) -> str:
        """What the user reads: the error of an apply that waits, or the warning of the next plan."""
        if self.mistake.by_hand is None:
            return (await self.apply(self.mistake.configured, waits=True, seconds=SOON)).errors
        draft = self._draft(self.mistake.repaired, waits=True)
        return await self._run.refresh(draft.json, CONNECTION)

    async def repair(self) -> Said:
        """The hand-over as it is written, the configuration without the mistake."""
        if self.mistake.misread is not None:
            await self.hand_over()
        return await self.apply(self.mistake.repaired, waits=True)

    def seen(self) -> set[str]:
        """What the next attempt to connect leaves behind on the wire, and in the logs of the nodes."""
        control = self.cell.simulator.control
        since, line = len(control.handshakes()), len(control.elasticsearch_log())
        assert not self.cell.answers(), "the mistake must keep a search from being answered"
        handshakes = [one["outcome"] for one in control.handshakes(since) if one["port"] in (9300, 9400, 9443)]
        return {*handshakes, *(str(one) for one in control.elasticsearch_log(since=line))}


@pytest.mark.parametrize(("route", "model"), CELLS, ids=[f"{route}-{model.value}" for route, model in CELLS])
async def test_a_mistake(
    tmp_path: Path,
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
    for name, value in {**environ_of(simulator, tmp_path), **cell.variables(), "ECE_POLL_INTERVAL": "100ms"}.items():
        monkeypatch.setenv(name, value)
    scene = Scene(cell, mistake)
    await scene.err()
    seen = scene.seen()
    assert "connected" not in seen
    assert not cell.is_connected()
    assert any(mistake.outcome in one for one in seen), seen
    told = (await scene.told()).partition("It may also be this")[0]
    assert [words for words in mistake.told if words not in told] == [], told
    assert (await scene.repair()).errors == ""
    assert cell.answers()
    assert f"refused: {mistake.words}" in row_of(PAGE.read_text(encoding="utf-8"), route)
