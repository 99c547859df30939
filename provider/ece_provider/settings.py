"""What the provider works with: the provider block completed by environment variables.

Credentials and endpoint always come from one place: an endpoint is never combined with credentials that were
meant for another (``env_prefix`` names that place).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ece_domain.findings import InvalidValue
from ece_provider.config import CONNECTION_ARGUMENTS
from ece_provider.endpoints import check_endpoint
from ece_provider.kinds import ECE, ECH, ELASTICSEARCH, HOSTED_ENDPOINT, KINDS
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.durations import parse as parse_duration
from terraform_plugin.values import UNKNOWN, Values

DEFAULT_PREFIX: Final = "ECE"
"""Prefix of the environment variables unless ``env_prefix`` names another."""

_COMPATIBLE: Final[Mapping[str, tuple[str, ...]]] = {
    "endpoint": ("EC_ENDPOINT", "EC_HOST"),
    "api_key": ("EC_API_KEY",),
    "username": ("EC_USERNAME", "EC_USER"),
    "password": ("EC_PASSWORD", "EC_PASS"),
    "insecure": ("EC_INSECURE", "EC_SKIP_TLS_VALIDATION"),
    "region": ("EC_REGION",),
    "request_timeout": ("EC_TIMEOUT",),
}
"""The variables of Elastic's own tools, read only as a whole: see ``_variables``."""

_WHAT_ENDPOINT: Final = {
    ECE: "the URL of the API, such as https://ece.example.com:12443",
    ECH: f"the URL of the API, such as {HOSTED_ENDPOINT}",
    ELASTICSEARCH: "the URL of Elasticsearch, such as https://es.example.com:9200",
}
_TRUST: Final = ("ca_file", "ca_pem", "ca_fingerprint", "insecure")
_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to reach one API. Secrets stay out of ``repr``."""

    endpoint: str
    kind: str = ECE
    """What is reached: one of ``kinds.KINDS``."""
    api_key: str | None = field(default=None, repr=False)
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    ca_pem: str | None = field(default=None, repr=False)
    ca_fingerprint: str | None = None
    client_cert_file: str | None = None
    client_key_file: str | None = None
    insecure: bool = False
    region: str | None = None
    request_timeout: float = 60.0
    """Seconds."""
    max_retries: int = 4
    poll_interval: float = 2.0
    """Seconds."""
    origin: Mapping[str, str] = field(default_factory=dict)
    """Where each value came from, in words for messages: ``the argument endpoint``, ``ECE_ENDPOINT``."""

    def secrets(self) -> list[str]:
        """Values that must never be written anywhere."""
        return [value for value in (self.api_key, self.password) if value]


def is_unknown(config: Mapping[str, Any]) -> bool:
    """True when an argument that decides where and how to connect is known only after apply."""
    return any(config.get(name) is UNKNOWN for name in CONNECTION_ARGUMENTS)


def provider_settings(config: Values, environ: Mapping[str, str]) -> Settings:
    """Complete the provider block.

    Raises:
        DiagnosticError: a value is missing, given twice or malformed; names arguments and variables, never values.
    """
    return _Resolution(config, environ, config.get("env_prefix") or DEFAULT_PREFIX, Path()).settings()


def environment_settings(name: str, config: Values, environ: Mapping[str, str]) -> Settings:
    """Complete an entry of ``environments``; it reads variables only under the prefix it names itself.

    Raises:
        DiagnosticError: as ``provider_settings``; the text names the entry.
    """
    return _Resolution(config, environ, config.get("env_prefix"), Path("environments").key(name)).settings()


class _Resolution:
    """One pass over the arguments of one place."""

    def __init__(self, config: Values, environ: Mapping[str, str], prefix: str | None, path: Path) -> None:
        self.config = config
        self.prefix = prefix
        self.path = path
        self.origin: dict[str, str] = {}
        self.is_compatible, self.variables = _variables(config, environ, prefix)
        self.kind = self.checked_kind()

    def settings(self) -> Settings:
        endpoint = self.endpoint()
        logins: dict[str, Any] = dict(self.login())
        return Settings(
            endpoint=endpoint,
            kind=self.kind,
            **logins,
            **self.trust(),
            client_cert_file=self.text("client_cert_file"),
            client_key_file=self.text("client_key_file"),
            region=self.text("region"),
            request_timeout=self.seconds("request_timeout", 60.0),
            max_retries=self.retries(),
            poll_interval=self.seconds("poll_interval", 2.0),
            origin=self.origin,
        )

    def checked_kind(self) -> str:
        kind = self.text("kind") or ECE
        if kind not in KINDS:
            raise self.error("Invalid kind", f'{self.origin["kind"]} is "{kind}"; allowed: {", ".join(KINDS)}.', "kind")
        return kind

    def endpoint(self) -> str:
        text = self.text("endpoint")
        if text is None and self.kind == ECH:
            self.origin["endpoint"] = f"the default for kind {ECH}"
            return HOSTED_ENDPOINT
        if text is None:
            raise self.error(
                "endpoint is missing",
                f"Set {self.argument('endpoint')}{self.or_variable('endpoint')} to {_WHAT_ENDPOINT[self.kind]}.",
                "endpoint",
            )
        try:
            return check_endpoint(text)
        except InvalidValue as problem:
            raise self.error("Invalid endpoint", f"{self.origin['endpoint']}: {problem}.", "endpoint") from None

    def login(self) -> dict[str, str | None]:
        """The one way to log in; one that the block begins replaces the environment's."""
        configured = [name for name in ("api_key", "username", "password") if self.config.get(name) is not None]
        if configured:
            given = self.configured_login()
        else:
            given = {name: self.text(name) for name in ("api_key", "username", "password")}
        if given["api_key"] and (given["username"] or given["password"]):
            names = ", ".join(self.origin[name] for name in ("api_key", "username", "password") if given[name])
            raise self.error("Two ways to log in", f"{names} are all set. Keep the API key, or user name and password.")
        if not given["api_key"] and (self.kind == ECH or not (given["username"] and given["password"])):
            raise self.missing_login(given)
        return given

    def configured_login(self) -> dict[str, str | None]:
        """The login that the block begins; a missing half comes from the environment unless that means another user."""
        given: dict[str, str | None] = {name: self.config.get(name) for name in ("api_key", "username", "password")}
        self.origin |= {name: self.argument(name) for name in given if given[name]}
        if given["api_key"]:
            return given
        other = self.variables.get("username", ("", ""))[1]
        if not given["password"] and other in ("", given["username"]):
            given["password"] = self.text("password")
        if not given["username"]:
            given["username"] = self.text("username")
        return given

    def missing_login(self, given: Mapping[str, str | None]) -> DiagnosticError:
        if self.kind == ECH:
            return self.error(
                "No API key",
                f"Elastic Cloud Hosted lets in API keys only. Set {self.argument('api_key')}"
                f"{self.or_variable('api_key')}.",
                "api_key",
            )
        if given["username"] or given["password"]:
            have, lack = ("username", "password") if given["username"] else ("password", "username")
            return self.error(
                f"{lack} is missing",
                f"{self.origin[have]} is set, so {lack} is needed too: "
                f"set {self.argument(lack)}{self.or_variable(lack)}.",
                lack,
            )
        ways = [f"{self.argument('api_key')}{self.or_variable('api_key')}"]
        ways.append(f"username and password{self.or_variable('username', 'password')}")
        return self.error("No way to log in", f"Set {', or '.join(ways)}.", "api_key")

    def trust(self) -> dict[str, Any]:
        """Whom to trust; what the block says replaces what the environment says."""
        if any(self.config.get(name) not in (None, False) for name in _TRUST):
            self.variables = {name: found for name, found in self.variables.items() if name not in _TRUST}
        values = {name: self.flag(name) if name == "insecure" else self.text(name) for name in _TRUST}
        given = [self.origin[name] for name in _TRUST if values[name]]
        if len(given) > 1:
            raise self.error("Several ways to check the server", f"{' and '.join(given)} are set. Keep one of them.")
        return values

    def text(self, name: str) -> str | None:
        """An argument, else its variable."""
        value = self.config.get(name)
        if value is not None:
            self.origin[name] = self.argument(name)
            return str(value)
        if name in self.variables:
            self.origin[name], value = self.variables[name]
        return value

    def flag(self, name: str) -> bool:
        value = self.config.get(name)
        if isinstance(value, bool):
            self.origin[name] = self.argument(name)
            return value
        text = self.text(name)
        if text is None or text.lower() in _FALSE:
            return False
        if text.lower() in _TRUE:
            return True
        raise self.error(f"Invalid {name}", f'{self.origin[name]} is "{text}"; true or false is allowed.', name)

    def seconds(self, name: str, default: float) -> float:
        text = self.text(name)
        if text is None:
            return default
        try:
            seconds = parse_duration(text)
        except ValueError as problem:
            raise self.error(f"Invalid {name}", f"{self.origin[name]}: {problem}", name) from None
        if seconds <= 0:
            raise self.error(f"Invalid {name}", f"{self.origin[name]} must be more than zero, got {text}.", name)
        return seconds

    def retries(self) -> int:
        text = self.text("max_retries")
        if text is None:
            return 4
        if not text.isdigit() or int(text) > 20:
            raise self.error(
                "Invalid max_retries",
                f'{self.origin["max_retries"]} is "{text}"; a whole number from 0 to 20 is allowed.',
                "max_retries",
            )
        return int(text)

    def argument(self, name: str) -> str:
        """``the argument api_key``, or ``the argument environments["dr"].api_key``."""
        return f"the argument {self.path.attribute(name)}"

    def or_variable(self, *names: str) -> str:
        """`` or the variable ECE_API_KEY``; nothing for an entry that reads no variables."""
        if self.prefix is None:
            return "; or name the prefix of environment variables with env_prefix"
        found = [_variable(self.prefix, name) for name in names]
        if self.is_compatible:
            found = [_COMPATIBLE[name][0] for name in names]
        plural = "s" if len(found) > 1 else ""
        return f" or the environment variable{plural} {' and '.join(found)}"

    def error(self, summary: str, detail: str, argument: str | None = None) -> DiagnosticError:
        # an entry of environments is resolved within a resource, where its place would be looked for in vain
        path = Path(argument) if argument and not self.path.steps else None
        return DiagnosticError(summary, detail, path)


def _variable(prefix: str, argument: str) -> str:
    return f"{prefix}_{argument.upper()}"


def _variables(
    config: Values, environ: Mapping[str, str], prefix: str | None
) -> tuple[bool, dict[str, tuple[str, str]]]:
    """Argument → (variable, value) of the environment, and whether those are the variables of Elastic's own tools.

    These count only for the default prefix, when no ``ECE_*`` is set and the endpoint comes from them too: an API key
    for another place must not be sent to an endpoint of the block.
    """
    if prefix is None:
        return False, {}
    own = {
        argument: (_variable(prefix, argument), environ[_variable(prefix, argument)])
        for argument in CONNECTION_ARGUMENTS
        if argument != "env_prefix" and environ.get(_variable(prefix, argument))
    }
    if own or prefix != DEFAULT_PREFIX or config.get("endpoint") is not None:
        return False, own
    compatible = {
        argument: next((name, environ[name]) for name in names if environ.get(name))
        for argument, names in _COMPATIBLE.items()
        if any(environ.get(name) for name in names)
    }
    is_whole = "endpoint" in compatible or config.get("kind") == ECH  # whose own endpoint is what they are meant for
    return (True, compatible) if is_whole else (False, {})
