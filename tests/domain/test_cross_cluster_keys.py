"""Keys: what access may hold, when rotation is due, what the metadata says; and the time values of both."""

from __future__ import annotations

import pytest

from ece_domain.cross_cluster_keys import (
    ACTIVE,
    KeyLabel,
    access_findings,
    is_rotation_due,
    rotation_finding,
)
from ece_domain.findings import InvalidValue
from ece_domain.time_values import parse_time_value, same_time, to_time_value

SEARCH = {"names": ["logs-*"]}


@pytest.mark.parametrize(
    ("access", "words"),
    [
        ({}, "access to nothing"),
        ({"search": [], "replication": None}, "access to nothing"),
        ({"search": [{"names": []}]}, "Empty names"),
        ({"search": [{**SEARCH, "query": "{}"}], "replication": [SEARCH]}, "Document and field security"),
        ({"search": [{**SEARCH, "field_security": {"grant": ["a"]}}], "replication": [SEARCH]}, "field security"),
    ],
)
def test_access_that_elasticsearch_would_refuse(access, words):
    """Told at plan, before anything is made."""
    assert [words in finding.summary for finding in access_findings(access)] == [True]


@pytest.mark.parametrize(
    "access", [{"search": [SEARCH]}, {"search": [{**SEARCH, "query": "{}"}]}, {"replication": [SEARCH]}]
)
def test_access_that_is_fine(access):
    """Document security alone is allowed."""
    assert list(access_findings(access)) == []


def test_a_label_survives_the_round_trip():
    """Old keys are found by it."""
    label = KeyLabel("c" * 32, "logs", ACTIVE, "60d")
    assert KeyLabel.read(label.metadata()) == label
    assert label.is_for("c" * 32, "logs")
    assert not label.is_for("c" * 32, "logs-eu")


def test_foreign_keys_have_no_label():
    """Nothing that others made may ever be invalidated."""
    assert KeyLabel.read({"managed_by": "somebody", "local": "c", "alias": "logs"}) is None
    assert KeyLabel.read({}) is None


def test_rotation_before_expiry():
    """A key that expires first cuts the connection."""
    assert rotation_finding("60d", "90d") is None
    for late in ("90d", "100d", "2160h"):
        finding = rotation_finding(late, "90d")
        assert finding is not None
        assert finding.is_error


def test_when_rotation_is_due():
    """From the creation on, to the second."""
    assert not is_rotation_due(1000.0, "60s", 1059.9)
    assert is_rotation_due(1000.0, "60s", 1060.0)
    assert not is_rotation_due(1000.0, None, 9e9)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90d", 7_776_000), ("12h", 43_200), ("5m", 300), ("10s", 10), ("500ms", 0.5)]
)
def test_time_values(text, seconds):
    """Elasticsearch's units."""
    assert parse_time_value(text) == seconds


@pytest.mark.parametrize("text", ["", "90", "0d", "-1d", "1.5d", "1d12h", "1w", "d"])
def test_what_is_no_time_value(text):
    """Elasticsearch would refuse these at apply."""
    with pytest.raises(InvalidValue):
        parse_time_value(text)


def test_the_same_time_in_other_units():
    """Spelling is no change."""
    assert same_time("2d", "48h")
    assert not same_time("2d", "47h")


@pytest.mark.parametrize(("seconds", "text"), [(7_776_000.4, "90d"), (43_200, "12h"), (90, "90s"), (0.2, "1s")])
def test_lengths_as_time_values(seconds, text):
    """What an import reads from a key's two moments."""
    assert to_time_value(seconds) == text
