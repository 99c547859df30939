"""Which versions may be connected: the printed table cell by cell, and the rule beyond it."""

from __future__ import annotations

import pytest

from ece_domain.compatibility import (
    can_search,
    connection_finding,
    model_finding,
    replication_finding,
    search_finding,
    searchable,
)
from ece_domain.findings import Severity
from ece_domain.security_models import SecurityModel


def eights(first: int, last: int) -> list[str]:
    """Minors of 8."""
    return [f"8.{minor}" for minor in range(first, last + 1)]


PRINTED = {
    "7.17": ["7.17", *eights(0, 19)],
    "8.0": ["7.17", *eights(0, 19)],
    **{f"8.{minor}": eights(minor - 1, 19) for minor in range(1, 18)},
    "8.18": ["8.17", "8.18", "8.19", "9.0"],
    "8.19": ["8.18", "8.19", "9.0", "9.1", "9.2", "9.3"],
    "9.0": ["8.18", "9.0", "9.1", "9.2", "9.3"],
    "9.1": ["9.0", "9.1", "9.2", "9.3"],
    "9.2": ["9.1", "9.2", "9.3"],
    "9.3": ["9.2", "9.3"],
}
COLUMNS = ["7.17", *eights(0, 19), "9.0", "9.1", "9.2", "9.3"]


def minor(text: str) -> tuple[int, int]:
    """``8.19`` as numbers."""
    major, _, rest = text.partition(".")
    return int(major), int(rest)


@pytest.mark.parametrize("local", PRINTED)
def test_the_printed_table_of_search(local: str):
    """A pair that Elastic does not support must be refused, and none that it does."""
    assert [remote for remote in COLUMNS if can_search(minor(local), minor(remote))] == PRINTED[local]


def test_newer_minors_follow_the_rule():
    """9.4 and 9.5 are in use and not in the printed table: the one before, itself, and later ones."""
    assert searchable((9, 4)) == [(9, 3), (9, 4), (9, 5)]
    assert searchable((9, 5)) == [(9, 4), (9, 5)]
    assert can_search((8, 19), (9, 5)) is True


def test_what_is_not_known_is_a_warning():
    """A provider that is older than the cluster must not stand in the way."""
    for local, remote in (("10.0.0", "9.5.0"), ("9.6.0", "9.6.0")):
        finding = search_finding(local, remote)
        assert finding is not None
        assert finding.severity is Severity.WARNING


def test_a_refusal_names_the_versions_that_fit():
    """The reader decides by it which side to upgrade."""
    finding = search_finding("9.2.0", "8.19.3")
    assert finding is not None
    assert finding.is_error
    assert "9.1, 9.2, 9.3" in finding.detail
    assert "Upgrade the remote side" in finding.detail


@pytest.mark.parametrize(
    ("follower", "leader", "fits"),
    [
        ("9.2.0", "9.2.0", True),
        ("9.2.1", "9.2.0", True),
        ("9.2.0", "9.2.1", False),
        ("9.0.0", "8.17.0", True),
        ("9.1.0", "8.19.0", True),
        ("9.1.0", "8.17.0", False),
        ("9.0.1", "8.18.0", True),
        ("8.19.0", "7.17.9", True),
        ("8.5.0", "7.16.0", False),
    ],
)
def test_replication(follower: str, leader: str, fits: bool):
    """A follower may be newer, patch included, and never older."""
    finding = replication_finding(follower, leader)
    assert (finding is None or not finding.is_error) is fits


def test_a_pair_for_replication_only_is_let_through_with_a_warning():
    """A connection does not say what it is for; one use is enough."""
    finding = connection_finding("9.2.0", "8.19.0")
    assert finding is not None
    assert finding.severity is Severity.WARNING
    useless = connection_finding("8.15.0", "9.2.0")
    assert useless is not None
    assert useless.is_error


def test_keys_need_8_14_on_both_sides():
    """The text must name the side that is too old."""
    finding = model_finding(SecurityModel.API_KEY, "8.19.0", "8.13.4")
    assert finding is not None
    assert finding.is_error
    assert "remote side is on 8.13.4" in finding.detail
    assert "local side" not in finding.detail
    assert model_finding(SecurityModel.API_KEY, "8.14.0", "9.2.0") is None


def test_certificates_are_deprecated_from_9_0():
    """They go on working, so this is a warning and no error."""
    finding = model_finding(SecurityModel.CERTIFICATE, "8.19.0", "9.0.0")
    assert finding is not None
    assert finding.severity is Severity.WARNING
    assert model_finding(SecurityModel.CERTIFICATE, "8.19.0", "8.18.0") is None
