"""An entry that is replaced by itself (``-replace``, taint, ``create_before_destroy``) is never removed in between.

The half that deletes leaves in place what is made again, and hands over what it knows to the half that creates. With
``create_before_destroy`` the new half comes first and cannot know: it takes over an equal entry as it would anybody's.
"""

from __future__ import annotations

from typing import Any, Final

from ece_provider.owners import claim_in_plan, must_keep, note_done, settle
from terraform_plugin.diagnostics import Path
from terraform_plugin.resource import CreateContext, DeleteContext, PlanContext, UpdateContext

KIND: Final = "trust"


def claim(context: PlanContext[Any], thing: str, words: str, path: Path, code: str | None = None) -> None:
    """Note in a plan which entry the object will own; an error when another object of the run wants it, too."""
    claim_in_plan(context, KIND, thing, words, path, code=code)


def begin(context: CreateContext[Any], thing: str) -> Any:
    """A create begins; what the half that deleted handed over, None when this is no replacement of the entry."""
    settle(context)
    return context.provider.owners.take_kept(KIND, thing)


def made(context: CreateContext[Any] | UpdateContext[Any], thing: str) -> None:
    """The object has the entry now."""
    note_done(context, KIND, thing)


def is_made_again(context: DeleteContext[Any], thing: str, what: Any = True) -> bool:
    """True when the entry is to be left in place for the object that follows, which gets ``what``."""
    if not must_keep(context, KIND, thing):
        return False
    owners = context.provider.owners
    if not owners.is_made(KIND, thing):
        owners.keep(KIND, thing, what)
    return True
