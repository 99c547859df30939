"""The control API about partners: clusters that stand outside of every installation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ece_simulator.control_connections import ConnectionControl
from ece_simulator.eck.cluster import EckCluster
from ece_simulator.self_managed.cluster import SelfManagedCluster

if TYPE_CHECKING:
    from ece_simulator.hosted.organization import HostedOrganization


class PartnerControl(ConnectionControl):
    """Wrong arguments raise ValueError that says what is allowed."""

    _new_organization: Callable[..., HostedOrganization]

    def add_hosted(self, name: str = "cloud", **options: Any) -> dict[str, Any]:
        """Makes an organisation on Elastic Cloud Hosted (option `regions`); returns its facts."""
        return self._new_organization(name, **options).facts()

    def partners(self) -> dict[str, list[dict[str, Any]]]:
        """The facts of all partners by kind, as the announcement tells them."""
        return self._fabric.partner_facts()

    def add_self_managed(self, name: str = "onprem", home: str | None = None, **options: Any) -> dict[str, Any]:
        """Makes a self-managed cluster (options of `Simulator.add_self_managed`); returns its facts."""
        return self._fabric.partners.add_self_managed(name, home, **options).facts()

    def add_eck(self, name: str = "search", home: str | None = None, **options: Any) -> dict[str, Any]:
        """Makes an ECK cluster (options of `Simulator.add_eck`); returns its facts."""
        return self._fabric.partners.add_eck(name, home, **options).facts()

    def apply(self, partner: str, manifest: str) -> dict[str, Any]:
        """`kubectl apply -f` on an ECK cluster: what kubectl says, whether the cluster runs now, and its log."""
        found = self._eck(partner)
        return {"said": found.apply(manifest), "running": found.running, "log": found.log()}

    def patch(self, partner: str, manifest: str) -> dict[str, Any]:
        """A merge patch of the Elasticsearch resource of an ECK cluster; answers like `apply`."""
        found = self._eck(partner)
        return {"said": [found.patch(manifest)], "running": found.running, "log": found.log()}

    def _eck(self, partner: str) -> EckCluster:
        found = self._fabric.partners.one(partner)
        if not isinstance(found, EckCluster):
            raise ValueError(f"partner: an ECK cluster; {partner!r} is none")
        return found

    def restart(self, partner: str) -> dict[str, Any]:
        """Restarts the node of a self-managed cluster: whether it runs now, and what it wrote since the last clear."""
        found = self._fabric.partners.one(partner)
        if not isinstance(found, SelfManagedCluster):
            raise ValueError(f"partner: a self-managed cluster; {partner!r} is none")
        return {"running": found.restart(), "log": found.log()}

    def put_documents(self, partner: str, documents: dict[str, dict[str, dict[str, Any]]]) -> None:
        """Writes sources by index and id into a partner's cluster."""
        self._fabric.partners.one(partner).put_documents(documents)
