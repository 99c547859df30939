"""Certificates of an installation: the authority behind its API, its internal authority, certificates to test with.

Real X.509 on P-256 keys; nothing of a data plane yet.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

YEAR = dt.timedelta(days=365)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Pair:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def pem(self) -> str:
        """The certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        """The private key, unencrypted PKCS#8."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()


@dataclass(frozen=True)
class PublicCertificate:
    """A certificate as ECE hands it out."""

    certificate: x509.Certificate
    active: bool

    def view(self) -> dict[str, Any]:
        """Model PublicCertificate."""
        pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        metadata = {
            "fingerprint": self.certificate.fingerprint(hashes.SHA256()).hex(),  # inferred: SHA-256, hex
            "valid_from": _iso(self.certificate.not_valid_before_utc),
            "valid_to": _iso(self.certificate.not_valid_after_utc),
            "also_trusted_by": [],
        }
        return {"active": self.active, "pem": pem, "metadata": metadata}


def _iso(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def new_authority(common_name: str) -> Pair:
    """A self-signed root, valid for ten years."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = _now()
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(common_name))
        .issuer_name(_name(common_name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + 10 * YEAR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return Pair(builder.sign(key, hashes.SHA256()), key)


def issue(
    authority: Pair, common_name: str, hosts: tuple[str, ...] = (), *, expired: bool = False, client: bool = False
) -> Pair:
    """A certificate signed by the authority: for servers, or for a client; `expired` ended yesterday."""
    key = ec.generate_private_key(ec.SECP256R1())
    end = _now() - DAY if expired else _now() + YEAR
    purpose = ExtendedKeyUsageOID.CLIENT_AUTH if client else ExtendedKeyUsageOID.SERVER_AUTH
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(common_name))
        .issuer_name(authority.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - 2 * YEAR)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(_issuer_id(authority), critical=False)
    )
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([_general(h) for h in hosts]), critical=False)
    return Pair(builder.sign(authority.key, hashes.SHA256()), key)


def _issuer_id(authority: Pair) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, key_cert_sign=authority, crl_sign=authority, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip


@dataclass
class Authority:
    """All key material of one installation, made when first asked for."""

    name: str
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "::1")

    @cached_property
    def platform(self) -> Pair:
        """Signs what API, UI and proxies show."""
        return new_authority(f"ECE {self.name} platform CA")

    @cached_property
    def internal(self) -> Pair:
        """Signs the transport certificates of all deployments (internalca)."""
        return new_authority(f"ECE {self.name} internal CA")

    @cached_property
    def next_internal(self) -> Pair:
        """The internal CA that will follow."""
        return new_authority(f"ECE {self.name} internal CA (next)")

    @cached_property
    def stranger(self) -> Pair:
        """An authority nobody was told to trust."""
        return new_authority("Somebody else's CA")

    @cached_property
    def client_authority(self) -> Pair:
        """Signs the client certificate the API may demand."""
        return new_authority(f"ECE {self.name} client CA")

    @cached_property
    def client(self) -> Pair:
        """A client certificate the API accepts."""
        return issue(self.client_authority, "client of the API", client=True)

    def public_certificates(self) -> list[PublicCertificate]:
        """The active internal CA and the next one."""
        pairs = ((self.internal, True), (self.next_internal, False))
        return [PublicCertificate(pair.certificate, active) for pair, active in pairs]

    def server_certificate(self, kind: str = "normal") -> Pair:
        """What the API's TLS port shows: normal, expired, foreign_ca or wrong_host."""
        name = f"ECE {self.name} API"
        match kind:
            case "normal":
                return issue(self.platform, name, self.hosts)
            case "expired":
                return issue(self.platform, name, self.hosts, expired=True)
            case "foreign_ca":
                return issue(self.stranger, name, self.hosts)
            case "wrong_host":
                return issue(self.platform, name, ("elsewhere.invalid",))
        raise ValueError(f"certificate: normal, expired, foreign_ca or wrong_host; got {kind!r}")
