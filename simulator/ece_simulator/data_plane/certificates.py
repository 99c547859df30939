"""Certificates of nodes and proxies: how a node's name gets into its certificate, and out of a peer's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ece_simulator.data_plane.tls_files import Shown
from ece_simulator.tls import Pair

COMMON_NAME = NameOID.COMMON_NAME
"""Type of the otherName that Elasticsearch compares with its trusted names (2.5.4.3)."""

_UTF8_STRING = 0x0C
_YEAR = dt.timedelta(days=365)


def node_certificate(authority: Pair, other_name: str | None, hosts: Sequence[str] = ()) -> Shown:
    """A transport certificate: for server and client use, with the otherName that trust is judged by.

    Without an otherName it is what a self-managed cluster has by default; such a node fits no trust restriction.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    common = (other_name or "instance").removesuffix(".account")[:64]
    general: list[x509.GeneralName] = [x509.DNSName(host) for host in hosts]
    if other_name is not None:
        general.append(x509.OtherName(COMMON_NAME, utf8_string(other_name)))
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)]))
        .issuer_name(authority.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + _YEAR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
    )
    if general:
        builder = builder.add_extension(x509.SubjectAlternativeName(general), critical=False)
    pair = Pair(builder.sign(authority.key, hashes.SHA256()), key)
    return Shown(pair.pem, pair.key_pem)


def other_names_in(der: bytes | None) -> list[str]:
    """The otherNames of a peer's certificate; empty without a certificate or without such names."""
    return [] if der is None else other_names_of(x509.load_der_x509_certificate(der))


def other_names_of(certificate: x509.Certificate) -> list[str]:
    """The otherNames of a certificate."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    others = extension.value.get_values_for_type(x509.OtherName)
    return [_text(other.value) for other in others if other.type_id == COMMON_NAME]


def utf8_string(text: str) -> bytes:
    """A text as the value of an otherName."""
    raw = text.encode()
    if len(raw) < 0x80:
        return bytes([_UTF8_STRING, len(raw)]) + raw
    size = len(raw).to_bytes((len(raw).bit_length() + 7) // 8, "big")
    return bytes([_UTF8_STRING, 0x80 | len(size)]) + size + raw


def _text(der: bytes) -> str:
    start = 2 if der[1] < 0x80 else 2 + (der[1] & 0x7F)
    return der[start:].decode()
