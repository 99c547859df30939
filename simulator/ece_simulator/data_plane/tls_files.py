"""Contexts of Python's `ssl` made from PEM texts, kept by content; certificates and keys must pass through a file."""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

KEPT = 512
"""Contexts kept of each kind; equal texts give the same context."""


@dataclass(frozen=True)
class Shown:
    """What one end of a TLS connection shows of itself: its certificate, those behind it, and its key."""

    chain_pem: str
    key_pem: str = field(repr=False)


@lru_cache(maxsize=KEPT)
def server_context(shown: Shown, authorities: tuple[str, ...], client: ssl.VerifyMode) -> ssl.SSLContext:
    """A server that judges clients by `authorities`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.num_tickets = 0  # no session outlives its connection: every look is a handshake of its own
    load_shown(context, shown)
    context.verify_mode = client
    _load_authorities(context, authorities)
    return context


@lru_cache(maxsize=KEPT)
def client_context(authorities: tuple[str, ...], shown: Shown | None, *, check_name: bool) -> ssl.SSLContext:
    """A client that trusts `authorities` and shows a certificate if it has one to show."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = check_name
    context.verify_mode = ssl.CERT_REQUIRED
    _load_authorities(context, authorities)
    if shown is not None:
        load_shown(context, shown)
    return context


def _load_authorities(context: ssl.SSLContext, authorities: Iterable[str]) -> None:
    """Trust these CAs; texts that are no certificate count as none."""
    for pem in authorities:
        try:
            context.load_verify_locations(cadata=pem)
        except (ssl.SSLError, ValueError):
            continue


def load_shown(context: ssl.SSLContext, shown: Shown) -> None:
    """Show this certificate."""
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:  # readable by its owner only
        file.write(shown.key_pem + shown.chain_pem)
        file.flush()
        context.load_cert_chain(file.name)
