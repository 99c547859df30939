"""Where one deployment leads to: who owns an alias, and who is upgraded before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ece_l1 as l1
from ece_constructs._checks import known
from ece_constructs._scopes import place_of
from ece_constructs.errors import EceValueError

if TYPE_CHECKING:
    from ece_constructs.deployment import EceDeployment


class Connections:
    """The connections of one deployment as the local side."""

    def __init__(self, deployment: EceDeployment) -> None:
        self._deployment = deployment
        self._owners: dict[str, str] = {}
        self._remotes: dict[str, EceDeployment] = {}

    def add(self, path: str, alias: str, remote: EceDeployment) -> None:
        """One more connection.

        Raises:
            EceValueError: the alias has an owner already.
        """
        if known(alias) and alias in self._owners:
            raise EceValueError(
                path, "alias", alias, f"{self._owners[alias]} owns this alias of the deployment; choose another one"
            )
        self._owners[alias] = path
        self._remotes.setdefault(place_of(remote).path, remote)

    def leads_to(self, other: EceDeployment) -> bool:
        """True when ``other`` can be reached from here over any number of connections."""
        seen: set[str] = set()
        open_ = list(self._remotes.values())
        while open_:
            each = open_.pop()
            if each is other:
                return True
            if place_of(each).path not in seen:
                seen.add(place_of(each).path)
                open_.extend(each.connections._remotes.values())
        return False

    def upgraded_before(self) -> list[l1.Deployment]:
        """Remotes that must be upgraded first: those of this stack that do not lead back here."""
        stack = place_of(self._deployment).stack
        return [
            found
            for _, remote in sorted(self._remotes.items())
            if (found := getattr(remote, "resource", None)) is not None
            and isinstance(found, l1.Deployment)
            and place_of(remote).stack is stack
            and not remote.connections.leads_to(self._deployment)
            and remote is not self._deployment
        ]
