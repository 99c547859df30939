"""Certificates to trust: a wrong one cuts a connection without a word, so it is judged before it is sent."""

from __future__ import annotations

import datetime as dt

import pytest

from ece_domain.certificates import certificate_findings, fingerprints, read_certificates, same_certificates
from ece_domain.findings import InvalidValue, Severity
from tests.support.certificates import certificate

NOW = dt.datetime.now(dt.UTC)
ONE = certificate("One")
TWO = certificate("Two")


def findings(pem: str, *, is_new: bool = True) -> list[tuple[str, Severity]]:
    """Summaries and severities."""
    return [(found.summary, found.severity) for found in certificate_findings(pem, NOW, is_new=is_new)]


def test_a_bundle_is_several_certificates():
    """Vendors hand out chains with text around the blocks."""
    found = read_certificates(f"subject=One\n{ONE.pem}\nsubject=Two\n{TWO.pem}")
    assert [each.subject for each in found] == ["CN=One", "CN=Two"]
    assert found[0].pem == ONE.pem.strip()
    assert all(len(each.fingerprint) == 64 and each.is_ca for each in found)


def test_spelling_and_order_do_not_count():
    """A line break more, or another order, is no change of trust."""
    assert same_certificates([ONE.pem, TWO.pem], [f"{TWO.pem}\n\n", ONE.pem.replace("\n", "\r\n")])
    assert same_certificates([f"{ONE.pem}{TWO.pem}"], [TWO.pem, ONE.pem])
    assert not same_certificates([ONE.pem], [ONE.pem, TWO.pem])
    assert fingerprints([ONE.pem]) < fingerprints([ONE.pem, TWO.pem])


def test_unreadable_texts_only_equal_themselves():
    """A comparison never fails a plan."""
    assert same_certificates(["nonsense"], ["nonsense"])
    assert not same_certificates(["nonsense"], [ONE.pem])


@pytest.mark.parametrize("text", [ONE.key_pem, ONE.pem + ONE.key_pem, ONE.key_pem[:60]])
def test_a_private_key_is_refused_and_not_repeated(text: str):
    """It must not stand in an error either."""
    with pytest.raises(InvalidValue) as problem:
        read_certificates(text)
    assert "private key" in str(problem.value)
    assert ONE.key_pem.splitlines()[1] not in str(problem.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE REQUEST-----\nx\n-----END CERTIFICATE REQUEST-----",
    ],
)
def test_what_holds_no_certificate_is_an_error(text: str):
    """The finding says what is needed."""
    (found,) = certificate_findings(text, NOW)
    assert found.is_error
    assert "PEM" in found.detail


def test_a_good_authority_has_no_findings():
    """Nothing is said about what is right."""
    assert findings(ONE.pem) == []


@pytest.mark.parametrize("is_ca", [False, None])
def test_a_leaf_is_refused(is_ca: bool | None):
    """A node's or server's own certificate signs nothing."""
    leaf = certificate("issuer", is_ca=is_ca, subject="leaf")
    assert findings(leaf.pem) == [("Not a CA certificate", Severity.ERROR)]


def test_an_expired_one_is_an_error_when_new_and_a_warning_when_it_was_there():
    """A certificate that expires must not block every later plan."""
    old = certificate(days=-2)
    assert findings(old.pem) == [("CA certificate has expired", Severity.ERROR)]
    assert findings(old.pem, is_new=False) == [("CA certificate has expired", Severity.WARNING)]


def test_less_than_thirty_days_is_a_warning():
    """Rotation takes time."""
    assert findings(certificate(days=29).pem) == [("CA certificate expires soon", Severity.WARNING)]
    assert findings(certificate(days=31).pem) == []


def test_a_future_one_is_a_warning():
    """Rotation gives it out before it is used."""
    assert findings(certificate(begins=5).pem) == [("CA certificate is not valid yet", Severity.WARNING)]
