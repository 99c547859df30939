"""Where deployments live: one region on ECE, any number of an organisation on Elastic Cloud Hosted.

Each region has a domain of its own, an authority that signs its nodes, and an address that others see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ece_simulator.tls import Authority


@dataclass
class Region:
    """One region."""

    name: str
    domain: str
    authority: Authority
    egress: str

    @property
    def ca_pems(self) -> list[str]:
        """All CAs that sign nodes here, or will: past, present and next."""
        return [pair.pem for pair in self.authority.internal_authorities()]

    def facts(self) -> dict[str, Any]:
        """As the announcement tells it."""
        return {"name": self.name, "domain": self.domain, "egress": self.egress, "ca_pems": self.ca_pems}
