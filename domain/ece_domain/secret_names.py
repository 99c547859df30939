"""Names of secrets: what may stand in a configuration in place of a secret, never the secret itself."""

from __future__ import annotations

import re
from typing import Final

from ece_domain.findings import Finding
from ece_domain.validations.connections import V48

_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def variable_finding(text: str, name: str = "name") -> Finding | None:
    """Judge the name of an environment variable; what is no name may be the secret, so it is not repeated."""
    return None if _VARIABLE.fullmatch(text) else V48.finding(name=name, field=name)
