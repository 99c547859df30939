"""The page about partners shows what acceptance tests deploy, and says no id that is read otherwise."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ece_domain.remote_clusters import ConnectionId

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "provider" / "partners.md").read_text(encoding="utf-8")
EXAMPLES = sorted((ROOT / "examples" / "terraform" / "partners").glob("*.tf"))


@pytest.mark.parametrize("example", EXAMPLES, ids=[file.stem for file in EXAMPLES])
def test_every_example_stands_on_the_page(example: Path):
    """And every snippet of the page is one of them."""
    blocks = [block.strip() for block in re.findall(r"```hcl\n(.*?)```", PAGE, re.DOTALL)]
    assert example.read_text(encoding="utf-8").strip() in blocks
    assert len(blocks) == len(EXAMPLES)
    test = (ROOT / "tests" / "acceptance" / "test_partners.py").read_text(encoding="utf-8")
    assert f'example("{example.stem}")' in test


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("onprem/-/logs", ("onprem", "-", "logs", None)),
        ("dc/4jGqzYWnQ5Ky_rM-3nXv2A/-/logs", ("4jGqzYWnQ5Ky_rM-3nXv2A", "-", "logs", "dc")),
        ("-/onprem/logs", ("-", "onprem", "logs", None)),
        ("-/00000000000000000000000000000000/logs", ("0" * 32, None, "logs", None)),
        ("dr/00000000000000000000000000000000/main/logs", ("0" * 32, "main", "logs", "dr")),
        ("dc/00000000000000000000000000000000/-/logs", ("0" * 32, "-", "logs", "dc")),
    ],
)
def test_forms_of_ids(text: str, parts: tuple[str, str | None, str, str | None]):
    """Three kinds of local sides in one form of id: none may be read as another."""
    found = ConnectionId.parse(text)
    assert (found.deployment_id, found.ref_id, found.alias, found.environment) == parts
