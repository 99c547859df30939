"""Endpoints of APIs: what a URL must look like so that credentials may be sent to it."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from ece_domain.findings import InvalidValue

_WANTED = "an endpoint is https://HOST[:PORT][/PREFIX]"


def check_endpoint(text: str) -> str:
    """Return the endpoint without a trailing slash or the path of the API, which the client adds itself.

    Raises:
        InvalidValue: no http(s) URL, or a URL with credentials, query or fragment.
    """
    parts = _split(text)
    if parts.username is not None or parts.password is not None:
        raise InvalidValue("an endpoint must not hold credentials: use api_key, or username and password")
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise InvalidValue(f'"{text}" is not an endpoint: {_WANTED}')
    if parts.query or parts.fragment:
        raise InvalidValue(f'"{text}" is not an endpoint: leave out everything from "?" or "#" on')
    path = parts.path.rstrip("/").removesuffix("/api/v1").rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text.strip())
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        raise InvalidValue(f"the endpoint is no URL: {_WANTED}") from None
    return parts


def is_plain(endpoint: str) -> bool:
    """True for http to another machine: credentials would cross the network in clear."""
    parts = urlsplit(endpoint)
    return parts.scheme == "http" and not _is_loopback(parts.hostname or "")


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
