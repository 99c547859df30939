"""From the start of the process to its handshake line, with the mutual TLS that Terraform offers."""

from __future__ import annotations

import datetime as dt
import os
import statistics
import subprocess
import time
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

COOKIE = {"TF_PLUGIN_MAGIC_COOKIE": "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"}


def client_certificate() -> str:
    """A certificate of the kind Terraform offers: P-521, for `localhost` (PEM)."""
    key = ec.generate_private_key(ec.SECP521R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA512())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def seconds_to_handshake(command: Sequence[str], certificate: str) -> float:
    """Start a provider, wait for its handshake line, end it."""
    env = {**os.environ, **COOKIE, "PLUGIN_CLIENT_CERT": certificate, "PLUGIN_PROTOCOL_VERSIONS": "5,6"}
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = time.perf_counter() - begun
        process.terminate()
    assert line.startswith("1|6|"), f"no handshake but {line!r}"
    return seconds


def compare(ours: Sequence[str], bare: Sequence[str], rounds: int) -> tuple[float, float]:
    """Median seconds of both, taken in turn so that both see the same machine."""
    certificate = client_certificate()
    for command in (ours, bare):  # warm the caches of the file system
        seconds_to_handshake(command, certificate)
    times = [(seconds_to_handshake(ours, certificate), seconds_to_handshake(bare, certificate)) for _ in range(rounds)]
    return statistics.median(t[0] for t in times), statistics.median(t[1] for t in times)
