"""Why a connection is not up: evidence from the sides that are known, judged by ``ece_domain.connection_causes``."""

from ece_provider.diagnosis.diagnose import Diagnosis, diagnose

__all__ = ["Diagnosis", "diagnose"]
