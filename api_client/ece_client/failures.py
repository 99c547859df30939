"""What httpx raises, in our words: was the request sent, may it be repeated, which argument is to blame."""

from __future__ import annotations

import os
import socket

import httpx

from ece_client.call import Call
from ece_client.config import ClientConfig
from ece_client.errors import ApiError, ConnectionFailed, RequestTimeout, WriteUncertain
from ece_client.tls import causes, explain

BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.PoolTimeout)
"""Nothing of the request has left the machine."""


def translate(error: httpx.RequestError, call: Call, config: ClientConfig) -> tuple[ApiError, bool]:
    """Return our error for one of the transport, and whether the call may be repeated."""
    tls = explain(error, config.address, config.tls, call.where)
    if tls is not None:
        return tls, False
    if isinstance(error, BEFORE_SENDING):
        return _not_connected(error, call, config)
    if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol | httpx.TooManyRedirects):
        return ConnectionFailed(f"{call.where} cannot be sent to {config.address}: {error}", call.where), False
    if not call.safe:
        return _uncertain(error, call, config), False
    if isinstance(error, httpx.TimeoutException):
        text = (
            f"{config.address} gave no answer to {call.where} within {config.request_timeout:g} s (`request_timeout`)"
        )
        return RequestTimeout(text, call.where), True
    text = f"the connection to {config.address} broke during {call.where} ({_reason(error)})"
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


def _not_connected(error: httpx.RequestError, call: Call, config: ClientConfig) -> tuple[ApiError, bool]:
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
    return ConnectionFailed(f"no connection to {config.address}: {_reason(error)}; check `endpoint`", call.where), True


def _reason(error: httpx.RequestError) -> str:
    """Return the system's own words where there are some; httpx often has none."""
    for cause in reversed(list(causes(error))):
        if isinstance(cause, OSError) and (cause.errno or cause.strerror):
            return os.strerror(cause.errno) if cause.errno and cause.errno > 0 else str(cause.strerror)
    return str(error) or type(error).__name__
