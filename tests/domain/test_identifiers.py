"""Identifiers: mix-ups of ids are the classic error, so forms are judged early."""

import pytest

from ece_domain.findings import InvalidValue, Severity
from ece_domain.identifiers import AssociationId, check_hex_id, environment_id_finding, is_hex_id

DEPLOYMENT = "a" * 32
FILTER = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("text", ["A" * 32, "a" * 31, "g" * 32, f"{'a' * 32}\n", ""])
def test_only_32_hex_characters_are_an_id(text):
    """A line break copied along, or upper case, never reaches a URL."""
    assert not is_hex_id(text)
    with pytest.raises(InvalidValue, match="deployment id"):
        check_hex_id(text, "deployment id")


@pytest.mark.parametrize("separator", ["/", ",", " / "])
def test_association_id_reads_both_separators_and_writes_one(separator):
    """Import takes what people have at hand; state holds one form."""
    parsed = AssociationId.parse(f"{DEPLOYMENT}{separator}{FILTER}")
    assert parsed == AssociationId(DEPLOYMENT, FILTER)
    assert str(parsed) == f"{DEPLOYMENT}/{FILTER}"


@pytest.mark.parametrize("text", [DEPLOYMENT, f"{DEPLOYMENT}/{FILTER}/x", "a/b", ""])
def test_association_id_error_names_the_form(text):
    """The person who imports sees what is needed."""
    with pytest.raises(InvalidValue, match=r"is needed|are needed"):
        AssociationId.parse(text)


def test_environment_ids_are_numbers_cluster_ids_are_suspicious_blanks_are_errors():
    """A cluster id in the environment's place would let nobody in, silently."""
    assert environment_id_finding("1053523734") is None
    suspicious = environment_id_finding(DEPLOYMENT)
    assert suspicious is not None
    assert suspicious.severity is Severity.WARNING
    assert "cluster_id" in suspicious.detail
    blank = environment_id_finding("10 53")
    assert blank is not None
    assert blank.is_error
    assert '"10 53"' in blank.detail
