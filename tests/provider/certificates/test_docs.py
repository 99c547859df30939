"""The pages about certificates show what a test deploys, and the strategies that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ece_domain.region_certificates import RegionCertificate

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("noun", ["platform_certificate", "extra_certificate"])
def test_a_page_shows_the_example_that_is_deployed(noun: str):
    """A snippet that nobody runs teaches arguments that do not exist; and the page leads to the reference."""
    page = (ROOT / "docs" / "provider" / f"{noun}.md").read_text(encoding="utf-8")
    example = (ROOT / "examples" / "terraform" / f"ece_{noun}.tf").read_text(encoding="utf-8")
    assert page.startswith(f"# ece_{noun}\n")
    assert example.strip() in [block.strip() for block in re.findall(r"```hcl\n(.*?)```", page, re.DOTALL)]
    assert (ROOT / "docs" / "reference" / f"ece_{noun}.md").exists()


def test_the_page_names_every_strategy():
    """The choice is explicit only if all ways stand on one page."""
    page = (ROOT / "docs" / "provider" / "extra_certificate.md").read_text(encoding="utf-8")
    assert all(f"`{strategy.value}`" in page for strategy in RegionCertificate)
