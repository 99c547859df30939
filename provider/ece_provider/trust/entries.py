"""The entries in the trust settings of a deployment (``ElasticsearchClusterTrustSettings``). Pure, no calls.

A write replaces all three lists, so what is not ours is carried along exactly as it was read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from ece_provider.resources.deployment.mapping import resource_of
from terraform_plugin.diagnostics import DiagnosticError

Json = Mapping[str, Any]
Entry = dict[str, Any]
Lists = dict[str, list[Entry]]
"""``accounts``, ``external`` and ``direct``, all three always there."""

ACCOUNT: Final = "account"
EXTERNAL: Final = "external"
DIRECT: Final = "direct"

LIST_OF: Final = {ACCOUNT: "accounts", EXTERNAL: "external", DIRECT: "direct"}
"""Kind of entry → the list that holds it."""

ID_OF: Final = {ACCOUNT: "account_id", EXTERNAL: "trust_relationship_id", DIRECT: "uid"}
"""Kind of entry → the member that names it within its list."""


@dataclass(frozen=True)
class EntryRef:
    """One entry of a deployment: ``account/<account id>``, ``external/<relationship id>`` or ``direct/<uid>``."""

    kind: str
    id: str

    def __str__(self) -> str:
        """As ids of resources hold it."""
        return f"{self.kind}/{self.id}"


def lists_of(deployment: Json) -> Lists:
    """The three lists as they can be sent back: null members and what the API computes are left out.

    Raises:
        DiagnosticError: the answer does not show settings, so that a write would wipe them out.
    """
    elasticsearch = resource_of(deployment, "elasticsearch") or {}
    settings = (elasticsearch.get("info") or {}).get("settings")
    if not isinstance(settings, Mapping):
        raise DiagnosticError(
            "Trust settings cannot be seen",
            f"The API does not show the settings of deployment {deployment.get('id')}. Changing its trust could remove "
            "entries that are there, so nothing was written. Use credentials that may see the deployment's settings.",
        )
    trust = settings.get("trust") or {}
    return {name: [sendable(entry) for entry in trust.get(name) or ()] for name in LIST_OF.values()}


def sendable(entry: Json) -> Entry:
    """A copy of an entry without null members and without the metadata that the API adds to certificates."""
    copy = {name: deepcopy(value) for name, value in entry.items() if value is not None}
    if "certificates" in copy:
        copy["certificates"] = [
            {name: value for name, value in certificate.items() if name != "metadata" and value is not None}
            for certificate in copy["certificates"] or ()
        ]
    return copy


def find(lists: Lists, ref: EntryRef) -> Entry | None:
    """The entry itself (a change of it is a change of the lists), None when there is none."""
    return next((entry for entry in lists[LIST_OF[ref.kind]] if entry.get(ID_OF[ref.kind]) == ref.id), None)


def found_or_added(lists: Lists, ref: EntryRef) -> Entry:
    """The entry, made when there is none; it trusts nobody then."""
    entry = find(lists, ref)
    if entry is None:
        entry = {ID_OF[ref.kind]: ref.id, "trust_all": False}
        lists[LIST_OF[ref.kind]].append(entry)
    return entry


def remove(lists: Lists, ref: EntryRef) -> None:
    """Take the entry out; that there is none is fine."""
    name = LIST_OF[ref.kind]
    lists[name] = [entry for entry in lists[name] if entry.get(ID_OF[ref.kind]) != ref.id]


def put(lists: Lists, ref: EntryRef, entry: Json | None) -> None:
    """Make the entry exactly this one, in its old place; None takes it out."""
    if entry is None:
        remove(lists, ref)
        return
    there = found_or_added(lists, ref)
    there.clear()
    there.update(deepcopy(dict(entry)))


def set_level(entry: Entry, *, trust_all: bool | None, cluster_ids: Collection[str] | None) -> None:
    """Whom the entry trusts: all, or the clusters of the list; None leaves a list to its members.

    A list that holds the same ids stays as it is.
    """
    entry["trust_all"] = bool(trust_all)
    if cluster_ids is None and not trust_all:
        return
    if not cluster_ids:
        entry.pop("trust_allowlist", None)
    elif set(entry.get("trust_allowlist") or ()) != set(cluster_ids):
        entry["trust_allowlist"] = sorted(cluster_ids)


def cluster_ids_of(entry: Json) -> list[str]:
    """The ids in the list of the entry, sorted."""
    return sorted(entry.get("trust_allowlist") or ())


def level_of(entry: Json, prior: Json | None = None) -> dict[str, Any]:
    """``trust_all`` and ``cluster_ids`` as state holds them: one of both, or none where ``prior`` had none."""
    if entry.get("trust_all"):
        return {"trust_all": True, "cluster_ids": None}
    if prior is not None and prior["trust_all"] is None and prior["cluster_ids"] is None:
        return {"trust_all": None, "cluster_ids": None}
    return {"trust_all": None, "cluster_ids": cluster_ids_of(entry)}


def level_words(entry: Json) -> str:
    """Whom an entry trusts, for messages."""
    if entry.get("trust_all"):
        return "trusts all clusters"
    ids = cluster_ids_of(entry)
    return f"trusts {', '.join(ids)}" if ids else "trusts no cluster by id"
