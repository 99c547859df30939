"""An organisation on Elastic Cloud Hosted as a place in the data plane and an API of its own."""

from __future__ import annotations

from typing import Any

from ece_simulator.installation import Installation
from ece_simulator.regions import Region


class HostedOrganization(Installation):
    """Like an installation, with regions, without a platform, and behind certificates that everybody trusts.

    `elasticsearch_endpoint` stands for 9243 of all deployments in all regions; `proxy_ca_file` holds the well-known
    root. The API takes API keys only.
    """

    @property
    def organization_id(self) -> str:
        """Digits; the scope in the names of all its nodes."""
        return self.world.environment_id

    @property
    def regions(self) -> dict[str, Region]:
        """The organisation's regions by name."""
        return dict(self.world.regions)

    @property
    def egress(self) -> str:
        """The address that others see of the first region; each region has its own."""
        return self.world.egress

    def facts(self) -> dict[str, Any]:
        """What the announcement tells."""
        return {
            "name": self.name,
            "endpoint": self.endpoint,
            "plain_endpoint": self.plain_endpoint,
            "api_key": self.api_key,
            "ca_file": self.ca_file,
            "elasticsearch_endpoint": self.elasticsearch_endpoint,
            "proxy_ca_file": self.proxy_ca_file,
            "organization_id": self.organization_id,
            "environment_id": self.environment_id,
            "account_id": self.account_id,
            "regions": [region.facts() for region in self.world.regions.values()],
        }
