"""Real Terraform, our provider as a real process, and a simulator over real TLS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ece_simulator import Simulator
from terraform_plugin.testing import Mirror, TerraformBinary
from tests.support.ece import Ece, ece_mirror
from tests.support.warm import warm_ece

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is an acceptance test."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.acceptance)


@pytest.fixture(scope="session")
def cold_mirror(tmp_path_factory: pytest.TempPathFactory) -> Mirror:
    """A mirror that starts our provider as users do."""
    return ece_mirror(tmp_path_factory.mktemp("mirror"))


@pytest.fixture(scope="session")
def warm_mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """A mirror that starts our provider from a process that has loaded its modules."""
    with warm_ece() as provider:
        yield ece_mirror(tmp_path_factory.mktemp("warm"), provider.command)


@pytest.fixture
def mirror(request: pytest.FixtureRequest) -> Mirror:
    """The warm mirror; the cold one where a test is about the process, which it says by the marker ``cold_start``."""
    is_cold = request.node.get_closest_marker("cold_start") is not None
    found: Mirror = request.getfixturevalue("cold_mirror" if is_cold else "warm_mirror")
    return found


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """One installation, whose plans end at once unless a test says otherwise."""
    with Simulator() as running:
        yield running


@pytest.fixture
def ece(tmp_path: Path, terraform: TerraformBinary, mirror: Mirror, simulator: Simulator) -> Ece:
    """An initialised workspace with credentials of the simulator in its environment."""
    made = Ece(tmp_path / "workspace", terraform, mirror, simulator)
    made.ws.init()
    return made
