"""Trust of deployments and of platforms, all kinds in one configuration: one whole life on every Terraform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ece_simulator import Simulator
from tests.support.certificates import certificate
from tests.support.ece import Ece
from tests.support.terraform import matrix
from tests.support.trust import (
    ACCOUNT,
    CA,
    DIRECT,
    EXTERNAL,
    MEMBER,
    NEXT_CA,
    RELATIONSHIP,
    SOMEBODY,
    UPDATE,
    account,
    attempts,
    direct,
    relationship_of_somebody,
    seed_foreign,
    trust,
)

DEFAULT, ENABLEMENT = "ece_default_trust", "ece_cross_cluster_enablement"
ALONE = direct({"id": ""}, certificate("alone").pem, name="shared", cluster_ids=None)
"""An entry whose list is left to members."""


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """Two installations."""
    with Simulator(2) as running:
        yield running


class Entries:
    """Account, external, direct and member trust of one deployment that holds trust of others, too."""

    def __init__(self, ece: Ece) -> None:
        self.ece = ece
        self.logs = seed_foreign(ece)
        self.shop = ece.control.seed(name="shop")
        self.relationship = relationship_of_somebody(ece, "dr")
        self.before = ece.deployment("logs")

    def config(self, *, changed: bool = False) -> dict[str, Any]:
        """What is wanted at first, and after a change of everything."""
        logs = self.logs
        external = {"deployment_id": logs["id"], "trust_relationship_id": self.relationship}
        member = {"deployment_id": logs["id"], "trust": f"direct/${{{DIRECT}.shared.uid}}"}
        theirs = {"trust_all": True} if changed else {"cluster_ids": [SOMEBODY]}
        ours = direct(logs, NEXT_CA, CA, name="new", cluster_ids=None, trust_all=True) if changed else direct(logs)
        return {
            ACCOUNT: {"t": account(logs, trust_all=True) if changed else account(logs, self.shop["cluster_id"])},
            EXTERNAL: {"t": {**external, **theirs}},
            DIRECT: {"t": ours, "shared": {**ALONE, "deployment_id": logs["id"]}},
            MEMBER: {name: {**member, "cluster_id": name * 32} for name in ("ac" if changed else "ab")},
        }

    def addresses(self) -> list[str]:
        """Of all objects in state."""
        return sorted(self.ece.ws.resources())


@matrix("lifecycle", "import by id", "generated configuration")
def test_the_life_of_trust_entries(ece: Ece):
    """Few writes, foreign entries as they were, empty plans, import with generated configuration, and no trace."""
    scene = Entries(ece)
    count = attempts(ece)
    ece.apply(scene.config())
    assert attempts(ece) - count <= 3, "the members wait for their entry"
    made = trust(ece)
    assert made["accounts"][0]["trust_allowlist"] == [scene.shop["cluster_id"]]
    assert made["direct"][0]["name"] == "theirs"
    assert {len(entry.get("trust_allowlist") or []) for entry in made["direct"]} == {1, 2}
    uid = ece.resource(f"{DIRECT}.t")["uid"]
    ece.assert_clean()

    ece.write(scene.config(changed=True))
    plan = ece.ws.plan()
    assert plan.changes[f"{ACCOUNT}.t"].changed == {"trust_all", "cluster_ids"}
    assert plan.changes[f"{DIRECT}.t"].changed == {"name", "certificates", "cluster_ids", "trust_all"}
    assert plan.changes[f"{EXTERNAL}.t"].changed == {"trust_all", "cluster_ids"}
    assert (plan.actions[f"{MEMBER}.b"], plan.actions[f"{MEMBER}.c"]) == ("delete", "create")
    ece.ws.apply()
    assert ece.resource(f"{DIRECT}.t")["uid"] == uid
    ece.assert_clean()

    stored = {address: ece.resource(address)["id"] for address in scene.addresses()}
    former = trust(ece)
    ece.ws.run("state", "rm", *stored)
    shared = scene.config(changed=True)  # one list, several owners: its configuration cannot be generated
    kept = {DIRECT: {"shared": shared[DIRECT]["shared"]}, MEMBER: shared[MEMBER]}
    ece.write(kept, **{"import": [{"to": address, "id": id} for address, id in stored.items()]})
    ece.ws.run("plan", "-no-color", "-input=false", "-generate-config-out=generated.tf")
    with ece.expect_writes():
        ece.ws.apply()
    assert {address: ece.resource(address)["id"] for address in stored} == stored
    ece.assert_clean()
    ece.ws.remove("generated.tf")
    ece.write({})
    ece.ws.apply()  # account trust that was imported is put back to what it was at the import
    after = ece.deployment("logs")
    assert trust(ece)["accounts"] == former["accounts"]
    assert without_accounts(after) == without_accounts(scene.before)
    ece.no_unknown_fields()


def without_accounts(deployment: dict[str, Any]) -> dict[str, Any]:
    """A deployment as it is, account trust and the version of the resource left out."""
    resources = {
        name: {**found, "trust": {**found["trust"], "accounts": []}} if "trust" in found else found
        for name, found in deployment["resources"].items()
    }
    return {**deployment, "version": 0, "resources": resources}


def platforms(ece: Ece) -> tuple[dict[str, Any], dict[str, Any]]:
    """Trust of two platforms and of a deployment on each, from what the other side tells; the default; an old one."""
    ece.ws.env |= ece.credentials("PARIS_ECE", 1)
    berlin, paris = ece.control.seed(0, name="berlin"), ece.control.seed(1, name="paris")
    old = ece.control.seed(name="old", created_before_2_9_0=True)
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
    resources |= {DEFAULT: {"d": {"trust_all": False}}, ENABLEMENT: {"e": {"deployment_id": old["id"]}}}
    blocks = {"data": data, "provider": {"ece": [{}, {"alias": "paris", "env_prefix": "PARIS_ECE"}]}}
    return resources, blocks


WRITES = ["create-trust-relationship"] * 2 + [UPDATE] * 2 + ["update-current-account", "enable-deployment-resource-ccr"]


@matrix("lifecycle", "import by id")
def test_the_life_of_platform_trust(ece: Ece):
    """Both records and entries, the default and an old deployment in one run; drift; import; what stays is told."""
    resources, blocks = platforms(ece)
    ece.write(resources, **blocks)
    plan = ece.ws.plan()
    assert f"{ENABLEMENT}.e" in {warning.address for warning in plan.warnings}
    with ece.expect_writes(*WRITES):
        ece.ws.apply()
    ece.assert_clean()
    ids = {address: ece.resource(address)["id"] for address in ece.ws.resources() if not address.startswith("data.")}
    (entry,) = trust(ece, "berlin")["external"]
    assert entry["trust_relationship_id"] == ids[f"{RELATIONSHIP}.berlin"]

    path = f"/platform/configuration/trust-relationships/{ids[f'{RELATIONSHIP}.berlin']}"
    ece.ask("PUT", path, {"trust_by_default": True})
    ece.ask("PUT", "/account", {"trust": {"trust_all": True}})
    resources[RELATIONSHIP]["paris"]["name"] = "main"
    ece.write(resources, **blocks)
    plan = ece.ws.plan()
    changed = (f"{RELATIONSHIP}.berlin", f"{RELATIONSHIP}.paris", f"{DEFAULT}.d")
    assert plan.actions == dict.fromkeys(changed, "update")
    assert plan.changes[f"{RELATIONSHIP}.berlin"].changed == {"trust_by_default"}
    ece.ws.apply()

    ece.ws.run("state", "rm", *ids)
    imports = [{"to": address, "id": id} for address, id in ids.items() if address != f"{DEFAULT}.d"]
    imports.append({"to": f"{DEFAULT}.d", "id": ece.state()["account"]["id"]})
    ece.write(resources, **blocks, **{"import": imports})
    with ece.expect_writes():
        ece.ws.apply()
    assert {address: ece.resource(address)["id"] for address in ids} == ids
    ece.assert_clean()
    result = ece.ws.destroy()
    assert any("stays as it is" in warning.text for warning in result.warnings)
    assert trust(ece, "berlin")["external"] == []
    assert ece.state()["account"]["trust_all"] is False
    ece.no_unknown_fields()


@matrix("import by identity")
def test_import_by_identity(ece: Ece):
    """Every kind of trust by its identity, whose ``ref_id`` may be left out: nothing is written."""
    resources, blocks = platforms(ece)
    scene = Entries(ece)
    both = {kind: {**resources.get(kind, {}), **scene.config().get(kind, {})} for kind in (*resources, *scene.config())}
    ece.apply(both, **blocks)
    stored = {address: found for address, found in ece.ws.resources().items() if not address.startswith("data.")}
    identities = {
        address: {name: value for name, value in (found.identity or {}).items() if name != "ref_id"}
        for address, found in stored.items()
    }
    assert all(identities.values()), identities
    ece.ws.run("state", "rm", *stored)
    ece.write(both, **blocks, **{"import": [{"to": one, "identity": names} for one, names in identities.items()]})
    with ece.expect_writes():
        ece.ws.apply()
    assert {address: ece.resource(address).identity for address in stored} == {
        address: found.identity for address, found in stored.items()
    }
    ece.assert_clean()
