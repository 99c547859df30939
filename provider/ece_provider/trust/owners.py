"""Two objects of one run that would own the same list of an entry: a whole list, and single members beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ece_provider.trust.entries import EntryRef
from terraform_plugin.diagnostics import Diagnostics, Path
from terraform_plugin.resource import PlanContext
from terraform_plugin.values import is_set

if TYPE_CHECKING:
    from ece_provider.configured import ConfiguredProvider

LIST: Final = "list"
MEMBER: Final = "member"


class ListOwners:
    """Who plans to own the lists of which entries; Terraform plans in any order, so the second one tells."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, str], set[str]] = {}

    def note(self, deployment_id: str, entry: str, kind: str) -> bool:
        """Remember one that plans to own; False when there is one of the other kind already."""
        kinds = self._kinds.setdefault((deployment_id, entry), set())
        kinds.add(kind)
        return len(kinds) == 1


def note_list(context: PlanContext[ConfiguredProvider], kind: str, id_attribute: str | None = None) -> None:
    """An object with a list of its own is planned; an error when members of it are planned, too."""
    planned: dict[str, Any] = context.planned or {}
    if planned.get("cluster_ids") is None:
        return
    entry = kind if id_attribute is None else planned.get(id_attribute)
    if is_set(entry):
        text = kind if id_attribute is None else str(EntryRef(kind, entry))
        _note(context, planned["deployment_id"], text, LIST, "cluster_ids")


def note_member(context: PlanContext[ConfiguredProvider]) -> None:
    """A single member is planned; an error when the whole list is planned, too."""
    planned: dict[str, Any] = context.planned or {}
    if is_set(planned.get("trust")):
        _note(context, planned["deployment_id"], planned["trust"], MEMBER, "trust")


def _note(context: PlanContext[ConfiguredProvider], deployment_id: Any, entry: str, kind: str, attribute: str) -> None:
    if is_set(deployment_id) and not context.provider.list_owners.note(deployment_id, entry, kind):
        _tell(context.diagnostics, deployment_id, entry, attribute)


def _tell(diagnostics: Diagnostics, deployment_id: str, entry: str, attribute: str) -> None:
    diagnostics.error(
        "The list has two owners",
        f'The list of trust "{entry}" of deployment {deployment_id} is owned as a whole by cluster_ids of one object, '
        "and in parts by ece_deployment_trust_member: each would undo the other. Put all ids into cluster_ids, or "
        "leave that object out.",
        Path(attribute),
    )
