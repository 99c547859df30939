"""Pages of the documentation as tests take them: their snippets run as a reader runs them, and their links followed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from ece_constructs import testing

PROJECT: Final = Path(__file__).resolve().parents[2]
DOCS: Final = PROJECT / "docs"

_LINK: Final = re.compile(r"\]\((?!https?://)([^)\s]+)\)")
_HEADING: Final = re.compile(r"^#+ (.*)$", re.MULTILINE)


def snippets(text: str, language: str = "python") -> list[str]:
    """The code blocks of a language, in their order."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def prose(text: str) -> str:
    """A page without its code blocks."""
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


BEGINNING: Final = snippets((DOCS / "constructs.md").read_text(encoding="utf-8"))[0]
"""What stands before each snippet that is no whole program, as docs/constructs.md says."""


def run(snippet: str, *, beginning: bool | None = None) -> dict[str, Any]:
    """Run a snippet in a folder that goes away; returns its names.

    One that is no whole program gets the ``beginning``, and the last line; unless given, one that makes no app.
    """
    is_part = "App()" not in snippet if beginning is None else beginning
    program = f"{BEGINNING}\n{snippet}\napp.synth()" if is_part else snippet
    names: dict[str, Any] = {"testing": testing}
    exec(program.replace("= App()", "= testing.app()"), names)  # noqa: S102  (readers run it, so do we)
    return names


def synthesized(snippet: str) -> testing.Template:
    """What a snippet synthesizes to; its own last line does it."""
    return testing.Template.from_folder(Path(run(snippet)["app"].outdir))


def broken_links(page: Path) -> list[str]:
    """Links of a page to files or headings that do not exist."""
    return [link for link in _LINK.findall(page.read_text(encoding="utf-8")) if not _leads_somewhere(page, link)]


def _leads_somewhere(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    return target.exists() and (not anchor or anchor in _anchors(target.read_text(encoding="utf-8")))


def _anchors(text: str) -> set[str]:
    """Headings as links name them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in _HEADING.findall(prose(text))}
