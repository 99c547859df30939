"""Certificates to test with: authorities of any age, certificates that are none, private keys."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
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


@dataclass(frozen=True)
class Chain:
    """A server's certificate, its root, and the server's key in the spellings that tools write."""

    pems: list[str]
    key_pem: str
    """PKCS#8, which ECE does not take."""
    traditional_key_pem: str
    """PKCS#1."""


def server_chain(host: str = "*.example.test", *, days: float = 365, root: str = "Company root") -> Chain:
    """A server certificate with an RSA key, signed by a new root."""
    authority, server = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    now = dt.datetime.now(dt.UTC)
    end = now + dt.timedelta(days=days)

    def signed(subject: str, key: rsa.RSAPrivateKey, *, is_ca: bool) -> str:
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .issuer_name(_name(root))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(min(now, end) - dt.timedelta(days=1))
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        )
        if not is_ca:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
        return builder.sign(authority, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()

    def text(form: serialization.PrivateFormat) -> str:
        return server.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()

    chain = [signed(host, server, is_ca=False), signed(root, authority, is_ca=True)]
    return Chain(chain, text(serialization.PrivateFormat.PKCS8), text(serialization.PrivateFormat.TraditionalOpenSSL))
