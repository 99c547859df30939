"""Where a construct stands: its stack, its path below it, and the names that are made of that path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import jsii
from constructs import Construct, IConstruct, IValidation, Node

from ece_l1._cdk import TerraformStack

_LEFT_OUT = ("Default", "Resource")


class Placed(Protocol):
    """Anything with a place in a tree of constructs."""

    @property
    def node(self) -> Node:
        """Its place, as the library knows it."""


@dataclass(frozen=True)
class Place:
    """Where something stands. Constructs never move, so this is asked for once."""

    path: str
    """Ids from below the app down to it, such as ``search/team/logs``."""
    root: IConstruct
    """The app."""
    nearest: TerraformStack | None
    """The nearest stack above it, or itself."""
    below: tuple[str, ...]
    """Ids below that stack; of the whole path without one."""
    scopes: tuple[IConstruct, ...]
    """All constructs from the app down to it."""

    @property
    def stack(self) -> TerraformStack:
        """The nearest stack.

        Raises:
            ValueError: it belongs to no stack.
        """
        if self.nearest is None:
            raise ValueError(f"{self.path or 'the app'}: a construct with resources belongs below a TerraformStack")
        return self.nearest

    @property
    def default_name(self) -> str:
        """The name of an object without one: its path below the stack, lower case, joined by ``-``.

        ``Default`` and ``Resource`` are left out. This is contract: a wrapped construct has the wrapper in its name.
        """
        parts = [part for part in self.below if part not in _LEFT_OUT] or [place_of(self.stack).path.split("/")[-1]]
        return "-".join(parts).lower()

    @property
    def alias(self) -> str:
        """A provider alias made of the whole path: ``search/ece`` becomes ``search_ece``."""
        alias = "_".join(re.sub(r"[^A-Za-z0-9_-]", "-", part) for part in self.path.split("/"))
        return alias if re.match(r"[A-Za-z_]", alias) else f"_{alias}"

    def seen_from(self, stack: TerraformStack) -> Sequence[str]:
        """Ids that name this place inside ``stack``: below it, or the whole path marked with ``@``."""
        if self.nearest is stack:
            return self.below
        first, *rest = self.path.split("/")
        return [f"@{first}", *rest]


def place_of(thing: Placed) -> Place:
    """Where ``thing`` stands; remembered with it, as each question to the library takes a message to Node and back."""
    remembered = getattr(thing, "__dict__", {})
    place = remembered.get("_ece_place")
    if not isinstance(place, Place):
        place = remembered["_ece_place"] = _asked(thing.node)
    return place


def settle(construct: IConstruct, scope: Placed, id_: str) -> Place:
    """The place of a construct that was just made in ``scope``, without a question to the library."""
    above = place_of(scope)
    if "/" in id_ or above.nearest is None or not above.path:
        return place_of(construct)
    place = Place(f"{above.path}/{id_}", above.root, above.nearest, (*above.below, id_), (*above.scopes, construct))
    vars(construct)["_ece_place"] = place
    return place


def _asked(node: Node) -> Place:
    path, scopes = node.path, node.scopes
    nearest = next((scope for scope in reversed(scopes) if isinstance(scope, TerraformStack)), None)
    if nearest is None or scopes[-1] is nearest:
        return Place(path, scopes[0], nearest, () if nearest is not None else tuple(path.split("/")), tuple(scopes))
    return Place(path, scopes[0], nearest, tuple(path[len(place_of(nearest).path) + 1 :].split("/")), tuple(scopes))


def child(scope: Construct, parts: Iterable[str]) -> Construct:
    """The construct that was made here below ``scope`` at the path of ids ``parts``; made where it is missing."""
    for part in parts:
        made: dict[str, Construct] = vars(scope).setdefault("_ece_children", {})
        if part not in made:
            made[part] = Construct(scope, part)
        scope = made[part]
    return scope


@jsii.implements(IValidation)
class _Validation:
    def __init__(self, check: Callable[[], list[str]]) -> None:
        self._check = check

    def validate(self) -> list[str]:
        return self._check()


def validate_with(construct: IConstruct, check: Callable[[], list[str]]) -> None:
    """Have ``check`` called when the finished tree is validated; each text it returns stops the synth."""
    construct.node.add_validation(_Validation(check))
