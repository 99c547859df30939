"""Reading PEM texts of authorities, and saying in words what is wrong with one."""

from __future__ import annotations

import datetime as dt

from cryptography import x509

PRIVATE_KEY = "PRIVATE KEY-----"


def read_authority(pem: str, *, may_be_expired: bool = False) -> x509.Certificate:
    """The one CA certificate in a text; ValueError tells what it holds instead."""
    if PRIVATE_KEY in pem:
        raise ValueError("holds a private key; only public certificates may be sent")
    found = read_certificates(pem)
    if len(found) != 1:
        raise ValueError(f"must hold exactly one certificate, holds {len(found)}")
    certificate = found[0]
    if not is_authority(certificate):
        raise ValueError(f"[{certificate.subject.rfc4514_string()}] is not a certificate authority")
    if not may_be_expired and certificate.not_valid_after_utc <= dt.datetime.now(dt.UTC):
        raise ValueError(f"expired at {certificate.not_valid_after_utc.isoformat()}")
    return certificate


def read_certificates(pem: str) -> list[x509.Certificate]:
    """All certificates in a text, in their order; ValueError if there is none."""
    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except ValueError as error:
        raise ValueError("is no certificate in PEM form") from error


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether the certificate may sign others."""
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound:
        return False
    return bool(constraints.value.ca)
