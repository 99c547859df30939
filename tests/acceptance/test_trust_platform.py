"""Trust between two platforms, the default trust, and old deployments, with real Terraform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ece_simulator import Simulator
from tests.support.certificates import certificate
from tests.support.ece import Ece
from tests.support.terraform import matrix
from tests.support.trust import EXTERNAL, RELATIONSHIP, UPDATE, trust

R = f"{RELATIONSHIP}.dr"
DEFAULT = "ece_default_trust"
ENABLEMENT = "ece_cross_cluster_enablement"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """Two installations."""
    with Simulator(2) as running:
        yield running


def both_sides(ece: Ece) -> dict[str, Any]:
    """Platform trust and trust of one deployment on each side, made from what the other side tells."""
    ece.ws.env |= ece.credentials("PARIS_ECE", 1)
    berlin, paris = ece.control.seed(0, name="berlin"), ece.control.seed(1, name="paris")
    places = {"berlin": ("ece", berlin, paris, "paris"), "paris": ("ece.paris", paris, berlin, "berlin")}
    resources: dict[str, Any] = {RELATIONSHIP: {}, EXTERNAL: {}}
    data: dict[str, Any] = {"ece_environment": {}}
    for name, (provider, own, other, peer) in places.items():
        data["ece_environment"][name] = {"provider": provider}
        resources[RELATIONSHIP][name] = {
            "provider": provider,
            "name": peer,
            "public_ca_cert": f"${{data.ece_environment.{peer}.ca_pem}}",
            "account_ids": [f"${{data.ece_environment.{peer}.account_id}}"],
            "installation_id": f"${{data.ece_environment.{peer}.installation_id}}",
        }
        resources[EXTERNAL][name] = {
            "provider": provider,
            "deployment_id": own["id"],
            "trust_relationship_id": f"${{{RELATIONSHIP}.{name}.id}}",
            "cluster_ids": [other["cluster_id"]],
        }
    providers = {"ece": [{}, {"alias": "paris", "env_prefix": "PARIS_ECE"}]}
    return {"resource": resources, "data": data, "provider": providers}


@matrix("lifecycle")
def test_two_platforms_trust_each_other(ece: Ece):
    """Both records and both entries in one run, each from what the other installation tells; all gone afterwards."""
    ece.ws.write(both_sides(ece))
    writes = ["create-trust-relationship"] * 2 + [UPDATE] * 2
    with ece.expect_writes(*writes):
        ece.ws.apply()
    ece.assert_clean()
    for name, installation in (("berlin", "a"), ("paris", "b")):
        (entry,) = ece.control.state()[installation]["deployments"][name]["resources"]["main-elasticsearch"]["trust"][
            "external"
        ]
        assert entry["trust_relationship_id"] == ece.resource(f"{RELATIONSHIP}.{name}")["id"]
    ece.ws.destroy()
    assert trust(ece, "berlin")["external"] == []
    ece.no_unknown_fields()


def relationship(**more: Any) -> dict[str, Any]:
    """Arguments of a relationship."""
    return {"name": "dr", "public_ca_cert": CA, "installation_id": "42", "account_ids": ["a" * 32], **more}


CA = certificate("paris").pem


@matrix("import by id", "generated configuration")
def test_import_of_a_relationship(ece: Ece):
    """By id; what is generated plans clean."""
    body = {"name": "dr", "public_ca_cert": CA, "installation_id": "42", "account_ids": ["a" * 32]}
    made = ece.ask("POST", "/platform/configuration/trust-relationships", body)
    ece.ws.write({"import": [{"to": R, "id": made["id"]}]})
    ece.ws.run("plan", "-no-color", "-input=false", "-generate-config-out=generated.tf")
    with ece.expect_writes():
        ece.ws.apply()
    ece.assert_clean()


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


@matrix("lifecycle")
def test_default_trust(ece: Ece):
    """One write; the destroy leaves the setting and says so in its plan."""
    with ece.expect_writes("update-current-account"):
        ece.apply({DEFAULT: {"d": {"trust_all": False}}})
    ece.assert_clean()
    ece.ask("PUT", "/account", {"trust": {"trust_all": True}})
    assert ece.ws.plan().actions == {f"{DEFAULT}.d": "update"}
    ece.ws.apply()
    plan = ece.ws.plan("-destroy")
    assert any("stays as it is" in warning.text for warning in plan.warnings)
    with ece.expect_writes():
        ece.ws.destroy()
    assert ece.state()["account"]["trust_all"] is False


@matrix("import by id")
def test_import_of_default_trust(ece: Ece):
    """By the account id."""
    ece.write({DEFAULT: {"d": {"trust_all": True}}})
    ece.ws.import_(f"{DEFAULT}.d", ece.state()["account"]["id"])
    ece.assert_clean()


@matrix("lifecycle")
def test_enabling_an_old_deployment(ece: Ece):
    """Its warnings show in the plan, it is done once, and a destroy calls nothing."""
    old = ece.control.seed(name="old", created_before_2_9_0=True)
    ece.write({ENABLEMENT: {"e": {"deployment_id": old["id"]}}})
    plan = ece.ws.plan()
    assert plan.warnings
    with ece.expect_writes("enable-deployment-resource-ccr"):
        ece.ws.apply()
    ece.assert_clean()
    with ece.expect_writes():
        ece.ws.destroy()
    ece.ws.import_(f"{ENABLEMENT}.e", old["id"])
    ece.assert_clean()
