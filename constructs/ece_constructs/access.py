"""What a cross-cluster API key gives access to; made with makers and added with ``+``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ece_constructs._checks import known, literal
from ece_constructs.errors import EceValueError
from ece_domain.cross_cluster_keys import access_findings


class Access:
    """Indices that the local cluster may search or replicate: ``Access.search("logs-*") + Access.replicate("stock")``.

    It acts in the API-key model only; in the certificate model roles of the same name on both sides decide.
    """

    __slots__ = ("_replication", "_search")

    def __init__(
        self, *, search_entries: Sequence[Mapping[str, Any]], replication_entries: Sequence[Mapping[str, Any]]
    ) -> None:
        """Use the makers instead."""
        self._search = tuple(search_entries)
        self._replication = tuple(replication_entries)
        for finding in access_findings({"search": self._search, "replication": self._replication}):
            raise EceValueError("Access", "access", self, finding.text)

    @classmethod
    def search(cls, *names: str, query: str | None = None, allow_restricted_indices: bool | None = None) -> Access:
        """Cross-cluster search in indices that match ``names``.

        Args:
            *names: Index patterns, such as ``logs-*``.
            query: Only documents that this query (JSON) matches; not together with replication.
            allow_restricted_indices: Let the patterns match system indices too; off unless given.

        Raises:
            EceValueError: no name, or one that is no text.
        """
        return cls(search_entries=[_entry(names, allow_restricted_indices, query=query)], replication_entries=())

    @classmethod
    def replicate(cls, *names: str, allow_restricted_indices: bool | None = None) -> Access:
        """Cross-cluster replication of indices that match ``names``.

        Raises:
            EceValueError: no name, or one that is no text.
        """
        return cls(search_entries=(), replication_entries=[_entry(names, allow_restricted_indices)])

    def __add__(self, other: Access) -> Access:
        """Both together, in one key.

        Raises:
            EceValueError: documents are restricted by a query, and indices are replicated too.
        """
        if not isinstance(other, Access):
            return NotImplemented
        return Access(
            search_entries=[*self._search, *other._search],
            replication_entries=[*self._replication, *other._replication],
        )

    @property
    def searches(self) -> bool:
        """True when it gives cross-cluster search."""
        return bool(self._search)

    @property
    def replicates(self) -> bool:
        """True when it gives cross-cluster replication."""
        return bool(self._replication)

    def arguments(self) -> dict[str, Any]:
        """As the provider takes it."""
        given = {"search": self._search, "replication": self._replication}
        return {kind: literal(entries) for kind, entries in given.items() if entries}

    def __repr__(self) -> str:
        """The names."""
        return f"Access(search={self._search}, replication={self._replication})"


def _entry(names: Sequence[str], restricted: bool | None, **more: Any) -> dict[str, Any]:
    if not names:
        raise EceValueError("Access", "names", names, 'at least one index pattern is needed, such as "logs-*"')
    for name in names:
        if not isinstance(name, str) or (known(name) and not name.strip()):
            raise EceValueError("Access", "names", name, 'each index pattern is a text of its own: "a-*", "b-*"')
    given = {"names": list(names), "allow_restricted_indices": restricted, **more}
    return {key: value for key, value in given.items() if value is not None}
