"""Who owns a thing that can have one owner only (an alias, its key, a keystore entry), as far as one run can tell.

A replacement of an object by itself (``-replace``, taint, ``create_before_destroy``) must never remove the thing in
between. Terraform carries a plan's private state into both halves of a replacement, so the half that deletes can tell
that the same thing will be made again.
"""

from __future__ import annotations

import os
from typing import Any, Final

from ece_domain.findings import coded
from ece_provider.findings import CodedDiagnostic
from terraform_plugin.diagnostics import Path
from terraform_plugin.resource import Context, CreateContext, DeleteContext, PlanContext, UpdateContext

_CREATES: Final = "creates"
_TOKEN: Final = "owner"  # noqa: S105  (a name in private state; the value tells objects apart and opens nothing)


class Owners:
    """What the objects of this process own; Terraform runs one process per plan and per apply."""

    def __init__(self) -> None:
        self._planned: dict[tuple[str, str], str] = {}
        self._made: set[tuple[str, str]] = set()
        self._kept: dict[tuple[str, str], Any] = {}

    def claim(self, kind: str, thing: str, token: str) -> bool:
        """True when no other object of this run is planned to own the thing."""
        return self._planned.setdefault((kind, thing), token) == token

    def is_planned(self, kind: str, start: str) -> bool:
        """True when an object of this run is planned to own a thing of which the name begins so."""
        return any(of_kind == kind and thing.startswith(start) for of_kind, thing in self._planned)

    def note_made(self, kind: str, thing: str) -> None:
        """An object made the thing, or took it over, in this process."""
        self._made.add((kind, thing))

    def is_made(self, kind: str, thing: str) -> bool:
        """True when an object of this process has it: whoever had it before must not remove it any more."""
        return (kind, thing) in self._made

    def keep(self, kind: str, thing: str, what: Any = True) -> None:
        """The deleting half of a replacement left the thing in place; ``what`` is for the half that follows."""
        self._kept[kind, thing] = what

    def take_kept(self, kind: str, thing: str) -> Any:
        """What the deleting half left, once; None when there was none."""
        return self._kept.pop((kind, thing), None)


def claim_in_plan(
    context: PlanContext[Any],
    kind: str,
    thing: str,
    words: str,
    path: Path,
    *,
    made_as: str | None = None,
    code: str | None = None,
) -> None:
    """Note in a plan who will own the thing; an error when two objects of one run want it.

    ``code`` is the validation behind it, if there is one. ``made_as`` names the thing for ``must_keep`` where it can be
    made in different ways.
    """
    token = context.private.setdefault(_TOKEN, os.urandom(8).hex())
    if context.is_create or context.replaces:
        context.private[_CREATES] = made_as or thing
    if not context.provider.owners.claim(kind, thing, token):
        told = (
            f"Another object of this configuration owns {words} already. Keep one of them, or give this one "
            "another name."
        )
        summary = f"{words[:1].upper()}{words[1:]} has two owners"
        context.diagnostics.extend([CodedDiagnostic(summary, coded(told, code), path, code=code)])


def note_done(context: CreateContext[Any] | UpdateContext[Any], kind: str, thing: str) -> None:
    """A create or update of the thing went through: it is no replacement any more."""
    settle(context)
    context.provider.owners.note_made(kind, thing)


def settle(context: Context[Any]) -> None:
    """Forget what the plan noted for a replacement; to be called before anything of a create or update can fail."""
    context.private.pop(_CREATES, None)


def must_keep(context: DeleteContext[Any], kind: str, thing: str) -> bool:
    """True when the object is deleted only to be made again, or was made again already: leave the thing in place."""
    owners: Owners = context.provider.owners
    return context.private.get(_CREATES) == thing or owners.is_made(kind, thing)
