"""What the engine answers: values as Python, private state as a dict, messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from terraform_plugin.diagnostics import Diagnostics, Path
from terraform_plugin.values import Values

IMPORTED: Final = ".imported"
"""Key in private state between an import or a move and the read that follows it; resources never see it."""


@dataclass(kw_only=True)
class StateReply:
    """The state after a call (None: there is no object), its identity, private state and messages."""

    state: Values | None = None
    identity: Values | None = None
    private: dict[str, Any] = field(default_factory=dict)
    diagnostics: Diagnostics = field(default_factory=Diagnostics)


@dataclass(kw_only=True)
class PlanReply:
    """The planned state (None for a destroy), what makes it a replacement, private state for apply, messages."""

    planned: Values | None = None
    replace_paths: list[Path] = field(default_factory=list)
    private: dict[str, Any] = field(default_factory=dict)
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
