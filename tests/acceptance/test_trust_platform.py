"""``ece_trust_relationship`` with real Terraform: drift, disappearance; its life is in ``test_trust_life``."""

from __future__ import annotations

from typing import Any

from tests.support.certificates import certificate
from tests.support.ece import Ece
from tests.support.trust import RELATIONSHIP

R = f"{RELATIONSHIP}.dr"


def relationship(**more: Any) -> dict[str, Any]:
    """Arguments of a relationship."""
    return {"name": "dr", "public_ca_cert": CA, "installation_id": "42", "account_ids": ["a" * 32], **more}


CA = certificate("paris").pem


def test_a_relationship_changes_in_place_and_comes_back(ece: Ece):
    """Drift, then disappearance; the CA's spelling is no change."""
    ece.apply({RELATIONSHIP: {"dr": relationship()}})
    identifier = ece.resource(R)["id"]
    ece.write({RELATIONSHIP: {"dr": relationship(public_ca_cert=f"# Paris\n{CA}")}})
    assert ece.ws.plan().is_empty
    ece.apply({RELATIONSHIP: {"dr": relationship(name="new")}})
    assert ece.resource(R)["id"] == identifier
    path = f"/platform/configuration/trust-relationships/{identifier}"
    ece.ask("PUT", path, {"trust_by_default": True})
    assert ece.ws.plan().changes[R].changed == {"trust_by_default"}
    ece.ws.apply()
    ece.ask("DELETE", path)
    assert ece.ws.plan().actions == {R: "create"}
    ece.ws.apply()
    ece.assert_clean()
