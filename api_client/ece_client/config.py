"""What a client must be told: where ECE is, how to log in, whom to trust.

Nothing here reads a file or the environment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

API_ROOT = "/api/v1"
MASK = "***"


@dataclass(frozen=True, slots=True, repr=False)
class ApiKey:
    """An API key of a user of the installation (`POST /users/auth/keys`); white space around it is dropped."""

    value: str

    def __post_init__(self) -> None:
        """Check the values; raises ValueError that names the argument."""
        object.__setattr__(self, "value", _credential("api_key", self.value.strip()))

    def __repr__(self) -> str:
        """Return a text without secrets."""
        return f"ApiKey({MASK})"


@dataclass(frozen=True, slots=True, repr=False)
class Login:
    """User name and password, exchanged for a session token that is renewed (`POST /users/auth/_login`)."""

    username: str
    password: str

    def __post_init__(self) -> None:
        """Check the values; raises ValueError that names the argument."""
        _user(self.username, self.password)

    def __repr__(self) -> str:
        """Return a text without secrets."""
        return f"Login({self.username!r}, {MASK})"


@dataclass(frozen=True, slots=True, repr=False)
class Basic:
    """User name and password sent with every call, for installations that have no login service."""

    username: str
    password: str

    def __post_init__(self) -> None:
        """Check the values; raises ValueError that names the argument."""
        _user(self.username, self.password)
        if ":" in self.username:
            raise ValueError("username holds a colon, which HTTP Basic authentication cannot carry")

    def __repr__(self) -> str:
        """Return a text without secrets."""
        return f"Basic({self.username!r}, {MASK})"


@dataclass(frozen=True, slots=True, repr=False)
class Tls:
    """Whom to trust, and the certificate to show.

    `ca_file` (path) and `ca_pem` (text) replace the roots of the operating system.
    `ca_fingerprint` is the SHA-256 of a CA or server certificate that the server presents: hex, colons allowed.
    `client_cert_file` and `client_key_file` are PEM files for mutual TLS; the key may stand in the certificate's file.
    `insecure` turns every check off.
    At most one of ca_file, ca_pem, ca_fingerprint and insecure can be given.
    """

    ca_file: str | None = None
    ca_pem: str | None = None
    ca_fingerprint: str | None = None
    client_cert_file: str | None = None
    client_key_file: str | None = None
    insecure: bool = False

    def __post_init__(self) -> None:
        """Check the values; raises ValueError that names the argument."""
        given = [name for name in ("ca_file", "ca_pem", "ca_fingerprint", "insecure") if getattr(self, name)]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} exclude each other: give one of them")
        if self.client_key_file and not self.client_cert_file:
            raise ValueError("client_key_file needs client_cert_file beside it")
        if self.ca_fingerprint:
            object.__setattr__(self, "ca_fingerprint", _fingerprint(self.ca_fingerprint))

    def __repr__(self) -> str:
        """Return a text without secrets."""
        given = ", ".join(f"{name}={MASK}" for name in self.__slots__ if getattr(self, name))
        return f"Tls({given})"


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """Everything a `Client` needs.

    `endpoint` is the URL of the API, for example `https://ece.example.com:12443`; a path in front of `/api/v1` is kept.
    `region` is discovered when left out.
    `request_timeout` is in seconds, for connecting and for each wait for data of one attempt.
    `max_retries` counts the repeats after the first attempt.
    Raises ValueError that names the argument.
    """

    endpoint: str
    auth: ApiKey | Login | Basic
    tls: Tls = field(default_factory=Tls)
    region: str | None = None
    request_timeout: float = 60.0
    max_retries: int = 4
    user_agent: str = "ece-client"

    def __post_init__(self) -> None:
        """Check the values; raises ValueError that names the argument."""
        object.__setattr__(self, "endpoint", _endpoint(self.endpoint))
        if self.request_timeout <= 0:
            raise ValueError(f"request_timeout must be more than 0 seconds, got {self.request_timeout}")
        if self.max_retries < 0:
            raise ValueError(f"max_retries must be 0 or more, got {self.max_retries}")

    @property
    def address(self) -> str:
        """Host and port that the client connects to, for messages."""
        parts = urlsplit(self.endpoint)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{host}:{port}"


def _endpoint(value: str) -> str:
    """Return the endpoint without a slash or `/api/v1` at its end."""
    wanted = "endpoint must be a URL such as https://ece.example.com:12443"
    try:
        parts = urlsplit(value.strip())
        port_is_bad = parts.port == 0
    except ValueError as error:
        raise ValueError(f"{wanted}: {error}") from None
    if parts.username or parts.password:
        raise ValueError(f"{wanted}, without a user name or password in it")
    if parts.scheme not in ("http", "https") or not parts.hostname or port_is_bad:
        raise ValueError(f"{wanted}, got {value!r}")
    if parts.query or parts.fragment:
        raise ValueError(f"{wanted}, without '?' and '#', got {value!r}")
    path = parts.path.rstrip("/").removesuffix(API_ROOT).rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _credential(argument: str, value: str) -> str:
    if not value:
        raise ValueError(f"{argument} is empty")
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError(f"{argument} holds a character that an API key cannot have (space, line break, non-ASCII)")
    return value


def _user(username: str, password: str) -> None:
    for argument, value in (("username", username), ("password", password)):
        if not value:
            raise ValueError(f"{argument} is empty")


def _fingerprint(value: str) -> str:
    digits = value.replace(":", "").replace(" ", "").lower()
    if len(digits) != 64 or set(digits) - set("0123456789abcdef"):
        raise ValueError(
            f"ca_fingerprint must be a SHA-256 fingerprint of 64 hexadecimal digits (colons allowed), "
            f"got {len(digits)} characters"
        )
    return digits
