"""Certificates, keys and authorities that a node's settings name, read from its files; errors carry its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from ece_simulator.data_plane.tls_files import Shown
from ece_simulator.partners.failure import StartFailure
from ece_simulator.partners.yaml_text import listed
from ece_simulator.tls import pem_of


class Files(Protocol):
    """The files of one node. `read` raises FileNotFoundError, and PermissionError outside of the config folder."""

    @property
    def root(self) -> str:
        """The config folder, to which relative paths belong."""

    def read(self, path: str) -> bytes:
        """The content of a file."""


@dataclass(frozen=True)
class SslContext:
    """One ssl context of a node's settings, such as `xpack.security.transport.ssl`."""

    name: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)
    files: Files

    def get(self, name: str, default: str | None = None) -> str | None:
        """A setting of this context."""
        value = self.settings.get(f"{self.name}.{name}", default)
        return None if value is None else str(value)

    def enabled(self, default: str) -> bool:
        """Whether the context uses TLS at all."""
        return self.get("enabled", default) == "true"

    def read(self, path: str, what: str) -> bytes:
        """A file that a setting names; StartFailure tells why it cannot be read."""
        cause = f"failed to load SSL configuration [{self.name}] - cannot read configured [{what}] [{path}] because"
        try:
            return self.files.read(path)
        except FileNotFoundError:
            raise StartFailure(f"{cause} the file does not exist") from None
        except PermissionError:
            place = f"SSL resources should be placed in the [{self.files.root}] directory"
            raise StartFailure(f"{cause} access to read the file is blocked; {place}") from None

    def shown(self) -> Shown | None:
        """The certificate with its chain and key; None when the context names none."""
        store, key, certificate = self.get("keystore.path"), self.get("key"), self.get("certificate")
        if store is not None and (key or certificate):
            both = (
                f"cannot specify both [{self.name}.keystore.path] and [{self.name}.{'key' if key else 'certificate'}]"
            )
            raise StartFailure(both)
        if store is not None:
            return self._from_store(store)
        if key is None and certificate is None:
            return None
        if key is None or certificate is None:
            lacking = "key" if key is None else "certificate"
            text = f"cannot have a certificate without its key: [{self.name}.{lacking}] is missing"
            raise StartFailure(f"invalid SSL configuration for {self.name} - {text}")
        return self._from_pem(self.read(certificate, "PEM certificate"), self.read(key, "PEM private key"), certificate)

    def _from_pem(self, certificate: bytes, key: bytes, path: str) -> Shown:
        phrase = self.secrets.get(f"{self.name}.secure_key_passphrase") or self.get("key_passphrase")
        try:
            chain = x509.load_pem_x509_certificates(certificate)
            encrypted = b"ENCRYPTED" in key
            loaded = serialization.load_pem_private_key(key, phrase.encode() if phrase and encrypted else None)
        except (ValueError, TypeError) as error:
            text = (
                f"failed to load SSL configuration [{self.name}] - cannot load certificate or key of [{path}]: {error}"
            )
            raise StartFailure(text) from error
        return self._fitting(loaded, chain, path)

    def _from_store(self, path: str) -> Shown:
        data, password = self.read(path, "PKCS12 keystore"), self._password("keystore")
        try:
            key, certificate, more = pkcs12.load_key_and_certificates(data, password)
        except ValueError as error:
            text = f"failed to load SSL configuration [{self.name}] - cannot read configured [PKCS12] keystore [{path}]"
            raise StartFailure(f"{text} - {error}") from error
        if key is None or certificate is None:
            raise StartFailure(f"the keystore [{path}] does not contain a private key entry")
        return self._fitting(key, [certificate, *more], path)

    def _password(self, store: str) -> bytes:
        return (
            self.secrets.get(f"{self.name}.{store}.secure_password") or self.get(f"{store}.password") or ""
        ).encode()

    def _fitting(self, key: Any, chain: list[x509.Certificate], path: str) -> Shown:
        if chain[0].public_key() != key.public_key():
            text = f"the private key does not belong to the certificate [{path}]"
            raise StartFailure(f"failed to load SSL configuration [{self.name}] - {text}")
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return Shown("".join(pem_of(certificate) for certificate in chain), pem.decode())

    def authorities(self) -> tuple[str, ...] | None:
        """The CAs (PEM) that the context trusts; None when it names none."""
        paths = listed(self.settings.get(f"{self.name}.certificate_authorities"))
        store = self.get("truststore.path")
        if paths and store is not None:
            both = f"[{self.name}.truststore.path] and [{self.name}.certificate_authorities]"
            raise StartFailure(f"cannot specify both {both}")
        if store is not None:
            return self._stored_authorities(store)
        if not paths:
            return None
        found: list[str] = []
        for path in paths:
            found += self._authorities_in(path)
        return tuple(dict.fromkeys(found))

    def _authorities_in(self, path: str) -> list[str]:
        data = self.read(path, "PEM certificate_authorities")
        try:
            return [pem_of(certificate) for certificate in x509.load_pem_x509_certificates(data)]
        except ValueError as error:
            cause = f"cannot load PEM certificate_authorities from [{path}]"
            raise StartFailure(f"failed to load SSL configuration [{self.name}] - {cause}: {error}") from error

    def _stored_authorities(self, path: str) -> tuple[str, ...]:
        data = self.read(path, "PKCS12 truststore")
        try:
            _, own, more = pkcs12.load_key_and_certificates(data, self._password("truststore"))
        except ValueError as error:
            raise StartFailure(f"failed to load SSL configuration [{self.name}] - [{path}]: {error}") from error
        return tuple(pem_of(certificate) for certificate in (*((own,) if own else ()), *more))


def certificates_in(pem: str) -> list[x509.Certificate]:
    """The certificates of a PEM text."""
    return x509.load_pem_x509_certificates(pem.encode())


def issuer_of(shown: Shown, authorities: tuple[str, ...]) -> str | None:
    """The authority behind a chain, of those given; None when none of them is."""
    chain = certificates_in(shown.chain_pem)
    known = {pem: certificate for pem in authorities for certificate in certificates_in(pem)}
    for certificate in chain:
        for pem, authority in known.items():
            if certificate == authority or _signed(certificate, authority):
                return pem
    return None


def _signed(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
