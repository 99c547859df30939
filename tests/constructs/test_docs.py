"""The page about constructs: every snippet is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ece_constructs import Deployment, EceValueError, Tier, testing
from tests.constructs.worlds import world

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs" / "constructs.md").read_text(encoding="utf-8")
README = re.findall(r"```python\n(.*?)```", (PROJECT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
BEGINNING, *SNIPPETS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=range(len(SNIPPETS)))
def test_a_snippet_synthesizes(snippet: str) -> None:
    """Readers copy snippets; one that does not run costs them an evening and us their trust."""
    beginning = BEGINNING.replace("app = App()", "app = testing.app()")
    names = {"testing": testing}
    exec(f"{beginning}\n{snippet}\napp.synth()", names)  # noqa: S102  (that is the point)


def test_the_readme_s_second_step_follows_the_first() -> None:
    """Both blocks together are one program, whose last line writes it."""
    first, second = README
    first = first.replace("app = App()", "app = testing.app()").replace("app.synth()\n", "")
    names = {"testing": testing}
    exec(f"{first}{second}\ntemplate = testing.Template.from_app(app)", names)  # noqa: S102
    names["template"].has_connection("logs", security_model="api_key")  # type: ignore[attr-defined]


def test_the_error_on_the_page_is_the_real_one() -> None:
    """Readers search the page for the text they got."""
    made = world()
    with pytest.raises(EceValueError) as raised:
        Deployment(made.stack, "logs", environment=made.ece, version="9.2.0", hot=Tier(size="8 GB"))
    assert str(raised.value) in PAGE
