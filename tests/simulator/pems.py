"""Certificates to send to a simulated installation."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

TRADITIONAL, PKCS8 = serialization.PrivateFormat.TraditionalOpenSSL, serialization.PrivateFormat.PKCS8
KEY = rsa.generate_private_key(65537, 2048)
"""One key for all certificates here: making RSA keys is slow."""


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(
    subject: str = "some CA",
    issuer: str | None = None,
    *,
    authority: bool = True,
    days: int = 365,
    names: tuple[x509.GeneralName, ...] = (),
) -> x509.Certificate:
    """A certificate signed by KEY, self-signed unless an issuer is named; negative `days` have passed."""
    end = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer or subject))
        .public_key(KEY.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - dt.timedelta(days=3650))
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(KEY.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(KEY.public_key()), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(KEY, hashes.SHA256())


def pem(found: x509.Certificate) -> str:
    """The PEM text."""
    return found.public_bytes(serialization.Encoding.PEM).decode()


def fingerprint(found: x509.Certificate) -> str:
    """SHA-256 in hex."""
    return found.fingerprint(hashes.SHA256()).hex()


def key_pem(form: serialization.PrivateFormat = TRADITIONAL) -> str:
    """The private key of everything made here."""
    return KEY.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@dataclass(frozen=True)
class Bundle:
    """What is uploaded as a chain, and its root."""

    text: str
    root: str


def bundle(*hosts: str, more: tuple[x509.GeneralName, ...] = (), days: int = 365) -> Bundle:
    """A chain for a server of these names: key, server certificate, root."""
    root = certificate("uploaded root")
    names = (*(x509.DNSName(host) for host in hosts), *more)
    server = certificate("uploaded server", "uploaded root", authority=False, days=days, names=names)
    return Bundle(key_pem() + pem(server) + pem(root), pem(root))
