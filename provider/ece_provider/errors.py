"""Errors of the client as messages of Terraform: what happened, and who can do what about it.

The only place where the one becomes the other. No message holds a secret: the client's errors never do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ece_client.errors import (
    ApiError,
    Conflict,
    ConnectionFailed,
    Forbidden,
    LoginFailed,
    NotFound,
    NotJson,
    PlanPending,
    RequestTimeout,
    ServerError,
    StatusError,
    TlsFailed,
    TooManyRequests,
    Unauthenticated,
    UnexpectedReply,
    WriteUncertain,
)
from ece_client.plan_errors import PlanFailed, PlanStopped, PlanTimeout
from ece_provider.elasticsearch_errors import CREDENTIALS_ADVICE, OPERATION, elasticsearch_words
from ece_provider.locks import LockStopped, LockTimeout
from ece_provider.settings import Settings
from ece_provider.watched_client import SETTINGS
from terraform_plugin.diagnostics import Diagnostic

Words = tuple[str, str]
"""Summary and detail. No place: a path would be read within the resource, and these are about the provider block."""


def explain(error: BaseException, settings: Settings | None = None) -> Sequence[Diagnostic] | None:
    """Messages for an error of the client or of a lock; None for anything else, which is a bug of the provider.

    Messages name where a value came from: by the settings of the client that raised the error, else by ``settings``.
    """
    if isinstance(error, ApiError) and error.operation == OPERATION:
        return (Diagnostic(*elasticsearch_words(error)),)
    settings = getattr(error, SETTINGS, settings)
    for kind, words in _TABLE:
        if isinstance(error, kind):
            return (Diagnostic(*words(error, _Source(settings))),)
    return None


class _Source:
    """Where the values of the provider block came from, in words."""

    def __init__(self, settings: Settings | None) -> None:
        self.origin: Mapping[str, str] = settings.origin if settings else {}
        self.endpoint = settings.endpoint if settings else ""

    def of(self, argument: str) -> str:
        """``ECE_API_KEY``, ``the argument api_key``; the bare name where nothing is known."""
        return self.origin.get(argument, argument)


def _unauthenticated(error: Unauthenticated, source: _Source) -> Words:
    if isinstance(error, LoginFailed) or "username" in source.origin:
        detail = (
            f"The installation refused user name and password, from {source.of('username')} and "
            f"{source.of('password')}. Check both, and that the user may log in with a password. {error}."
        )
        return "Login refused", detail
    detail = (
        f"The installation refused the API key from {source.of('api_key')}. Check that it is complete, has not "
        f"expired, and was made on the installation that {source.of('endpoint')} names. {error}."
    )
    return "API key refused", detail


CHANNEL: Final = "-resource-proxy-requests"
"""End of the operation ids of the management channel."""

_ROLES: Final = (
    ("/deployments/traffic-filter", "Deployment manager", "Deployment viewer"),
    ("/deployments/templates", "Platform admin", "Deployment viewer"),
    ("/deployments", "Deployment manager", "Deployment viewer"),
    ("/platform", "Platform admin", "Platform viewer"),
    ("/account", "Platform admin", "Platform viewer"),
    ("/stack", "Platform admin", "Deployment viewer"),
)
"""Part of the path → predefined role that may write, and one that may read."""


def _forbidden(error: Forbidden, source: _Source) -> Words:
    way = "api_key" if "api_key" in source.origin else "username"
    who = f"the owner of the API key from {source.of('api_key')}" if way == "api_key" else "the user"
    roles = [roles for part, *roles in _ROLES if part in error.path]
    role = (roles[0][1] if error.method == "GET" else roles[0][0]) if roles else "a role that permits it"
    elevated = " Elevated permissions are needed on this version of ECE." if error.status == 449 else ""
    channel = f" {CREDENTIALS_ADVICE}" if error.operation.endswith(CHANNEL) else ""
    detail = (
        f"{_capital(who)} may not {error.method} {error.path}. "
        f"It takes the role {role}.{elevated}{channel} Nothing is taken for gone because of this. {error}."
    )
    return "Not permitted", detail


_TLS_ADVICE: Final = {
    "unknown_ca": (
        "Give the certificate authority that signed the server's certificate with ca_file or ca_pem, "
        "or its fingerprint with ca_fingerprint."
    ),
    "expired": "The server's certificate must be renewed; ECE shows it under Platform > Settings > TLS.",
    "host_name_mismatch": "Use a host name in endpoint that stands in the server's certificate.",
    "fingerprint_mismatch": "No certificate that the server presents has this fingerprint: correct it, "
    "or find out who answers there.",
    "client_certificate": "Give a client certificate that the server accepts.",
    "not_tls": "The server does not speak TLS on this port: check the port, on ECE usually 12443.",
    "bad_file": "The file must hold PEM text.",
}


def _tls(error: TlsFailed, source: _Source) -> Words:
    advice = _TLS_ADVICE.get(error.reason, "")
    known = f" (from {source.origin[error.argument]})" if error.argument in source.origin else ""
    return (
        "TLS connection refused",
        f"{_sentence(error)} The argument to look at is {error.argument}{known}. {advice}".strip(),
    )


def _connection(error: ConnectionFailed, source: _Source) -> Words:
    detail = (
        f"{_sentence(error)} The address is that of {source.of('endpoint')} ({source.endpoint}): check it, "
        "and that this machine may reach it (firewall, VPN, proxy variables)."
    )
    return "Elastic Cloud Enterprise cannot be reached", detail


def _not_json(error: NotJson, source: _Source) -> Words:
    detail = (
        f"{_sentence(error)} Something else answers at {source.endpoint or 'the endpoint'} ({source.of('endpoint')}): "
        "a load balancer, a proxy or a login page. The API of ECE usually listens on port 12443."
    )
    return "The answer does not come from the ECE API", detail


def _timeout(error: RequestTimeout, source: _Source) -> Words:
    return (
        "No answer in time",
        f"{_sentence(error)} Try again, or give request_timeout a longer duration.",
    )


def _too_many(error: TooManyRequests, source: _Source) -> Words:
    detail = (
        f"{_sentence(error)} Repeats did not help. Run Terraform with a smaller -parallelism, "
        "or give max_retries a larger number."
    )
    return "Too many requests", detail


def _server(error: ServerError, source: _Source) -> Words:
    request = f" Quote request id {error.request_id} when you look it up in its logs." if error.request_id else ""
    return (
        f"Elastic Cloud Enterprise failed with {error.status}",
        f"{_sentence(error)} The fault is on the side of the installation.{request} Try again later.",
    )


def _uncertain(error: WriteUncertain, source: _Source) -> Words:
    return (
        "A write may or may not have taken effect",
        f"{_sentence(error)} Run terraform plan: it reads what is really there, and shows what is left to do.",
    )


def _conflict(error: Conflict, source: _Source) -> Words:
    return (
        "Somebody else changed the object",
        f"{_sentence(error)} Run terraform plan again and look at what changed.",
    )


def _pending(error: PlanPending, source: _Source) -> Words:
    return (
        "Another change is still running",
        f"{_sentence(error)} Wait until it has ended, or cancel it in the console, and apply again.",
    )


def _plan_failed(error: PlanFailed, source: _Source) -> Words:
    details = "".join(f"\n  {name}: {value}" for name, value in error.details.items())
    return (
        f"The plan failed at step {error.step}",
        f"{_sentence(error)} The deployment's activity page in the console shows the whole log.{_block(details)}",
    )


def _plan_timeout(error: PlanTimeout, source: _Source) -> Words:
    return (
        "The plan did not end in time",
        f"{_sentence(error)} The platform goes on working. Give timeouts a longer duration if this is its usual pace.",
    )


def _plan_stopped(error: PlanStopped, source: _Source) -> Words:
    return "Stopped before the plan ended", f"{_sentence(error)} The platform goes on working."


def _not_found(error: NotFound, source: _Source) -> Words:
    return (
        "Not found",
        f"{_sentence(error)} Something that this object refers to is gone, or belongs to another installation.",
    )


def _status(error: StatusError, source: _Source) -> Words:
    if error.status == 404:
        return "No such path", _sentence(error)
    reasons = "".join(f"\n  {problem}" for problem in error.problems)
    place = f"{error.method} {error.path} ({error.operation})"
    if not reasons:
        return f"Request refused with {error.status}", _sentence(error)
    return f"Request refused with {error.status}", f"{place}:{reasons}"


def _unexpected(error: UnexpectedReply, source: _Source) -> Words:
    return (
        "The answer has an unexpected form",
        f"{_sentence(error)} This version of ECE may be newer than the provider: report it with the provider's "
        "version and the version of ECE.",
    )


def _lock_timeout(error: LockTimeout, source: _Source) -> Words:
    return "Another run is changing the object", f"{_sentence(error)} Wait for it and apply again."


def _plain(error: Exception, source: _Source) -> Words:
    return "Call of the ECE API failed", _sentence(error)


def _sentence(error: BaseException) -> str:
    text = _capital(str(error))
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _capital(text: str) -> str:
    """Begin with a capital, unless the first word is the name of an operation (``create-deployment``)."""
    return text if "-" in text.split(" ", 1)[0] else text[:1].upper() + text[1:]


def _block(lines: str) -> str:
    return f" Details:{lines}" if lines else ""


_TABLE: Final[tuple[tuple[type[BaseException], Callable[[Any, _Source], Words]], ...]] = (
    (TlsFailed, _tls),
    (ConnectionFailed, _connection),
    (RequestTimeout, _timeout),
    (WriteUncertain, _uncertain),
    (UnexpectedReply, _unexpected),
    (NotJson, _not_json),
    (Unauthenticated, _unauthenticated),
    (Forbidden, _forbidden),
    (NotFound, _not_found),
    (Conflict, _conflict),
    (PlanPending, _pending),
    (TooManyRequests, _too_many),
    (ServerError, _server),
    (StatusError, _status),
    (PlanFailed, _plan_failed),
    (PlanTimeout, _plan_timeout),
    (PlanStopped, _plan_stopped),
    (ApiError, _plain),
    (LockTimeout, _lock_timeout),
    (LockStopped, _plain),
)
"""Narrow before wide: the first kind that fits speaks."""
