"""All partners of one simulator by name, and how they are made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from ece_simulator.eck.cluster import EckCluster
from ece_simulator.partners.partner import Partner, Surroundings
from ece_simulator.self_managed.cluster import SelfManagedCluster

P = TypeVar("P", bound=Partner)
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}\Z")
_FIRST_ADDRESS = 5


class Partners:
    """Clusters that belong to no installation. `joined` is told of each new one (who serves opens its port)."""

    def __init__(self, around: Surroundings, folder: Callable[[], Path], taken: Callable[[str], bool]) -> None:
        self._around, self._folder, self._taken = around, folder, taken
        self._partners: dict[str, Partner] = {}
        self.joined: list[Callable[[Partner], None]] = []

    def __iter__(self) -> Iterator[Partner]:
        """All of them in the order they came."""
        return iter(list(self._partners.values()))

    def get(self, name: str) -> Partner | None:
        """One by name."""
        return self._partners.get(name)

    def one(self, name: str) -> Partner:
        """One by name; ValueError that tells the names there are."""
        if name not in self._partners:
            raise ValueError(f"partner: one of {', '.join(self._partners) or 'none'}; got {name!r}")
        return self._partners[name]

    def of_kind(self, kind: str) -> list[Partner]:
        """All of one kind."""
        return [partner for partner in self if partner.kind == kind]

    def add_self_managed(self, name: str, home: Path | str | None, **options: Any) -> SelfManagedCluster:
        """A self-managed cluster."""
        self.check(name)
        options.setdefault("version", "9.2.0")
        options.setdefault("host", f"{name}.self.test")
        options.setdefault("scope_id", re.sub(r"[^a-z0-9]", "", name))
        options.setdefault("egress", self._address())
        cluster = SelfManagedCluster(name, self._home(name, home), self._around, **options)
        return self._joined(name, cluster)

    def add_eck(self, name: str, home: Path | str | None, **options: Any) -> EckCluster:
        """An ECK cluster."""
        self.check(name)
        options.setdefault("version", "9.2.0")
        options.setdefault("egress", self._address())
        return self._joined(name, EckCluster(name, self._home(name, home), self._around, **options))

    def _joined(self, name: str, partner: P) -> P:
        self._partners[name] = partner
        for tell in self.joined:
            tell(partner)
        return partner

    def check(self, name: str) -> None:
        """ValueError for a name that cannot be one, or is taken."""
        if not _NAME.match(name) or name in self._partners or self._taken(name):
            raise ValueError(f"name: lower-case letters, digits and dashes, not taken yet; got {name!r}")

    def _address(self) -> str:
        return f"203.0.113.{_FIRST_ADDRESS + 8 * len(self._partners)}"

    def _home(self, name: str, given: Path | str | None) -> Path:
        return Path(given) if given is not None else self._folder() / name
