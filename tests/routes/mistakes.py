"""A mistake that is easily made in each cell, how it happens, and what the user is told. Two files hold them by model.

A mistake stands in the configuration that Terraform gets, in how the partner's administrators take the hand-over, or is
somebody's hand beside Terraform; the repair is the configuration without it, and the hand-over as it is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.routes.cells import Cell
from tests.routes.draft import Draft

Change = Callable[[Draft], None]


def _nothing(draft: Draft) -> None:
    """The configuration as the program writes it."""


@dataclass(frozen=True)
class Mistake:
    """One mistake of one cell."""

    words: str
    """For the table."""
    outcome: str
    """What the log of handshakes says of the attempt, or the log of the nodes where it is the calling side that refuses
    (``ece_simulator.data_plane``)."""
    told: tuple[str, ...]
    """In the first cause that the error, or the warning of the next plan, names: the argument and the way out."""
    warned: tuple[str, ...] = ()
    """In the warnings of the plan that lets it through."""
    before: Change | None = None
    """What was applied before, where that plan has to see it: it does not know the rules of a filter that is not made
    yet."""
    configured: Change = _nothing
    """What is wrong in the configuration."""
    repaired: Change = _nothing
    """What the repaired configuration has beyond the program's."""
    refused: tuple[str, ...] = ()
    """In the refusal, where a plan does not let the configuration through; then ``by_hand`` brings it all the same."""
    by_hand: Callable[[Cell], None] | None = None
    """The same mistake made beside Terraform, on a connection that stands."""
    misread: Callable[[Cell, Path], None] | None = None
    """What administrators of the partner make of the folder that they were handed."""
    skipped: tuple[str, ...] = ()
    """Commands that they leave out, by what they end with."""
