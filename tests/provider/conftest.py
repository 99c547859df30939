"""A served installation whose plans end at once, and one run of Terraform against it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from ece_simulator import Simulator
from tests.provider.support import Run, environ_of, provider_of


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """One installation over TLS."""
    with Simulator() as running:
        yield running


@pytest.fixture
def environ(simulator: Simulator, tmp_path: Path) -> dict[str, str]:
    """The environment variables of its user."""
    return environ_of(simulator, tmp_path)


@pytest.fixture
async def run(environ: dict[str, str]) -> AsyncIterator[Run]:
    """One run of Terraform."""
    provider = provider_of(environ)
    yield Run(provider)
    await provider.close()
