"""Real Terraform with the toy provider: a mirror for the run, a workspace and a store for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from terraform_plugin.testing import Mirror, TerraformBinary
from tests.plugin.conformance.support import Toy, toy_command
from tests.plugin.toy.provider import ADDRESS, VERSION
from tests.support.warm import warm_toy

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder runs real Terraform."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.acceptance)


@pytest.fixture(scope="session")
def cold_mirror(tmp_path_factory: pytest.TempPathFactory) -> Mirror:
    """A mirror that starts the toy provider as users start theirs."""
    mirror = Mirror(tmp_path_factory.mktemp("mirror"))
    mirror.add(ADDRESS, VERSION, toy_command())
    return mirror


@pytest.fixture(scope="session")
def warm_mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """A mirror that starts it from a process that has loaded its modules."""
    with warm_toy() as provider:
        mirror = Mirror(tmp_path_factory.mktemp("warm"))
        mirror.add(ADDRESS, VERSION, provider.command)
        yield mirror


@pytest.fixture
def toy_mirror(request: pytest.FixtureRequest) -> Mirror:
    """The warm mirror; the cold one where a test is about the process, which it says by the marker ``cold_start``."""
    is_cold = request.node.get_closest_marker("cold_start") is not None
    found: Mirror = request.getfixturevalue("cold_mirror" if is_cold else "warm_mirror")
    return found


@pytest.fixture
def toy(tmp_path: Path, terraform: TerraformBinary, toy_mirror: Mirror) -> Toy:
    """An initialised workspace whose toy provider keeps its objects in a folder of this test."""
    made = Toy(tmp_path, terraform, toy_mirror)
    made.ws.init()
    return made
