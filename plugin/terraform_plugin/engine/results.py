"""What the engine hands back to the wire: values as Python, private state as a dict, diagnostics."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from terraform_plugin.diagnostics import Diagnostics, Path
from terraform_plugin.values import Values


@dataclass(kw_only=True)
class Result:
    """State after a call (None: no object), its identity and private state."""

    state: Values | None = None
    identity: Values | None = None
    private: dict[str, Any] = field(default_factory=dict)
    diagnostics: Diagnostics = field(default_factory=Diagnostics)


@dataclass(kw_only=True)
class PlanResult(Result):
    """A planned state and what makes it a replacement."""

    replace_paths: list[Path] = field(default_factory=list)


IMPORTED = "terraform_plugin:imported"
"""Key in private state between an import and the read that follows it."""

PENDING = "pending_attempt"
"""Key in private state for work that still runs after an interruption."""
