"""The two security models of remote clusters: which port each uses, and since when.

Source: Elasticsearch documentation, "Security models for remote clusters" and "Remote clusters on ECE".
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class SecurityModel(StrEnum):
    """How a connection is secured; which one is in force is decided by a secret in the local keystore alone."""

    API_KEY = "api_key"
    CERTIFICATE = "certificate"


MODELS: Final = tuple(model.value for model in SecurityModel)
"""The models by name, the recommended one first."""

CLOUD_PORTS: Final = {SecurityModel.API_KEY: 9443, SecurityModel.CERTIFICATE: 9400}
"""Ports of a remote on ECE or Elastic Cloud Hosted."""

OTHER_PORTS: Final = {SecurityModel.API_KEY: 9443, SecurityModel.CERTIFICATE: 9300}
"""Ports of a self-managed or ECK remote, unless it is configured otherwise."""

API_KEY_SINCE: Final = (8, 14)
"""First minor version on which both sides of the API-key model are supported."""

CERTIFICATE_DEPRECATED_SINCE: Final = (9, 0)
"""First minor version on which the certificate model is deprecated; it goes on working."""


def model_of_port(port: int) -> SecurityModel | None:
    """The model that listens on a documented port; None for any other, which a load balancer may use for either."""
    known = {port: model for ports in (CLOUD_PORTS, OTHER_PORTS) for model, port in ports.items()}
    return known.get(port)


def other(model: SecurityModel) -> SecurityModel:
    """The model that it is not."""
    return SecurityModel.CERTIFICATE if model is SecurityModel.API_KEY else SecurityModel.API_KEY
