"""The pages about keys, connections and keystore entries show what a test deploys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("noun", ["cross_cluster_api_key", "remote_cluster", "keystore_secret"])
def test_a_page_shows_the_example_that_is_deployed(noun: str):
    """A snippet that nobody runs teaches arguments that do not exist; and the page leads to the reference."""
    page = (ROOT / "docs" / "provider" / f"{noun}.md").read_text(encoding="utf-8")
    example = (ROOT / "examples" / "terraform" / f"ece_{noun}.tf").read_text(encoding="utf-8")
    assert page.startswith(f"# ece_{noun}\n")
    assert example.strip() in [block.strip() for block in re.findall(r"```hcl\n(.*?)```", page, re.DOTALL)]
    assert (ROOT / "docs" / "reference" / f"ece_{noun}.md").exists()
