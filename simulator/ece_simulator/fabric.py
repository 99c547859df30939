"""The installations of one simulator, and looking across them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ece_simulator.deployments.model import Deployment
    from ece_simulator.hosted.organization import HostedOrganization
    from ece_simulator.installation import Installation
    from ece_simulator.partners.registry import Partners


class Fabric:
    """Finds installations by name or number, and deployments in any of them."""

    def __init__(self, installations: tuple[Installation, ...], partners: Partners) -> None:
        self.own = installations
        self.hosted: list[HostedOrganization] = []
        self.partners = partners

    @property
    def installations(self) -> tuple[Installation, ...]:
        """Everything with an API of ECE's kind: the installations, then the organisations."""
        return (*self.own, *self.hosted)

    def has(self, name: str) -> bool:
        """Whether an installation has this name."""
        return any(installation.name == name for installation in self.installations)

    def partner_facts(self) -> dict[str, list[dict[str, Any]]]:
        """What the announcement tells about partners, by kind."""
        return {
            "hosted": [organization.facts() for organization in self.hosted],
            "self_managed": [partner.facts() for partner in self.partners.of_kind("self_managed")],
            "eck": [partner.facts() for partner in self.partners.of_kind("eck")],
        }

    def names(self, wanted: int | str | None) -> set[str]:
        """Names under which calls are logged: of one installation or partner, or of all."""
        partners = {partner.name for partner in self.partners}
        if wanted in partners:
            return {str(wanted)}
        return {one.name for one in self.select(wanted)} | (partners if wanted is None else set())

    def select(self, wanted: int | str | None) -> tuple[Installation, ...]:
        """One installation by number or name; None means all."""
        if wanted is None:
            return self.installations
        return (self.one(wanted),)

    def one(self, wanted: int | str) -> Installation:
        """One installation by number or name."""
        for number, installation in enumerate(self.installations):
            if str(wanted) in (str(number), installation.name):
                return installation
        names = ", ".join(installation.name for installation in self.installations)
        raise ValueError(f"installation: a number below {len(self.installations)} or one of {names}; got {wanted!r}")

    def deployments(self) -> Iterator[tuple[Installation, Deployment]]:
        """All deployments of all installations."""
        for installation in self.installations:
            for deployment in installation.world.deployments.values():
                yield installation, deployment

    def find(self, wanted: str) -> tuple[Installation, Deployment]:
        """A deployment by id, or by name where only one has it."""
        named = [pair for pair in self.deployments() if wanted in (pair[1].id, pair[1].name)]
        if len(named) != 1:
            raise ValueError(f"deployment: an id or a name only one has; {len(named)} fit {wanted!r}")
        return named[0]
