"""Whom the client trusts, over real sockets: authorities, fingerprints, and certificates that are refused."""

from __future__ import annotations

import hashlib
import ssl
from urllib.parse import urlsplit

import pytest

from ece_client import ConnectionFailed, Tls, TlsFailed
from tests.api_client.live.calls import client_of


def leaf_fingerprint(endpoint):
    """Return the SHA-256 of the certificate that the installation shows now."""
    parts = urlsplit(endpoint)
    pem = ssl.get_server_certificate((parts.hostname, parts.port))
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


@pytest.mark.parametrize(
    "tls",
    [
        lambda ece: Tls(ca_file=ece.ca_file),
        lambda ece: Tls(ca_pem=ece.ca_pem),
        lambda ece: Tls(ca_fingerprint=leaf_fingerprint(ece.endpoint)),
        lambda ece: Tls(insecure=True),
    ],
    ids=["ca_file", "ca_pem", "ca_fingerprint", "insecure"],
)
async def test_trust(ece, tls):
    """Each TLS argument opens the way by itself."""
    async with client_of(ece, tls=tls(ece)) as client:
        assert (await client.call("get-platform")).model().version


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [("expired", "expired"), ("foreign_ca", "unknown_ca"), ("wrong_host", "host_name_mismatch")],
)
async def test_distrust(simulator, ece, certificate, reason):
    """Each flaw of a certificate is told apart."""
    simulator.control.set_certificate(certificate)
    try:
        async with client_of(ece) as client:
            with pytest.raises(TlsFailed) as caught:
                await client.call("get-platform")
    finally:
        simulator.control.set_certificate("normal")
    assert caught.value.reason == reason
    assert simulator.control.calls() == []


async def test_client_certificate(simulator, ece, tmp_path):
    """Mutual TLS, for installations behind a gateway that demands it."""
    pair = simulator.control.client_certificate()
    (tmp_path / "c.pem").write_text(pair["certificate"])
    (tmp_path / "k.pem").write_text(pair["key"])
    files = {"client_cert_file": str(tmp_path / "c.pem"), "client_key_file": str(tmp_path / "k.pem")}
    simulator.control.require_client_certificate()
    try:
        async with client_of(ece, tls=Tls(ca_file=ece.ca_file, **files)) as client:
            await client.call("get-platform")
        async with client_of(ece, max_retries=0) as client:
            with pytest.raises(ConnectionFailed, match="client_cert_file"):
                await client.call("get-platform")
    finally:
        simulator.control.require_client_certificate(False)


async def test_plain_port(ece):
    """ECE's port 12400; and TLS spoken to it by mistake."""
    async with client_of(ece, endpoint=ece.plain_endpoint) as client:
        await client.call("get-platform")
    async with client_of(ece, endpoint=ece.plain_endpoint.replace("http:", "https:")) as client:
        with pytest.raises(TlsFailed, match="does not speak TLS"):
            await client.call("get-platform")
