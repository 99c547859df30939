"""Each route and model against files that a reader can open: tests/golden/hand_over/<route>-<model>/."""

from __future__ import annotations

import pytest

from ece_domain.security_models import SecurityModel
from tests.domain.hand_over.cases import CASES, folder, made


@pytest.mark.parametrize(("route", "model"), CASES)
def test_a_route_hands_over_exactly_these_files(route: str, model: SecurityModel) -> None:
    """A changed byte is a changed plan at a customer: it is wished for, or it is a mistake."""
    place = folder(route, model)
    golden = {
        str(file.relative_to(place)): file.read_text(encoding="utf-8") for file in place.rglob("*") if file.is_file()
    }
    assert {file.name: file.text for file in made(route, model).files} == golden


@pytest.mark.parametrize(("route", "model"), CASES)
def test_the_route_is_told(route: str, model: SecurityModel) -> None:
    """The run-book and the matrix of all routes speak of the same ten."""
    assert made(route, model).route == route


@pytest.mark.parametrize(("route", "model"), CASES)
def test_the_same_facts_give_the_same_bytes(route: str, model: SecurityModel) -> None:
    """Files must not change from one apply to the next."""
    assert made(route, model) == made(route, model)
