"""A cluster's own CA as files: made once, found again."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from ece_simulator.partners.issuing import Issued, new_ca


def kept_authority(folder: Path, subject: str) -> Issued:
    """The CA in `ca.crt` and `ca.key` of a folder; a new one where there is none."""
    certificate_file, key_file = folder / "ca.crt", folder / "ca.key"
    if certificate_file.exists() and key_file.exists():
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        return Issued(certificate, key)  # type: ignore[arg-type]  # a key that was made here
    made = new_ca(subject)
    folder.mkdir(parents=True, exist_ok=True)
    certificate_file.write_bytes(made.pem)
    write_secret(key_file, made.key_pem())
    return made


def write_secret(path: Path, content: bytes) -> None:
    """A file that only its owner can read."""
    path.touch(0o600)
    path.write_bytes(content)
