"""The provider block: its attributes and the checks that need nothing but the block itself.

How arguments and environment variables come together is in ``settings.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any, Final

from ece_provider.endpoints import check_endpoint
from ece_provider.kinds import ECH, KINDS
from ece_provider.validators import DEPLOYMENT_ID, Rule
from terraform_plugin.diagnostics import Diagnostics, Path
from terraform_plugin.schema import Attribute, Nested, Nesting, Schema
from terraform_plugin.types import BOOL, NUMBER, STRING
from terraform_plugin.validators import Between, Duration, Matches, NotEmpty, OneOf
from terraform_plugin.values import Values, is_set

ENDPOINT: Final = Rule("an https URL; a path prefix is kept", check_endpoint)
_PREFIX: Final = Matches("[A-Z][A-Z0-9_]*[A-Z0-9]", "capital letters, digits and underscores, such as `PARIS_ECE`")


def _string(description: str, *validators: Any, sensitive: bool = False) -> Attribute:
    return Attribute(
        type=STRING, optional=True, description=description, sensitive=sensitive, validators=validators or (NotEmpty(),)
    )


def _tls(server: str) -> dict[str, Attribute]:
    return {
        "ca_file": _string(
            f"File with the CA certificates (PEM) that {server} is checked against, "
            "in place of those of the operating system."
        ),
        "ca_pem": _string("The same as text. One of `ca_file`, `ca_pem`, `ca_fingerprint` and `insecure` is enough."),
        "ca_fingerprint": _string(
            "SHA-256 fingerprint of a certificate in the chain that the server presents: "
            "64 hexadecimal digits, colons allowed."
        ),
    }


def _connection(place: str) -> dict[str, Attribute]:
    """What it takes to reach one API; the same members for the provider and for entries of ``environments``."""
    return {
        "env_prefix": _string("Prefix of the environment variables that arguments left out are read from.", _PREFIX),
        "endpoint": _string(
            f"URL of the API of {place}, such as `https://ece.example.com:12443`; a path prefix is kept. "
            "For kind `ech` it is `https://api.elastic-cloud.com` unless given; for kind `elasticsearch` it is the URL "
            "of the cluster.",
            ENDPOINT,
        ),
        "api_key": _string("API key. Prefer the environment variable.", sensitive=True),
        "username": _string("User name, together with `password`; not together with `api_key`."),
        "password": _string("Password of `username`. Prefer the environment variable.", sensitive=True),
        **_tls("the server"),
        "client_cert_file": _string("File with the client certificate (PEM), for mutual TLS."),
        "client_key_file": _string("File with its key (PEM), unless the key stands in the certificate's file."),
        "insecure": Attribute(
            type=BOOL, optional=True, description="Do not check the server's certificate. For trials only; warns."
        ),
        "region": _string(
            "Region of the API; discovered unless given, on ECE usually `ece-region`. On Elastic Cloud Hosted it is "
            "needed where deployments are in several regions."
        ),
    }


_CREDENTIALS: Final = {
    "endpoint": _string("URL of Elasticsearch; the deployment's own unless given.", ENDPOINT),
    "username": _string("User name, with one of `password`, `password_env` and `password_file`."),
    "password": _string("Password. Prefer `password_env` or `password_file`.", sensitive=True),
    "password_env": _string("Name of the environment variable that holds the password."),
    "password_file": _string("File that holds the password."),
    "api_key": _string("API key of Elasticsearch. Prefer `api_key_env` or `api_key_file`.", sensitive=True),
    "api_key_env": _string("Name of the environment variable that holds the API key."),
    "api_key_file": _string("File that holds the API key."),
    **_tls("Elasticsearch"),
}

PROVIDER_SCHEMA: Final = Schema(
    description=(
        "Elastic Cloud Enterprise. Every argument left out is read from an environment variable: "
        "`ECE_ENDPOINT`, `ECE_API_KEY` and so on, or with another prefix, see `env_prefix`."
    ),
    attributes={
        "kind": Attribute(
            type=STRING,
            optional=True,
            description=(
                "What the provider manages: `ece` (default), an installation of Elastic Cloud Enterprise; `ech`, an "
                "organization of Elastic Cloud Hosted; `elasticsearch`, one self-managed or ECK cluster. "
                "Objects that only one of them has are refused on the others."
            ),
            validators=(OneOf(*KINDS),),
        ),
        **_connection("Elastic Cloud Enterprise"),
        "request_timeout": _string("How long one request may take; `60s` unless given.", Duration()),
        "max_retries": Attribute(
            type=NUMBER,
            optional=True,
            description="How often a request is repeated that failed for a passing reason; 4 unless given.",
            validators=(Between(0, 20),),
        ),
        "poll_interval": _string("Longest pause between two looks at a running plan; `2s` unless given.", Duration()),
        "environments": Attribute(
            optional=True,
            description=(
                "Other places that this run must reach, by name, for objects that touch two sides. "
                "An entry never uses the provider's own arguments or variables."
            ),
            nested=Nested(
                Nesting.MAP,
                {
                    "kind": Attribute(
                        type=STRING,
                        required=True,
                        description=(
                            "`ece`: another ECE installation; `ech`: an organization of Elastic Cloud Hosted; "
                            "`elasticsearch`: one self-managed or ECK cluster, known by its cluster UUID."
                        ),
                        validators=(OneOf(*KINDS),),
                    ),
                    **_connection("the environment"),
                },
            ),
        ),
        "elasticsearch_credentials": Attribute(
            optional=True,
            description=(
                "Credentials of Elasticsearch by deployment id, "
                "for installations that refuse requests through the management channel, and for deployments of "
                "Elastic Cloud Hosted, which has none."
            ),
            nested=Nested(Nesting.MAP, _CREDENTIALS),
        ),
    },
)
"""The provider block."""

CONNECTION_ARGUMENTS: Final = ("kind", *_connection(""), "request_timeout", "max_retries", "poll_interval")
"""The arguments that decide where and how to connect; each is also read from ``<PREFIX>_<ARGUMENT>``."""


def validate_config(config: Values, diagnostics: Diagnostics) -> None:
    """Check arguments against each other, without environment variables; unknown values are let through."""
    _validate_connection(config, Path(), diagnostics)
    for name, entry in _entries(config, "environments"):
        path = Path("environments").key(name)
        _validate_connection(entry, path, diagnostics)
        _validate_entry(name, entry, path, diagnostics)
    for deployment_id, credentials in _entries(config, "elasticsearch_credentials"):
        path = Path("elasticsearch_credentials").key(deployment_id)
        diagnostics.extend(DEPLOYMENT_ID.check(deployment_id, path))
        _validate_credentials(credentials, path, diagnostics)


def _entries(config: Values, attribute: str) -> Iterable[tuple[str, Values]]:
    """The known entries of a map attribute."""
    entries = config.get(attribute)
    return [(name, entry) for name, entry in entries.items() if is_set(entry)] if is_set(entries) else []


_EXCLUSIVE: Final = (
    ("api_key", "username"),
    ("api_key", "password"),
    *combinations(("ca_file", "ca_pem", "ca_fingerprint"), 2),
)


def _validate_connection(config: Values, path: Path, diagnostics: Diagnostics) -> None:
    for first, second in _EXCLUSIVE:
        if is_set(config.get(first)) and is_set(config.get(second)):
            diagnostics.error(
                f"{first} and {second} exclude each other",
                f"Give {first} or {second}, not both.",
                path.attribute(second),
            )


def _validate_entry(name: str, entry: Values, path: Path, diagnostics: Diagnostics) -> None:
    """An entry stands for itself: it reads no environment variable unless it names their prefix."""
    if entry.get("env_prefix") is not None:
        return
    if entry.get("endpoint") is None and entry.get("kind") != ECH:
        diagnostics.error(
            f'Environment "{name}" has no endpoint',
            "Give env_prefix, so that <PREFIX>_ENDPOINT, <PREFIX>_API_KEY and so on say how to reach it, "
            "or endpoint and a way to log in. The provider's own arguments and variables are never used for it.",
            path,
        )
    elif entry.get("api_key") is None and (entry.get("username") is None or entry.get("password") is None):
        diagnostics.error(
            f'Environment "{name}" has no way to log in',
            "Give api_key, or username and password, or env_prefix so that they are read from "
            "<PREFIX>_API_KEY, or <PREFIX>_USERNAME and <PREFIX>_PASSWORD.",
            path,
        )


_PASSWORDS: Final = ("password", "password_env", "password_file")
_API_KEYS: Final = ("api_key", "api_key_env", "api_key_file")


def _validate_credentials(credentials: Values, path: Path, diagnostics: Diagnostics) -> None:
    given = [name for name in (*_PASSWORDS, *_API_KEYS) if credentials.get(name) is not None]
    if len(given) != 1:
        diagnostics.error(
            "Elasticsearch credentials are not clear",
            f"Exactly one of {', '.join((*_API_KEYS, *_PASSWORDS))} is needed, "
            f"got {' and '.join(given) or 'none of them'}.",
            path,
        )
    elif (given[0] in _PASSWORDS) != (credentials.get("username") is not None):
        diagnostics.error(
            "username and a password belong together",
            f"Got {given[0]} {'without' if given[0] in _PASSWORDS else 'beside'} username: "
            "give a user name with one of password, password_env, password_file, or an API key alone.",
            path,
        )
