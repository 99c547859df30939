"""Certificate chains that a server shows, with its private key: reading, judging, and the bundle an upload wants.

Source: ECE documentation, "Manage security certificates": private key (unencrypted RSA, in its traditional form),
server certificate, intermediates, root, in this order. No clock: the caller says when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from ece_domain.certificates import MIN_VALIDITY, Certificate, read_certificates
from ece_domain.findings import Finding, InvalidValue, Severity

FIELD: Final = "chain_pem"


def read_chain(pems: Iterable[str]) -> list[Certificate]:
    """The certificates of a chain in its order; there is at least one.

    Raises:
        InvalidValue: as ``read_certificates``.
    """
    return [certificate for pem in pems for certificate in read_certificates(pem)]


def same_chain(left: Iterable[str], right: Iterable[str]) -> bool:
    """True when both are the same certificates in the same order, however they are spelled."""
    left, right = list(left), list(right)
    try:
        return [each.fingerprint for each in read_chain(left)] == [each.fingerprint for each in read_chain(right)]
    except InvalidValue:
        return left == right


def chain_findings(pems: Sequence[str], now: datetime) -> Iterator[Finding]:
    """Judge a chain that is to be shown: whole, in order, and valid at ``now`` (with its time zone)."""
    try:
        chain = read_chain(pems)
    except InvalidValue as problem:
        yield Finding("Not a certificate chain", f"{str(problem)[:1].upper()}{str(problem)[1:]}.", field=FIELD)
        return
    found = [_loaded(each) for each in chain]
    for place, (lower, upper) in enumerate(pairwise(found), 1):
        if not _is_issued_by(lower, upper):
            yield Finding(
                "The chain is not in order",
                f"Certificate {place} ({chain[place - 1].words}) is not signed by certificate {place + 1} "
                f"({chain[place].words}). The server's certificate comes first, each is signed by the next, and the "
                "root is last.",
                field=FIELD,
            )
            return
    if not _is_issued_by(found[-1], found[-1]):
        yield Finding(
            "The chain is not whole",
            f"The last certificate ({chain[-1].words}) is not signed by itself: the root is missing. ECE wants the "
            "whole chain, and others take its last certificate for the CA to trust.",
            field=FIELD,
        )
    for certificate in chain:
        yield from _validity(certificate, now)


def _validity(certificate: Certificate, now: datetime) -> Iterator[Finding]:
    words, end = f"{certificate.words[:1].upper()}{certificate.words[1:]}", certificate.not_after
    if end <= now:
        yield Finding("Certificate has expired", f"{words} expired on {end:%Y-%m-%d}.", field=FIELD)
    elif end - now < MIN_VALIDITY:
        yield Finding("Certificate expires soon", f"{words} expires on {end:%Y-%m-%d}.", Severity.WARNING, FIELD)


def bundle(pems: Iterable[str], key_pem: str | None, *, rsa_only: bool) -> str:
    """The text to upload: the key, if any, in its traditional form, then the chain.

    Raises:
        InvalidValue: the key cannot be read, is encrypted, of another kind (``rsa_only``), or belongs to another
            certificate. The text never repeats what was given.
    """
    chain = read_chain(pems)
    texts = [f"{each.pem.strip()}\n" for each in chain]
    return "".join([*([] if key_pem is None else [_key_text(key_pem, chain[0], rsa_only=rsa_only)]), *texts])


def _key_text(pem: str, server: Certificate, *, rsa_only: bool) -> str:
    try:
        key = serialization.load_pem_private_key(pem.encode(), None)
    except TypeError:
        raise InvalidValue(
            "the private key is encrypted: openssl rsa -in FILE -out FILE takes the password off"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidValue("the private key is no PEM text of one unencrypted private key") from None
    if rsa_only and not isinstance(key, RSAPrivateKey):
        raise InvalidValue("the private key is no RSA key; ECE takes RSA keys only")
    if key.public_key() != _loaded(server).public_key():
        raise InvalidValue(f"the private key does not belong to the first certificate of the chain, {server.words}")
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()


def _loaded(certificate: Certificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(certificate.pem.encode())


def _is_issued_by(lower: x509.Certificate, upper: x509.Certificate) -> bool:
    try:
        lower.verify_directly_issued_by(upper)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True
