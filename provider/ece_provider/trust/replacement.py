"""An entry that is replaced by itself (``-replace``, taint, ``create_before_destroy``) is never removed in between.

Private state names the entry of an object. Terraform carries it into both halves of a replacement, so the half that
creates knows an entry that was its own, and the half that deletes leaves in place what is made again.
"""

from __future__ import annotations

from typing import Any, Final

from ece_provider.owners import claim_in_plan, must_keep, note_done, settle
from terraform_plugin.diagnostics import Path
from terraform_plugin.resource import CreateContext, DeleteContext, PlanContext, ReadContext, UpdateContext

KIND: Final = "trust"
OWN: Final = "entry"
"""Key in private state: which entry the object owns."""


def claim(context: PlanContext[Any], thing: str, words: str, path: Path) -> None:
    """Note in a plan which entry the object will own; an error when another object of the run wants it, too."""
    claim_in_plan(context, KIND, thing, words, path)


def begin(context: CreateContext[Any], thing: str) -> bool:
    """A create begins; True when the entry was this very object's before, so that what is there may be changed."""
    settle(context)
    return context.private.get(OWN) == thing


def made(context: CreateContext[Any] | UpdateContext[Any], thing: str) -> None:
    """The object has the entry now."""
    context.private[OWN] = thing
    note_done(context, KIND, thing)


def adopted(context: ReadContext[Any], thing: str) -> None:
    """An import gave the object an entry."""
    context.private[OWN] = thing


def is_made_again(context: DeleteContext[Any], thing: str) -> bool:
    """True when the entry is to be left in place for the object that follows."""
    return must_keep(context, KIND, thing)
