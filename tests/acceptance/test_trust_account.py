"""``ece_deployment_trust_account`` with real Terraform: taken over, changed, put back; drift, import, replacement."""

from __future__ import annotations

from tests.support.ece import Ece
from tests.support.trust import ACCOUNT, SOMEBODY, UPDATE, account, set_trust, trust

T = f"{ACCOUNT}.t"


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


def test_a_replacement_never_cuts_the_trust(ece: Ece):
    """Nothing is written, so no connection notices; the former value is not forgotten where it can be known."""
    logs, shop = ece.control.seed(name="logs"), ece.control.seed(name="shop")
    former = trust(ece)
    ece.apply({ACCOUNT: {"t": account(logs, shop["cluster_id"])}})
    with ece.expect_writes():
        ece.ws.apply(f"-replace={T}")
    ece.assert_clean()
    ece.ws.destroy()
    assert trust(ece) == former
    ece.apply({ACCOUNT: {"t": {**account(logs, shop["cluster_id"]), "lifecycle": {"create_before_destroy": True}}}})
    with ece.expect_writes():
        ece.ws.apply(f"-replace={T}")
        ece.ws.taint(T)
        ece.ws.apply()
    ece.assert_clean()


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
