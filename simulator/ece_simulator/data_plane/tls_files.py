"""Contexts of Python's `ssl` made from PEM texts; certificates and keys must pass through a file."""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Iterable

from ece_simulator.tls import Pair


def server_context(
    pair: Pair, authorities: Iterable[str], *, client: ssl.VerifyMode, chain: str = ""
) -> ssl.SSLContext:
    """A server that shows `pair` (and `chain` behind it) and judges clients by `authorities`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load_pair(context, pair, chain)
    context.verify_mode = client
    load_authorities(context, authorities)
    return context


def client_context(authorities: Iterable[str], *, pair: Pair | None = None, check_name: bool) -> ssl.SSLContext:
    """A client that trusts `authorities` and shows `pair`, if one is given."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = check_name
    context.verify_mode = ssl.CERT_REQUIRED
    load_authorities(context, authorities)
    if pair is not None:
        load_pair(context, pair)
    return context


def load_authorities(context: ssl.SSLContext, authorities: Iterable[str]) -> None:
    """Trust these CAs; texts that are no certificate count as none."""
    for pem in authorities:
        try:
            context.load_verify_locations(cadata=pem)
        except (ssl.SSLError, ValueError):
            continue


def load_pair(context: ssl.SSLContext, pair: Pair, chain: str = "") -> None:
    """Show this certificate."""
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(pair.key_pem + pair.pem + chain)
        file.flush()
        context.load_cert_chain(file.name)
