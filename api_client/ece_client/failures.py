"""What httpx raises, in our words: was the request sent, may it be repeated, which argument is to blame."""

from __future__ import annotations

import os
import socket
import ssl

import httpx

from ece_client.call import Call
from ece_client.config import ClientConfig
from ece_client.errors import ApiError, ConnectionFailed, RequestTimeout, WriteUncertain
from ece_client.tls import causes, explain

BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.PoolTimeout)
"""Nothing of the request has left the machine."""


def translate(
    error: httpx.RequestError, call: Call, config: ClientConfig, *, never_answered: bool
) -> tuple[ApiError, bool]:
    """Return our error for one of the transport, and whether the call may be repeated.

    `never_answered` is true as long as the server has not answered any call of this client.
    """
    tls = explain(error, config.address, config.tls, call.where)
    if tls is not None:
        return tls, False
    if isinstance(error, BEFORE_SENDING):
        return _not_connected(error, call, config, _hint(config, never_answered))
    if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol | httpx.TooManyRedirects):
        return ConnectionFailed(f"{call.where} cannot be sent to {config.address}: {error}", call.where), False
    if not call.safe:
        return _uncertain(error, call, config), False
    if isinstance(error, httpx.TimeoutException):
        text = (
            f"{config.address} gave no answer to {call.where} within {config.request_timeout:g} s (`request_timeout`)"
        )
        return RequestTimeout(text, call.where), True
    hint = _hint(config, never_answered)
    text = f"the connection to {config.address} broke during {call.where} ({_reason(error)}){hint}"
    return ConnectionFailed(text, call.where), True


def uncertain(call: Call, address: str, reason: str) -> WriteUncertain:
    """Return the error for a write whose answer got lost."""
    return WriteUncertain(
        f"{call.where.operation}: the answer of {address} got lost ({reason}), "
        f"so it is not known whether the write took effect ({call.where})",
        call.where,
    )


def _uncertain(error: httpx.RequestError, call: Call, config: ClientConfig) -> WriteUncertain:
    late = isinstance(error, httpx.TimeoutException)
    return uncertain(call, config.address, f"none within {config.request_timeout:g} s" if late else _reason(error))


def _hint(config: ClientConfig, never_answered: bool) -> str:
    """With TLS 1.3 a server refuses a client after the handshake, and its reason is often lost with the connection."""
    if not never_answered or not config.endpoint.startswith("https:"):
        return ""
    return "; does the server demand a client certificate (`client_cert_file`)?"


def _not_connected(error: httpx.RequestError, call: Call, config: ClientConfig, hint: str) -> tuple[ApiError, bool]:
    if isinstance(error, httpx.TimeoutException):
        text = f"no connection to {config.address} within {config.request_timeout:g} s; check `endpoint`"
        return ConnectionFailed(text, call.where), True
    if isinstance(error, httpx.ProxyError):
        text = f"the HTTP proxy of this machine gives no connection to {config.address}: {error}"
        return ConnectionFailed(text, call.where), True
    for cause in causes(error):
        if isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_NONAME:
            text = f"the host name of {config.address} is not known; check `endpoint`"
            return ConnectionFailed(text, call.where), False
    is_reset = any(isinstance(cause, ConnectionResetError | ssl.SSLEOFError) for cause in causes(error))
    text = f"no connection to {config.address}: {_reason(error)}{hint if is_reset else '; check `endpoint`'}"
    return ConnectionFailed(text, call.where), True


def _reason(error: httpx.RequestError) -> str:
    """Return the system's own words where there are some; httpx often has none."""
    for cause in reversed(list(causes(error))):
        if isinstance(cause, ssl.SSLError):
            return "it was closed during the TLS handshake" if isinstance(cause, ssl.SSLEOFError) else str(cause)
        if isinstance(cause, OSError) and cause.errno and cause.errno > 0:
            return os.strerror(cause.errno)
    return str(error) or type(error).__name__
