"""Finds the certificate that `ca_fingerprint` names, in the chain that the server presents.

The fingerprint alone proves nothing about the connection it was seen on (anybody can present somebody's CA
certificate), so nothing but that certificate is taken from it; every later handshake is verified against it by OpenSSL.
"""

from __future__ import annotations

import hashlib
import ssl
from typing import TYPE_CHECKING, Any

from ece_client.config import ClientConfig
from ece_client.errors import TlsFailed
from ece_client.tls import Pin, add_client_certificate, unverified_context

if TYPE_CHECKING:
    import httpx


async def find_pin(config: ClientConfig) -> Pin:
    """Connect once, without sending credentials, and return the certificate whose fingerprint is configured.

    Raises TlsFailed (fingerprint_mismatch) naming the fingerprints that were presented, or httpx.ConnectError.
    """
    import httpx

    probing = unverified_context()
    add_client_certificate(probing, config.tls)
    try:
        async with (
            httpx.AsyncClient(verify=probing, timeout=config.request_timeout) as http,
            http.stream("HEAD", config.endpoint + "/") as response,
        ):
            chain = _presented_chain(response)
    except (httpx.RequestError, OSError) as error:
        # Whatever broke here, the call that needs the connection has not been sent.
        raise httpx.ConnectError(str(error)) from error
    return _choose(chain, config)


def _presented_chain(response: httpx.Response) -> list[bytes]:
    """Return the chain as DER, the server's own certificate first."""
    connection: Any = response.extensions["network_stream"].get_extra_info("ssl_object")
    if isinstance(connection, ssl.SSLObject | ssl.SSLSocket):
        # The public method came with Python 3.13; before, it exists on the object behind.
        inner: Any = connection if hasattr(connection, "get_unverified_chain") else connection._sslobj  # type: ignore[union-attr]  # no type says so
        return [_der(certificate) for certificate in inner.get_unverified_chain() or ()]
    return []


def _der(certificate: Any) -> bytes:
    if isinstance(certificate, bytes):
        return certificate
    text: str = certificate.public_bytes()
    return ssl.PEM_cert_to_DER_cert(text)


def _choose(chain: list[bytes], config: ClientConfig) -> Pin:
    presented = [hashlib.sha256(certificate).hexdigest() for certificate in chain]
    wanted = config.tls.ca_fingerprint or ""
    if wanted in presented:
        position = presented.index(wanted)
        return Pin(chain[position], is_leaf=position == 0)
    raise TlsFailed(
        f"{config.address} presents no certificate with the fingerprint of `ca_fingerprint`; "
        f"it presents {', '.join(presented) or 'none'}",
        reason="fingerprint_mismatch",
        argument="ca_fingerprint",
    )
