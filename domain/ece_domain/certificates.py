"""Certificates that others are trusted by: reading PEM text, comparing it, judging it. No clock: the caller says when.

Sources: ECE API ``DirectTrustRelationship.certificates``, ``TrustRelationshipCreateRequest.public_ca_cert``; ECE
documentation, "Access other deployments" (a CA certificate only, never a private key).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from ece_domain.findings import Finding, InvalidValue, Severity
from ece_domain.validations.trust import V17

if TYPE_CHECKING:
    from cryptography import x509  # loaded where a certificate is read: its start costs a moment that most runs save

MIN_VALIDITY: Final = timedelta(days=30)
"""A certificate that ends sooner gets a warning."""

_BLOCK: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_CERTIFICATE_LABELS: Final = frozenset({"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"})
_WANTED: Final = 'CA certificates in PEM form, "-----BEGIN CERTIFICATE-----" and so on, are needed'


@dataclass(frozen=True)
class Certificate:
    """One certificate of a PEM text."""

    pem: str
    """Its own PEM block as it was written, without what stood around it."""
    fingerprint: str
    """SHA-256 over the certificate itself (DER), 64 lower-case hexadecimal characters."""
    subject: str
    """Name it was issued to, as in RFC 4514."""
    not_before: datetime
    """Start of its validity, UTC."""
    not_after: datetime
    """End of its validity, UTC."""
    is_ca: bool
    """True when it may sign others; a certificate of version 1, which cannot say so, counts when it is self-signed."""
    dns_names: tuple[str, ...] = ()
    """DNS names that it is good for (subjectAltName)."""
    is_self_signed: bool = False
    """True when subject and issuer are one: the end of a chain."""

    @property
    def words(self) -> str:
        """The certificate, for messages."""
        return f'the certificate "{self.subject}" (SHA-256 {self.fingerprint[:16]}…)'


def read_certificates(pem: str) -> list[Certificate]:
    """The certificates of a PEM text, in its order; there is at least one.

    Raises:
        InvalidValue: a private key or another block among them, no certificate at all, or one that cannot be read.
            The text never repeats what was given.
    """
    labels = [match[1] for match in _BLOCK.finditer(pem)]
    if any("PRIVATE KEY" in label for label in labels) or "PRIVATE KEY-----" in pem:
        raise InvalidValue(
            "a private key stands beside the certificate: give the CA certificate only. Take the key for known to "
            "others now, and replace it. openssl pkcs12 -clcerts -nokeys takes certificates out of a p12 file",
            V17.id,
        )
    if foreign := [label for label in labels if label not in _CERTIFICATE_LABELS]:
        raise InvalidValue(f'the text holds a block "{foreign[0]}": {_WANTED}', V17.id)
    if not labels:
        raise InvalidValue(f"the text ({len(pem)} characters) holds no certificate: {_WANTED}", V17.id)
    return [_read(match[0]) for match in _BLOCK.finditer(pem)]


def _read(block: str) -> Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        found = x509.load_pem_x509_certificate(block.encode())
        return Certificate(
            pem=block,
            fingerprint=found.fingerprint(SHA256()).hex(),
            subject=found.subject.rfc4514_string(),
            not_before=found.not_valid_before_utc,
            not_after=found.not_valid_after_utc,
            is_ca=_is_ca(found),
            dns_names=_dns_names(found),
            is_self_signed=found.subject == found.issuer,
        )
    except (ValueError, TypeError) as problem:
        raise InvalidValue(f"a certificate cannot be read ({problem}): {_WANTED}", V17.id) from None


def _dns_names(certificate: x509.Certificate) -> tuple[str, ...]:
    from cryptography import x509

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(names.get_values_for_type(x509.DNSName))


def _is_ca(certificate: x509.Certificate) -> bool:
    from cryptography import x509

    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return certificate.version is x509.Version.v1 and certificate.subject == certificate.issuer


def fingerprints(pems: Iterable[str]) -> frozenset[str]:
    """The fingerprints of all certificates in these texts: what makes two sets of certificates the same.

    Raises:
        InvalidValue: as ``read_certificates``.
    """
    return frozenset(certificate.fingerprint for pem in pems for certificate in read_certificates(pem))


def same_certificates(left: Iterable[str], right: Iterable[str]) -> bool:
    """True when both hold the same certificates, whatever their order and spelling; unreadable ones only if equal."""
    left, right = list(left), list(right)
    try:
        return fingerprints(left) == fingerprints(right)
    except InvalidValue:
        return left == right


def certificate_findings(
    pem: str, now: datetime, *, is_new: bool = True, field: str | None = None
) -> Iterator[Finding]:
    """Judge the certificates of a text that is to be trusted (``now`` with its time zone).

    No CA and not readable are errors; so is an expired one that ``is_new``, while one that was there before and expired
    since is a warning, as is one that ends within ``MIN_VALIDITY``.
    """
    try:
        certificates = read_certificates(pem)
    except InvalidValue as problem:
        yield V17.says(_sentence(str(problem)), summary="Not a CA certificate", field=field)
        return
    for certificate in certificates:
        if not certificate.is_ca:
            yield V17.says(
                f"{_sentence(certificate.words)[:-1]} is not one of a certificate authority, so nothing it signed can "
                "be trusted by it. Give the CA certificate, of a chain the last one.",
                summary="Not a CA certificate",
                field=field,
            )
        yield from validity_findings(certificate, now, is_new, field)


def validity_findings(certificate: Certificate, now: datetime, is_new: bool, field: str | None) -> Iterator[Finding]:
    """Judge when a certificate is valid; arguments as ``certificate_findings``."""
    end = certificate.not_after
    words = _sentence(certificate.words)[:-1]
    if end <= now:
        yield V17.says(
            V17.text.format(certificate=words, date=f"{end:%Y-%m-%d}"),
            summary="CA certificate has expired",
            severity=Severity.ERROR if is_new else Severity.WARNING,
            field=field,
        )
    elif end - now < MIN_VALIDITY:
        yield V17.says(
            f"{words} expires on {end:%Y-%m-%d}. Add the one that follows it beside it before that day.",
            summary="CA certificate expires soon",
            severity=Severity.WARNING,
            field=field,
        )
    if certificate.not_before > now:
        yield V17.says(
            f"{words} is valid from {certificate.not_before:%Y-%m-%d} on.",
            summary="CA certificate is not valid yet",
            severity=Severity.WARNING,
            field=field,
        )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
