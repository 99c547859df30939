"""Errors of Elasticsearch itself, and of the way to it by credentials, as messages of Terraform."""

from __future__ import annotations

from ece_client import ApiError, ElasticsearchError

OPERATION = "elasticsearch"
"""What calls that do not go through the API of ECE have as operation."""

CREDENTIALS_ADVICE = (
    "Where an installation refuses requests through its management channel, or gives too few rights there, give "
    "credentials of Elasticsearch for this deployment in elasticsearch_credentials of the provider; those of a cluster "
    'of kind "elasticsearch" stand in its own entry.'
)


def elasticsearch_words(error: ApiError) -> tuple[str, str]:
    """Summary and detail of an error whose operation is ``OPERATION``."""
    said = f"{str(error)[:1].upper()}{str(error)[1:]}."
    if not isinstance(error, ElasticsearchError):
        return (
            "Elasticsearch cannot be reached",
            f"{said} The address is that of the entry in elasticsearch_credentials or environments of the provider, or "
            "the deployment's own: check it, and ca_file, ca_pem or ca_fingerprint beside it.",
        )
    if error.is_denied:
        return "Elasticsearch does not permit it", f"{said} {_right(error)} {CREDENTIALS_ADVICE}"
    if error.is_down:
        return (
            "Elasticsearch does not answer",
            f"{said} Is the deployment stopped, or being changed? Nothing is taken for gone because of this.",
        )
    return f"Elasticsearch refused the request with {error.status}", said


def _right(error: ElasticsearchError) -> str:
    if "_security" in error.path:
        return "It takes the cluster privilege manage_security, and a user: API keys cannot make cross-cluster keys."
    if error.method == "GET":
        return "It takes the cluster privilege monitor."
    return "It takes the cluster privilege manage."
