"""Rules for a whole stack, whoever wrote its constructs. They look at what was given and only report."""

from __future__ import annotations

import jsii
from cdktf import Annotations, IAspect
from constructs import IConstruct

import ece_l1 as l1


@jsii.implements(IAspect)
class TeamTagPolicy:
    """Every deployment carries a tag ``team``: ``Aspects.of(stack).add(TeamTagPolicy())``.

    Aspects of the app itself are never asked; each stack needs its own.
    """

    def visit(self, node: IConstruct) -> None:
        """Look at one construct of the tree."""
        if isinstance(node, l1.Deployment) and "team" not in node.arguments.get("tags", {}):
            Annotations.of(node).add_error("every deployment carries a tag team")
