"""TLS settings as an `ssl.SSLContext`, and OpenSSL's complaints in words that name the argument to change."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

from ece_client.config import Tls
from ece_client.errors import TlsFailed, Where

UNKNOWN_CA_CODES = frozenset({2, 18, 19, 20, 21, 24})
"""OpenSSL: no issuer, self-signed, not verifiable, not a CA."""
DATE_CODES = frozenset({9, 10})
"""OpenSSL: not yet valid, expired."""
NAME_CODES = frozenset({62, 64})
"""OpenSSL: host name or IP address not in the certificate."""
UNFINISHED = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
"""The connection ended, or time ran out; TLS itself has no complaint."""
NOT_TLS_REASONS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"})


class Pin:
    """A certificate found in the presented chain by its fingerprint; from then on the only one that is trusted."""

    def __init__(self, certificate: bytes, *, is_leaf: bool) -> None:
        self.certificate = certificate
        self.is_leaf = is_leaf


def context(tls: Tls, pin: Pin | None = None) -> ssl.SSLContext:
    """Return the context for `tls`; with `ca_fingerprint`, `pin` is what the fingerprint led to.

    Raises TlsFailed (reason bad_file) for a file or PEM text that cannot be used.
    """
    if tls.insecure:
        made = unverified_context()
    elif tls.ca_file or tls.ca_pem or pin:
        made = _private_context(tls, pin)
    else:
        made = _public_context()
    add_client_certificate(made, tls)
    return made


def unverified_context() -> ssl.SSLContext:
    """Return a context that checks nothing."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


def _private_context(tls: Tls, pin: Pin | None) -> ssl.SSLContext:
    """Trust the given certificates only, be they roots, intermediates or the server's own."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    argument = "ca_file" if tls.ca_file else "ca_pem" if tls.ca_pem else "ca_fingerprint"
    if pin:
        made.check_hostname = not pin.is_leaf  # the fingerprint of the server's own certificate says more than a name
    try:
        if pin:
            made.load_verify_locations(cadata=pin.certificate)
        else:
            made.load_verify_locations(cafile=tls.ca_file, cadata=tls.ca_pem)
    except (OSError, ValueError) as error:
        raise _bad_file(argument, tls.ca_file, error) from None
    return made


def _public_context() -> ssl.SSLContext:
    paths = ssl.get_default_verify_paths()
    if paths.cafile or paths.capath:
        return ssl.create_default_context()
    import httpx  # Python builds without a system store: httpx brings roots along

    return httpx.create_ssl_context()


def add_client_certificate(made: ssl.SSLContext, tls: Tls) -> None:
    """Load the client certificate of `tls`, if any; raises TlsFailed (bad_file)."""
    if not tls.client_cert_file:
        return
    try:
        made.load_cert_chain(tls.client_cert_file, tls.client_key_file, password=_no_password)
    except (OSError, ValueError) as error:
        raise _bad_file("client_cert_file", tls.client_cert_file, error) from None


def _no_password() -> str:
    raise ValueError("the key is encrypted; give a key without a password")


def _bad_file(argument: str, path: str | None, error: Exception) -> TlsFailed:
    name = f"{argument} {path!r}" if path else argument
    if isinstance(error, ssl.SSLError):
        why = "holds no usable PEM certificate" if argument.startswith("ca_") else "and client_key_file do not match"
    else:
        why = f"cannot be used: {getattr(error, 'strerror', None) or error}"
    return TlsFailed(f"{name} {why}", reason="bad_file", argument=argument)


def explain(error: BaseException, address: str, tls: Tls, where: Where) -> TlsFailed | None:
    """Return the TlsFailed behind an error of the transport, None if TLS was not the matter.

    A handshake that merely broke off is not one: it may work at the next attempt.
    """
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _refused(cause, address, tls, where)
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, UNFINISHED):
            return _alert(cause, address, where)
    return None


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error and all that it was raised from."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _refused(error: ssl.SSLCertVerificationError, address: str, tls: Tls, where: Where) -> TlsFailed:
    start = f"the certificate of {address} is refused: "
    if error.verify_code in DATE_CODES:
        text = f"{error.verify_message}; it must be renewed on the server (and the clocks must agree)"
        return TlsFailed(start + text, where, reason="expired", argument="endpoint")
    if error.verify_code in NAME_CODES:
        text = f"{error.verify_message}; use a name of the certificate in `endpoint`"
        return TlsFailed(start + text, where, reason="host_name_mismatch", argument="endpoint")
    if error.verify_code not in UNKNOWN_CA_CODES:
        return TlsFailed(f"{start}{error.verify_message}", where, reason="other", argument="ca_file")
    if tls.ca_fingerprint:
        text = "it is not signed by the certificate with that fingerprint; look at `ca_fingerprint`"
        return TlsFailed(start + text, where, reason="fingerprint_mismatch", argument="ca_fingerprint")
    given = "ca_pem" if tls.ca_pem else "ca_file"
    change = (
        f"`{given}` holds another CA" if tls.ca_file or tls.ca_pem else "set `ca_file`, `ca_pem` or `ca_fingerprint`"
    )
    text = f"its CA is not trusted ({error.verify_message}); {change}"
    return TlsFailed(start + text, where, reason="unknown_ca", argument=given)


def _alert(error: ssl.SSLError, address: str, where: Where) -> TlsFailed:
    reason = error.reason or str(error)
    if reason in NOT_TLS_REASONS:
        text = f"{address} does not speak TLS; use http:// or the TLS port in `endpoint`"
        return TlsFailed(text, where, reason="not_tls", argument="endpoint")
    if "CERTIFICATE" in reason or "UNKNOWN_CA" in reason or "HANDSHAKE_FAILURE" in reason:
        text = f"{address} refuses the client certificate, or wants one ({reason}); look at `client_cert_file`"
        return TlsFailed(text, where, reason="client_certificate", argument="client_cert_file")
    return TlsFailed(f"the TLS handshake with {address} failed: {reason}", where, reason="other", argument="endpoint")
