"""``ece_deployment_trust_account`` with real Terraform: taken over, changed, put back; drift, import, replacement."""

from __future__ import annotations

import pytest

from tests.support.ece import Ece
from tests.support.terraform import matrix
from tests.support.trust import ACCOUNT, SOMEBODY, UPDATE, account, attempts, seed_foreign, set_trust, trust

T = f"{ACCOUNT}.t"


@matrix("lifecycle")
def test_create_change_and_destroy(ece: Ece):
    """One write and one plan each; what others made stays, and the former value comes back."""
    logs, shop = seed_foreign(ece), ece.control.seed(name="shop")
    before = ece.elasticsearch("logs")
    with ece.expect_writes(UPDATE):
        ece.apply({ACCOUNT: {"t": account(logs, shop["cluster_id"])}})
    assert ece.resource(T)["id"] == f"{logs['id']}/main-elasticsearch/account/{ece.state()['account']['id']}"
    assert trust(ece)["accounts"][0]["trust_allowlist"] == [shop["cluster_id"]]
    ece.assert_clean()
    ece.write({ACCOUNT: {"t": account(logs, trust_all=True)}})
    plan = ece.ws.plan()
    assert plan.actions == {T: "update"}
    assert plan.changes[T].changed == {"trust_all", "cluster_ids"}
    with ece.expect_writes(UPDATE):
        ece.ws.apply()
    ece.assert_clean()
    count = attempts(ece)
    ece.write({ACCOUNT: {"t": account(logs)}})
    ece.ws.apply()
    assert trust(ece)["accounts"][0]["trust_all"] is False
    assert attempts(ece) == count + 1
    ece.ws.destroy()
    assert ece.elasticsearch("logs") == before
    ece.no_unknown_fields()


@matrix("import by id", "generated configuration")
def test_import_by_id_writes_nothing_and_generates_what_plans_clean(ece: Ece):
    """With foreign parts around it, which stay after a change of the entry."""
    logs, shop = seed_foreign(ece), ece.control.seed(name="shop")
    others = trust(ece)
    account_id = ece.state()["account"]["id"]
    ece.ws.write({"import": [{"to": T, "id": f"{logs['id']}/account/{account_id}"}]})
    ece.ws.run("plan", "-no-color", "-input=false", "-generate-config-out=generated.tf")
    with ece.expect_writes():
        ece.ws.apply()
    ece.assert_clean()
    ece.ws.remove("generated.tf")
    ece.apply({ACCOUNT: {"t": account(logs, shop["cluster_id"])}})
    after = trust(ece)
    assert (after["external"], after["direct"]) == (others["external"], others["direct"])
    ece.ws.destroy()
    assert trust(ece) == others


@matrix("import by identity")
def test_import_by_identity(ece: Ece):
    """The ``ref_id`` may be left out."""
    logs = ece.control.seed(name="logs")
    identity = {"deployment_id": logs["id"], "account_id": ece.state()["account"]["id"]}
    ece.write({ACCOUNT: {"t": account(logs, trust_all=True)}}, **{"import": [{"to": T, "identity": identity}]})
    with ece.expect_writes():
        ece.ws.apply()
    assert ece.resource(T).identity == {**identity, "ref_id": "main-elasticsearch"}
    ece.assert_clean()


def test_drift_is_one_changed_object_and_one_write(ece: Ece):
    """Somebody opened the deployment to all; the plan names the owner alone, the apply repairs it."""
    logs, shop = ece.control.seed(name="logs"), ece.control.seed(name="shop")
    ece.apply({ACCOUNT: {"t": account(logs, shop["cluster_id"]), "other": account(shop, logs["cluster_id"])}})
    set_trust(ece, logs["id"], accounts=[{"account_id": ece.state()["account"]["id"], "trust_all": True}])
    plan = ece.ws.plan()
    assert plan.actions == {T: "update"}
    with ece.expect_writes(UPDATE):
        ece.ws.apply()
    ece.assert_clean()


def test_an_entry_that_was_removed_is_made_again(ece: Ece):
    """Trust deleted behind our back."""
    logs, shop = ece.control.seed(name="logs"), ece.control.seed(name="shop")
    ece.apply({ACCOUNT: {"t": account(logs, shop["cluster_id"])}})
    set_trust(ece, logs["id"], accounts=[])
    assert ece.ws.plan().actions == {T: "create"}
    with ece.expect_writes(UPDATE):
        ece.ws.apply()
    ece.assert_clean()


@pytest.mark.parametrize("how", ["-replace", "taint", "create_before_destroy"])
def test_a_replacement_never_cuts_the_trust(ece: Ece, how: str):
    """Nothing is written, so no connection notices; the former value is not forgotten where it can be known."""
    logs, shop = ece.control.seed(name="logs"), ece.control.seed(name="shop")
    former = trust(ece)
    lifecycle = {"lifecycle": {"create_before_destroy": True}} if how == "create_before_destroy" else {}
    ece.apply({ACCOUNT: {"t": {**account(logs, shop["cluster_id"]), **lifecycle}}})
    if how == "taint":
        ece.ws.taint(T)
    with ece.expect_writes():
        ece.ws.apply(*([] if how == "taint" else [f"-replace={T}"]))
    ece.assert_clean()
    ece.ws.destroy()
    if not lifecycle and how != "taint":
        assert trust(ece) == former


def test_new_peers_of_one_run_trust_each_other(ece: Ece):
    """Ids that are known after apply only; deployments and trust in one run, and gone in one."""
    made = {
        name: {"name": name, "version": "9.2.0", "tiers": {"hot": {"size": "4g"}}, "deletion_protection": False}
        for name in ("logs", "central")
    }

    def one(name: str, peer: str) -> dict[str, object]:
        return {
            "deployment_id": f"${{ece_deployment.{name}.id}}",
            "cluster_ids": [f"${{ece_deployment.{peer}.cluster_id}}"],
        }

    both = {"logs": one("logs", "central"), "central": one("central", "logs")}
    ece.apply({"ece_deployment": made, ACCOUNT: both})
    ece.assert_clean()
    assert trust(ece, "logs")["accounts"][0]["trust_allowlist"] == [ece.elasticsearch("central")["id"]]
    ece.ws.destroy()
    assert ece.deployments() == {}


def test_a_wrong_id_is_named_at_the_argument(ece: Ece):
    """A deployment id, with the id that is meant; and the id of nobody."""
    logs, shop = ece.control.seed(name="logs"), ece.control.seed(name="shop")
    for wrong, said in ((shop["id"], shop["cluster_id"]), (SOMEBODY, "not the id of an Elasticsearch cluster")):
        ece.write({ACCOUNT: {"t": account(logs, wrong)}})
        (error,) = ece.ws.plan(fails=True).result.errors
        assert error.address == T
        assert said in error.text
        assert "cluster_ids" in f"{error.text} {error.code}"
