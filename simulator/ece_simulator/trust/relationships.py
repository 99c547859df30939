"""Platform trust relationships: records of other ECE installations, and the record of this one.

Models TrustRelationship… of the API document. That the environment id stands in `installation_id` is inferred.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ece_simulator.clock import iso
from ece_simulator.problems import Problem
from ece_simulator.trust.pem import PRIVATE_KEY, is_authority, read_authority, read_certificates

if TYPE_CHECKING:
    from ece_simulator.world import World

INVALID = "trust_relationships.invalid"
"""Inferred; the document names no code for a refused record."""
LOCAL_NAME = "Local environment"


@dataclass
class Relationship:
    """One record; `version` is what `x-cloud-resource-version` tells."""

    id: str
    name: str
    created: float
    modified: float
    local: bool = False
    trust_by_default: bool = False
    account_ids: list[str] = field(default_factory=list)
    installation_id: str | None = None
    public_ca_cert: str = ""
    version: int = 1

    def view(self, *, dates: bool, certificate: bool) -> dict[str, Any]:
        """Models TrustRelationshipGetResponse (`dates`) and TrustRelationship{Create,Update}Response."""
        shown: dict[str, Any] = {
            "id": self.id,
            "name": self.name,
            "trust_by_default": self.trust_by_default,
            "account_ids": list(self.account_ids),
            "local": self.local,
        }
        if self.installation_id is not None:
            shown["installation_id"] = self.installation_id
        if dates:
            shown["last_modified"] = iso(self.modified)
        if certificate:
            shown["public_ca_cert"] = self.public_ca_cert
        return shown

    def take(self, given: dict[str, Any]) -> None:
        """Takes over the fields that are given."""
        for name in ("name", "trust_by_default", "account_ids", "installation_id", "public_ca_cert"):
            if given.get(name) is not None:
                setattr(self, name, given[name])


def local_record(world: World) -> Relationship:
    """The record of this installation, made anew each time: its CA follows the active internal one."""
    return Relationship(
        id=world.local_relationship_id,
        name=LOCAL_NAME,
        created=world.started,
        modified=world.started,
        local=True,
        trust_by_default=world.account_trust_all,
        account_ids=[world.account_id],
        installation_id=world.environment_id,
        public_ca_cert=world.authority.internal.pem,
    )


def check_certificate(world: World, pem: str) -> None:
    """400 unless the text holds a CA; several are possible with the switch `relationship_certificates`."""
    try:
        if world.switches.relationship_certificates == "one":
            read_authority(pem)
        elif PRIVATE_KEY in pem or not all(map(is_authority, read_certificates(pem))):
            raise ValueError("holds something else than certificate authorities")
    except ValueError as error:
        raise Problem(400, INVALID, f"public_ca_cert {error}", ["public_ca_cert"]) from error
