"""Real Terraform with the toy provider: a mirror for the run, a workspace and a store for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from terraform_plugin.testing import Mirror, TerraformBinary
from tests.plugin.conformance.support import Toy, toy_command
from tests.plugin.toy.provider import ADDRESS, VERSION

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder runs real Terraform."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.acceptance)


@pytest.fixture(scope="session")
def toy_mirror(tmp_path_factory: pytest.TempPathFactory) -> Mirror:
    """A mirror that holds the toy provider."""
    mirror = Mirror(tmp_path_factory.mktemp("mirror"))
    mirror.add(ADDRESS, VERSION, toy_command())
    return mirror


@pytest.fixture
def toy(tmp_path: Path, terraform: TerraformBinary, toy_mirror: Mirror) -> Toy:
    """An initialised workspace whose toy provider keeps its objects in a folder of this test."""
    made = Toy(tmp_path, terraform, toy_mirror)
    made.ws.init()
    return made
