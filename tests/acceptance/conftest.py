"""Real Terraform, our provider as a real process, and a simulator over real TLS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ece_simulator import Simulator
from terraform_plugin.testing import AttachedProviders, Mirror, TerraformBinary, WarmProvider
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
def warm_provider() -> Iterator[WarmProvider]:
    """Our provider, in a process that has loaded its modules."""
    with warm_ece() as provider:
        yield provider


@pytest.fixture(scope="session")
def warm_mirror(tmp_path_factory: pytest.TempPathFactory, warm_provider: WarmProvider) -> Mirror:
    """A mirror that starts our provider from the warm process."""
    return ece_mirror(tmp_path_factory.mktemp("warm"), warm_provider.command)


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
def attached(
    request: pytest.FixtureRequest, tmp_path: Path, warm_provider: WarmProvider
) -> Iterator[AttachedProviders | None]:
    """Running providers, for tests of what the provider does.

    None, so that Terraform starts and ends it, in the matrix of Terraform versions and where a test is about the
    process, which it says by the marker ``cold_start`` or ``own_process``.
    """
    node = request.node
    if any(node.get_closest_marker(name) for name in ("feature", "cold_start", "own_process")):
        yield None
        return
    with AttachedProviders([*warm_provider.command, "--debug"], tmp_path / "providers") as providers:
        yield providers


@pytest.fixture
def ece(
    tmp_path: Path,
    terraform: TerraformBinary,
    mirror: Mirror,
    simulator: Simulator,
    attached: AttachedProviders | None,
) -> Ece:
    """An initialised workspace with credentials of the simulator in its environment."""
    made = Ece(tmp_path / "workspace", terraform, mirror, simulator)
    made.ws.init()
    made.ws.attached = attached
    return made
