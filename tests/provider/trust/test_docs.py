"""The pages about trust show what a test deploys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
NOUNS = (
    "deployment_trust_account", "deployment_trust_external", "deployment_trust_direct", "deployment_trust_member",
    "default_trust", "trust_relationship", "cross_cluster_enablement",
)  # fmt: skip


@pytest.mark.parametrize("noun", NOUNS)
def test_a_page_shows_the_example_that_is_deployed(noun: str):
    """A snippet that nobody runs teaches arguments that do not exist; and links lead to pages."""
    folder = ROOT / "docs" / "provider"
    page = (folder / f"{noun}.md").read_text(encoding="utf-8")
    example = (ROOT / "examples" / "terraform" / f"ece_{noun}.tf").read_text(encoding="utf-8")
    assert page.startswith(f"# ece_{noun}\n")
    assert example.strip() in [block.strip() for block in re.findall(r"```hcl\n(.*?)```", page, re.DOTALL)]
    for link in re.findall(r"\]\(([^)]+\.md)\)", page):
        assert (folder / link).exists(), link
