"""One served installation for each test of trust."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ece_simulator import Simulator
from tests.provider.trust.support import TrustWorld


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrustWorld]:
    """A fresh installation, and a folder of Terraform for its journal."""
    monkeypatch.setenv("TF_DATA_DIR", str(tmp_path / "terraform"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with Simulator() as simulator:
        yield TrustWorld(simulator)
