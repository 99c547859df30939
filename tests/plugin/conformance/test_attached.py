"""Providers that Terraform finds running do the same work, and a test that needs more than that is told so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from terraform_plugin.testing import AttachedProviders
from tests.plugin.conformance.support import Toy, toy_command


@pytest.fixture
def attached(toy: Toy, tmp_path: Path) -> Iterator[AttachedProviders]:
    """Where the toy's workspace finds its providers; Terraform cannot start any."""
    shutil.rmtree(toy.ws.folder / ".terraform")
    with AttachedProviders(toy_command("--debug"), tmp_path / "providers") as providers:
        toy.ws.attached = providers
        yield providers


def outputs(tmp_path: Path) -> list[str]:
    """What each provider printed."""
    return [file.read_text() for file in sorted((tmp_path / "providers").glob("*"))]


def test_one_process_for_all_commands(toy: Toy, attached: AttachedProviders, tmp_path: Path):
    """From the first plan to the end; another environment is another process."""
    toy.apply_things(a={"size": 1})
    toy.apply_things(a={"size": 2})
    toy.assert_clean()
    assert toy.stored("a")["size"] == 2
    assert len(outputs(tmp_path)) == 1
    toy.ws.plan(env={"ANOTHER": "1"})
    assert len(outputs(tmp_path)) == 2
    toy.ws.destroy()
    assert toy.store.all() == {}
    assert len(outputs(tmp_path)) == 2


@pytest.mark.parametrize(
    "config",
    ['provider "toy" {}\nprovider "toy" {\n  alias = "b"\n}\n', {"provider": {"toy": [{}, {"alias": "b"}]}}],
    ids=["HCL", "JSON"],
)
def test_several_configurations_are_refused(toy: Toy, attached: AttachedProviders, config: str | dict[str, object]):
    """Terraform would send all of them to one process, where the last one counts."""
    with pytest.raises(RuntimeError, match="one configuration"):
        toy.ws.write(config)
    toy.ws.write('provider "toy" {}\n')


def test_runs_in_the_background_are_refused(toy: Toy, attached: AttachedProviders):
    """They are there to be broken, with a provider that belongs to the run."""
    for start in (toy.ws.start, toy.ws.terminal):
        with pytest.raises(RuntimeError, match="started"):
            start("plan")
