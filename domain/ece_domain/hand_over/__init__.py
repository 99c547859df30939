"""What nobody can do by API for a connection, as ready files and steps; pure functions from facts to bytes.

``hand_over(Connection(...))`` gives the files and steps of one connection. No secret is ever among the facts.
Its modules are loaded when they are first asked for: a provider starts often and hands over rarely.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ece_domain.hand_over.build import hand_over
    from ece_domain.hand_over.checks import findings
    from ece_domain.hand_over.content import File, HandOver, Line, Step
    from ece_domain.hand_over.facts import CLOUD, PLATFORMS, Connection, Side
    from ece_domain.hand_over.trust_files import own_names, trust_lines

__all__ = [
    "CLOUD",
    "PLATFORMS",
    "Connection",
    "File",
    "HandOver",
    "Line",
    "Side",
    "Step",
    "findings",
    "hand_over",
    "own_names",
    "trust_lines",
]

_MODULES: Final = {
    "build": ("hand_over",),
    "checks": ("findings",),
    "content": ("File", "HandOver", "Line", "Step"),
    "facts": ("CLOUD", "PLATFORMS", "Connection", "Side"),
    "trust_files": ("own_names", "trust_lines"),
}


def __getattr__(name: str) -> Any:
    """The name out of the module that holds it."""
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
