"""Certificates of an installation: the authorities behind its API, its proxies and its nodes, and some to test with.

Real X.509 on P-256 keys. Whether a certificate has expired is judged by the operating system's clock, as TLS does.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Sequence
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

    @cached_property
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

    def view(self, also_trusted_by: Sequence[str]) -> dict[str, Any]:
        """Model PublicCertificate."""
        metadata = certificate_metadata(self.certificate, also_trusted_by)
        return {"active": self.active, "pem": pem_of(self.certificate), "metadata": metadata}


def pem_of(certificate: x509.Certificate) -> str:
    """The PEM text of a certificate."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def fingerprint_of(certificate: x509.Certificate) -> str:
    """The fingerprint that ECE tells; that it is SHA-256 in hex is inferred."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def certificate_metadata(certificate: x509.Certificate, also_trusted_by: Sequence[str]) -> dict[str, Any]:
    """Model CertificateMetaData."""
    return {
        "fingerprint": fingerprint_of(certificate),
        "valid_from": certificate_time(certificate.not_valid_before_utc),
        "valid_to": certificate_time(certificate.not_valid_after_utc),
        "also_trusted_by": list(also_trusted_by),
    }


def certificate_time(moment: dt.datetime) -> str:
    """The vendor's form of a moment of a certificate, which knows no milliseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def new_authority(common_name: str, issuer: Pair | None = None) -> Pair:
    """A self-signed root, or an intermediate of `issuer`; valid for ten years."""
    key = ec.generate_private_key(ec.SECP256R1())
    signer = issuer.key if issuer is not None else key
    now = _now()
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(common_name))
        .issuer_name(issuer.certificate.subject if issuer is not None else _name(common_name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + 10 * YEAR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if issuer is not None:
        builder = builder.add_extension(_issuer_id(issuer), critical=False)
    return Pair(builder.sign(signer, hashes.SHA256()), key)


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
class WellKnown:
    """The public authority of the simulated world: everybody trusts it, as everybody trusts those of the internet."""

    @cached_property
    def root(self) -> Pair:
        """The root."""
        return new_authority("Well-known simulated root")

    @cached_property
    def issuer(self) -> Pair:
        """What signs server certificates."""
        return new_authority("Well-known simulated issuer", issuer=self.root)


@dataclass
class Authority:
    """All key material of one installation, made when first asked for."""

    name: str
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "::1")
    active: int = 0
    """Which of the internal authorities signs at present; those before are past, those after are to come."""
    _api: dict[tuple[str, ...], Pair] = field(default_factory=dict, repr=False)

    @cached_property
    def platform(self) -> Pair:
        """Signs what API and UI show."""
        return new_authority(f"ECE {self.name} platform CA")

    @cached_property
    def proxy_root(self) -> Pair:
        """Signs what the proxies show, unless their chain is a public one or was uploaded."""
        return new_authority(f"ECE {self.name} proxy CA")

    @cached_property
    def _line(self) -> list[Pair]:
        return [new_authority(f"ECE {self.name} internal CA {number}") for number in (1, 2)]

    @property
    def internal(self) -> Pair:
        """Signs the transport certificates of all deployments (internalca)."""
        return self._line[self.active]

    @property
    def next_internal(self) -> Pair:
        """The internal CA that will follow."""
        return self._line[self.active + 1]

    def internal_authorities(self) -> list[Pair]:
        """The internal CAs that the nodes of this installation trust among themselves: past, present and next."""
        return list(self._line)

    def rotate_internal(self) -> None:
        """The next internal CA signs from now on, the one after it appears."""
        self.active += 1
        self._line.append(new_authority(f"ECE {self.name} internal CA {len(self._line) + 1}"))

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
        """All internal CAs; one is active."""
        return [PublicCertificate(pair.certificate, place == self.active) for place, pair in enumerate(self._line)]

    def server_certificate(self, kind: str = "normal") -> Pair:
        """What the API's TLS port shows: normal, expired, foreign_ca or wrong_host."""
        name = f"ECE {self.name} API"
        match kind:
            case "normal":
                if self.hosts not in self._api:
                    self._api[self.hosts] = issue(self.platform, name, self.hosts)
                return self._api[self.hosts]
            case "expired":
                return issue(self.platform, name, self.hosts, expired=True)
            case "foreign_ca":
                return issue(self.stranger, name, self.hosts)
            case "wrong_host":
                return issue(self.platform, name, ("elsewhere.invalid",))
        raise ValueError(f"certificate: normal, expired, foreign_ca or wrong_host; got {kind!r}")
