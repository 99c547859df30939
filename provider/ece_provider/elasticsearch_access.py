"""The other way to Elasticsearch: by credentials, where an installation refuses the management channel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

from ece_provider.deployment_reads import Facts
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.values import UNKNOWN, Values

if TYPE_CHECKING:
    from ece_client import ApiKey, Basic, Elasticsearch


def direct_access(facts: Facts, given: Values, environ: Mapping[str, str], user_agent: str) -> Elasticsearch:
    """Elasticsearch by an entry of ``elasticsearch_credentials``.

    Raises:
        DiagnosticError: the entry cannot be completed; names the argument, never a value.
    """
    from ece_client import Elasticsearch, Tls

    path = Path("elasticsearch_credentials").key(facts.id)
    if any(value is UNKNOWN for value in given.values()):
        raise DiagnosticError(
            "Elasticsearch credentials are not known yet",
            f"The entry of {facts.words} in elasticsearch_credentials refers to values that are known only after "
            "apply. Apply those objects first, with -target.",
        )
    url = given.get("endpoint") or facts.https_url
    if not url:
        raise DiagnosticError(
            "No URL of Elasticsearch",
            f"{facts.words} has no URL yet. Give endpoint in {path}.".capitalize(),
        )
    try:
        tls = Tls(given.get("ca_file"), given.get("ca_pem"), given.get("ca_fingerprint"))
        return Elasticsearch.direct(
            url,
            _credentials(given, environ, path),
            tls,
            cluster=facts.words,
            cluster_id=facts.cluster_id,
            user_agent=user_agent,
        )
    except ValueError as problem:  # its text names the argument and never a secret (ece_client.config)
        raise DiagnosticError("Invalid Elasticsearch credentials", f"{path}: {problem}.") from None


def _credentials(given: Values, environ: Mapping[str, str], path: Path) -> Basic | ApiKey:
    from ece_client import ApiKey, Basic

    if given.get("username") is not None:
        return Basic(str(given["username"]), secret_of(given, "password", environ, path))
    return ApiKey(secret_of(given, "api_key", environ, path))


def secret_of(given: Mapping[str, Any], name: str, environ: Mapping[str, str], path: Path) -> str:
    """A secret by its argument ``name``, by the variable that ``<name>_env`` names, or the file of ``<name>_file``.

    Raises:
        DiagnosticError: the variable is not set, or the file cannot be read; names the place, never a value.
    """
    if given.get(name) is not None:
        return str(given[name])
    if (variable := given.get(f"{name}_env")) is not None:
        return variable_value(str(variable), environ, f"{path}.{name}_env of the provider")
    return file_text(str(given.get(f"{name}_file")), f"{path}.{name}_file of the provider")


def variable_value(variable: str, environ: Mapping[str, str], argument: str, path: Path | None = None) -> str:
    """The value of the environment variable that ``argument`` names; DiagnosticError when it is not set or empty."""
    if not environ.get(variable):
        raise DiagnosticError(
            "Environment variable is not set",
            f"{argument} names the environment variable {variable}, which is not set where Terraform runs.",
            path,
        )
    return environ[variable]


def file_text(name: str, argument: str, path: Path | None = None) -> str:
    """The text of the file that ``argument`` names, without the line break at its end.

    Raises:
        DiagnosticError: it cannot be read, or is empty.
    """
    try:
        text = File(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        reason = getattr(problem, "strerror", None) or "it is no text"
        raise DiagnosticError("File cannot be read", f"{argument} names {name}: {reason}.", path) from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise DiagnosticError("File is empty", f"{argument} names {name}, which holds nothing.", path)
    return text
