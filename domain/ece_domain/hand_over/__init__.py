"""What nobody can do by API for a connection, as ready files and steps; pure functions from facts to bytes.

``hand_over(Connection(...))`` gives the files and steps of one connection. No secret is ever among the facts.
"""

from __future__ import annotations

from ece_domain.hand_over.build import hand_over
from ece_domain.hand_over.checks import findings
from ece_domain.hand_over.content import File, HandOver, Line, Step
from ece_domain.hand_over.facts import CLOUD, PLATFORMS, Connection, Platform, Side
from ece_domain.hand_over.trust_files import own_names, trust_lines

__all__ = [
    "CLOUD",
    "PLATFORMS",
    "Connection",
    "File",
    "HandOver",
    "Line",
    "Platform",
    "Side",
    "Step",
    "findings",
    "hand_over",
    "own_names",
    "trust_lines",
]
