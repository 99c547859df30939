"""Terraform addresses are contract: a changed one destroys a deployment and makes another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ece_constructs.testing import Template
from tests.constructs.worlds import APPS

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "addresses"


@pytest.mark.parametrize("name", sorted(APPS))
def test_addresses_stay(name: str) -> None:
    """Whoever changes an id below a construct must see that users' objects would be replaced."""
    expected = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    assert Template.from_app(APPS[name]()).addresses() == expected


def test_every_golden_file_is_used() -> None:
    """A file that no test reads would keep promises nobody checks."""
    assert sorted(file.stem for file in GOLDEN.glob("*.json")) == sorted(APPS)
