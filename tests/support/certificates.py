"""Certificates to test with: authorities of any age, certificates that are none, private keys."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Made:
    """A certificate and its key, as PEM texts."""

    pem: str
    key_pem: str


def certificate(
    name: str = "Test CA",
    *,
    is_ca: bool | None = True,
    days: float = 3650,
    begins: float = -1,
    subject: str | None = None,
) -> Made:
    """A self-signed certificate that ends ``days`` from now; ``is_ca`` None leaves the extension out."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    end = now + dt.timedelta(days=days)
    begin = min(now + dt.timedelta(days=begins), end - dt.timedelta(days=1))
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject or name))
        .issuer_name(_name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )
    if is_ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
    made = builder.sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Made(made.public_bytes(pem).decode(), secret.decode())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
