"""Where a construct stands: its stack, its path below it, and the names that are made of that path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import jsii
from constructs import Construct, IConstruct, IValidation, Node

from ece_l1._cdk import TerraformStack

_LEFT_OUT = ("Default", "Resource")


def stack_of(node: Node) -> TerraformStack:
    """The nearest stack above the node.

    Raises:
        ValueError: the construct belongs to no stack.
    """
    for scope in reversed(node.scopes):
        if isinstance(scope, TerraformStack):
            return scope
    raise ValueError(f"{node.path or 'the app'}: a construct with resources belongs below a TerraformStack")


def path_below_stack(node: Node) -> list[str]:
    """The ids from the stack (not included) down to the node."""
    ids: list[str] = []
    for scope in reversed(node.scopes):
        if isinstance(scope, TerraformStack):
            break
        ids.insert(0, scope.node.id)
    return [each for each in ids if each]


def default_name(node: Node) -> str:
    """The name of an object without one: its path below the stack, lower case, joined by ``-``.

    ``Default`` and ``Resource`` are left out. This is contract: a wrapped construct has the wrapper in its name.
    """
    parts = [part for part in path_below_stack(node) if part not in _LEFT_OUT] or [stack_of(node).node.id]
    return "-".join(parts).lower()


def alias_of(node: Node) -> str:
    """A provider alias made of the whole path: ``search/ece`` becomes ``search_ece``."""
    alias = "_".join(re.sub(r"[^A-Za-z0-9_-]", "-", part) for part in node.path.split("/"))
    return alias if re.match(r"[A-Za-z_]", alias) else f"_{alias}"


def parts_seen_from(stack: TerraformStack, node: Node) -> Sequence[str]:
    """Ids that name the node inside ``stack``: its path below it, or its whole path marked with ``@``."""
    if stack_of(node) is stack:
        return path_below_stack(node)
    first, *rest = node.path.split("/")
    return [f"@{first}", *rest]


def child(scope: Construct, parts: Iterable[str]) -> Construct:
    """The construct below ``scope`` at the path of ids ``parts``; made where it is missing."""
    for part in parts:
        found = scope.node.try_find_child(part)
        scope = found if isinstance(found, Construct) else Construct(scope, part)
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
