"""The reference pages say what the provider's schemas say, and every example on them works."""

from __future__ import annotations

from tools.generate_docs import EXAMPLES, pages, stale


def test_the_pages_are_fresh() -> None:
    """A page that was not made again after a schema changed would teach arguments that do not exist."""
    assert stale() == [], "run make docs"


def test_every_object_has_an_example() -> None:
    """A reader starts from the example; a new object without one must not slip in."""
    parts = {name.removesuffix(".md") for name in pages()} - {"README", "provider", "validations"}
    assert parts == {file.stem for file in EXAMPLES.glob("*.tf")}
