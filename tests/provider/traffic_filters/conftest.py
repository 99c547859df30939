"""One served installation for each test of filters."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ece_simulator import Simulator
from tests.provider.traffic_filters.support import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A fresh installation and a fresh folder."""
    async with Simulator() as simulator:
        world = World(simulator, tmp_path)
        yield world
        for provider in world.open:
            await provider.close()
