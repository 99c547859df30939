"""The page about constructs: every snippet is run."""

from __future__ import annotations

import pytest

from ece_constructs import Deployment, EceValueError, Tier
from tests.constructs.pages import DOCS, PROJECT, run, snippets, synthesized
from tests.constructs.worlds import world

PAGE = (DOCS / "constructs.md").read_text(encoding="utf-8")
README = snippets((PROJECT / "README.md").read_text(encoding="utf-8"))
_, *SNIPPETS = snippets(PAGE)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=range(len(SNIPPETS)))
def test_a_snippet_synthesizes(snippet: str) -> None:
    """Readers copy snippets; one that does not run costs them an evening and us their trust."""
    run(snippet, beginning=True)


def test_the_readme_s_second_step_follows_the_first() -> None:
    """Both blocks together are one program, whose last line writes it."""
    first, second = README
    program = first.replace("app.synth()\n", "") + second + "app.synth()\n"
    synthesized(program).has_connection("logs", security_model="api_key")


def test_the_error_on_the_page_is_the_real_one() -> None:
    """Readers search the page for the text they got."""
    made = world()
    with pytest.raises(EceValueError) as raised:
        Deployment(made.stack, "logs", environment=made.ece, version="9.2.0", hot=Tier(size="8 GB"))
    assert str(raised.value) in PAGE
