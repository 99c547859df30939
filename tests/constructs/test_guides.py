"""The guides: every snippet runs, and what they say of objects, calls, files, people and messages is what there is."""

from __future__ import annotations

import re
from itertools import groupby

import pytest

from ece_domain.hand_over.run_book import NAME as RUN_BOOK
from ece_domain.platforms import Platform, filters_for
from ece_domain.security_models import SecurityModel
from tests.constructs import guides
from tests.constructs.guides import MODELS, OBJECTS, PARTS, ROUTES, WORDS, Section
from tests.constructs.pages import PROJECT, broken_links, prose, run, snippets

SECTIONS = [Section(route, model) for route in ROUTES for model in MODELS if route not in ("I1", "I2")]
IDS = [f"{section.route}-{section.model}" for section in SECTIONS]
THEMES = [page for page in guides.PAGES if page.stem not in ROUTES.values()]
EXAMPLES = [file.read_text(encoding="utf-8").strip() for file in (PROJECT / "examples/terraform").glob("**/*.tf")]
BESIDE = {"ece_deployment", "ece_traffic_filter", "ece_traffic_filter_association"}
"""What a program has beside the objects of the matrix, which starts with deployments that are there."""

each_section = pytest.mark.parametrize("section", SECTIONS, ids=IDS)
each_page = pytest.mark.parametrize("page", guides.PAGES, ids=lambda page: page.stem)


@each_section
def test_a_program_makes_the_objects_that_its_table_names(section: Section):
    """Readers judge by the table whether they may run it; the matrix applies the same objects."""
    found = list(guides.claims(section.text))
    assert found
    for number, (program, rows) in enumerate(found):
        made = guides.objects_of(guides.synthesized(program))
        told = {name for name in guides.names([row[0] for row in rows]) if "ece_" in name}
        assert told == made
        if number == 0:
            applied = set(section.applied[0])
            assert {kind for kind in made if not kind.startswith("data.")} - applied <= BESIDE
            assert applied <= made


@each_section
def test_a_section_hands_over_what_the_matrix_applies(section: Section):
    """Files and people are those of the hand-over that the program really makes."""
    program, _ = next(guides.claims(section.text))
    made = guides.handed_over(program)
    text = section.part("What you hand over")
    files = guides.names([row[0] for row in guides.table(text, "| file | for | what it is |")])
    assert sorted(files) == sorted(file.name for file in made.files)
    assert sorted(files) == sorted([*section.applied[1], RUN_BOOK])
    people = re.findall(r"^\d+\. \*\*(.+?)\*\*", text, re.MULTILINE)
    assert people == [who for who, _ in groupby(step.who for step in made.steps)]
    network = next(file for file in made.files if file.name == "network.csv").text
    (port,) = re.findall(r"^- Port (\d+)\b", section.part("What happens on both sides"), re.MULTILINE)
    assert f",{port}," in network


@pytest.mark.parametrize("route", ROUTES)
def test_each_route_has_both_models(route: str):
    """A reader finds the row in the index, and the section behind it, with all four parts."""
    row = next(line for line in guides.page("README").splitlines() if line.startswith(f"| {route} |"))
    for model, title in MODELS.items():
        section = Section(route, model)
        for part in PARTS:
            assert section.part(part).strip()
        reasons = [why for _, why, _ in guides.table(section.part("How it fails"), WORDS)]
        assert section.mistake
        assert any(section.mistake in why for why in reasons)
        assert f"({ROUTES[route]}.md#{title.lower().replace(' ', '-')})" in row
        if route in ("I1", "I2"):  # told on the page of the other end, as both are one connection
            assert section.applied == Section(f"O{route[1]}", model).applied
            assert f"({f'O{route[1]}'}, {route})" in guides.page(ROUTES[route]).splitlines()[0]


@each_page
def test_words_in_guides_are_those_of_the_code(page):
    """Readers search the guides for the text that they got; a text that nobody says is never found."""
    text = page.read_text(encoding="utf-8")
    rows = [row for block in text.split(WORDS)[1:] for row in guides.table(f"{WORDS}{block}", WORDS)]
    quoted = [guides.one_line(text) for row in rows for text in guides.names(row[:1])]
    assert len(quoted) == len(rows)
    assert all(len(text) > 25 for text in quoted)
    said = guides.texts()
    assert [text for text in quoted if text not in said] == []


@each_page
def test_calls_in_guides_are_those_of_the_client(page):
    """What goes over the network is what readers show to their security people."""
    told = [name for name in guides.names([prose(page.read_text(encoding="utf-8"))]) if guides.is_call(name)]
    assert told or page in THEMES
    assert [call for call in told if not guides.known_call(call)] == []


@pytest.mark.parametrize("page", [*guides.PAGES, PROJECT / "README.md", PROJECT / "docs/constructs.md"], ids=str)
def test_links_lead_somewhere(page):
    """To a page that exists, and to a heading on it."""
    assert broken_links(page) == []


@pytest.mark.parametrize("page", THEMES, ids=lambda page: page.stem)
def test_snippets_of_other_guides_run(page):
    """Python as a program, Terraform as an example that a test deploys."""
    text = page.read_text(encoding="utf-8")
    for snippet in snippets(text):
        run(snippet)
    for block in snippets(text, "hcl"):
        assert block.strip() in EXAMPLES
    assert OBJECTS not in text


def test_the_table_of_filters_is_the_rule():
    """People decide by it which filter they write; one that cannot act protects nobody."""
    places = {name: platform for platform, name in guides.PLATFORMS.items()}
    rows = guides.table(guides.page("filters_and_lock_out"), "| local | remote | by API key | by certificate |")
    assert len(rows) == len(guides.PAIRS)
    for local, remote, *told in rows:
        is_same = remote == "the same ECE"
        pair = places[local], places.get(remote, Platform.ECE)
        assert (*pair, is_same) in guides.PAIRS
        for model, cell in zip(SecurityModel, told, strict=True):
            acting = filters_for(*pair, model, is_same_environment=is_same)
            assert guides.names([cell]) == sorted(kind.value for kind in acting)


def test_a_connection_keeps_its_address_when_it_moves_to_keys():
    """Else Terraform would destroy the alias, and followers with it."""
    before, after = (
        guides.synthesized(snippet).resources("ece_remote_cluster")
        for snippet in snippets(guides.page("certificates_to_keys"))
    )
    assert list(before) == list(after)
    ((_, old),), ((_, new),) = before.items(), after.items()
    assert (old["alias"], old["security_model"]) == (new["alias"], "certificate")
    assert new["security_model"] == "api_key"
