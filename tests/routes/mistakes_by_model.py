"""All mistakes, by model and route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ece_domain.security_models import SecurityModel
from tests.routes import mistakes_by_certificate, mistakes_by_key
from tests.routes.mistakes import Mistake

MISTAKES: Final[Mapping[SecurityModel, Mapping[str, Mistake]]] = {
    SecurityModel.API_KEY: mistakes_by_key.MISTAKES,
    SecurityModel.CERTIFICATE: mistakes_by_certificate.MISTAKES,
}
