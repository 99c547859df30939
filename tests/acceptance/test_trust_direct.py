"""``ece_deployment_trust_direct`` and ``_member`` with real Terraform: one CA, one uid; lists that states share."""

from __future__ import annotations

from tests.support.certificates import certificate
from tests.support.ece import Ece
from tests.support.trust import (
    CA,
    DIRECT,
    MEMBER,
    NEXT_CA,
    SOMEBODY,
    UPDATE,
    direct,
    set_trust,
    trust,
)

T = f"{DIRECT}.t"


def test_five_deployments_with_one_ca_in_one_apply(ece: Ece):
    """ECE refuses a CA under two uids; a rotation then reaches all and settles."""
    deployments = {f"d{number}": ece.control.seed(name=f"d{number}") for number in range(5)}
    ece.apply({DIRECT: {name: direct(each) for name, each in deployments.items()}})
    assert len({ece.resource(f"{DIRECT}.{name}")["uid"] for name in deployments}) == 1
    ece.assert_clean()
    for pems in ((CA, NEXT_CA), (NEXT_CA,)):
        ece.apply({DIRECT: {name: direct(each, *pems) for name, each in deployments.items()}})
        ece.assert_clean()
        for name in deployments:
            assert len(trust(ece, name)["direct"][0]["certificates"]) == len(pems)
    ece.ws.destroy()
    assert all(trust(ece, name)["direct"] == [] for name in deployments)


def test_drift_and_disappearance(ece: Ece):
    """One changed object and one write each time."""
    logs = ece.control.seed(name="logs")
    ece.apply({DIRECT: {"t": direct(logs)}})
    (entry,) = trust(ece)["direct"]
    set_trust(ece, logs["id"], direct=[{**entry, "trust_allowlist": [SOMEBODY, "e" * 32]}])
    assert ece.ws.plan().actions == {T: "update"}
    with ece.expect_writes(UPDATE):
        ece.ws.apply()
    ece.assert_clean()
    set_trust(ece, logs["id"], direct=[])
    assert ece.ws.plan().actions == {T: "create"}
    with ece.expect_writes(UPDATE):
        ece.ws.apply()
    ece.assert_clean()
    ece.control.take_away("deployment", logs["id"])
    assert "There is no deployment" in ece.ws.plan(fails=True).result.error_text


def test_a_replacement_never_cuts_the_trust(ece: Ece):
    """-replace, taint, create_before_destroy: the entry stays under its uid, and nothing is taken away."""
    logs = ece.control.seed(name="logs")
    ece.apply({DIRECT: {"t": direct(logs)}})
    uid = ece.resource(T)["uid"]
    for lifecycle in ({}, {"lifecycle": {"create_before_destroy": True}}):
        ece.write({DIRECT: {"t": {**direct(logs), **lifecycle}}})
        ece.ws.apply(f"-replace={T}")
        ece.ws.taint(T)
        ece.ws.apply()
        assert ece.resource(T)["uid"] == uid
        assert [entry["uid"] for entry in trust(ece)["direct"]] == [uid]
        ece.assert_clean()


WRONG = {
    "certificates": {"certificates": [certificate("k").pem + certificate("k").key_pem]},
    "expired": {"certificates": [certificate("old", days=-1).pem]},
    "leaf": {"certificates": [certificate("leaf", is_ca=False).pem]},
    "scope_id": {"scope_id": None},
    "cluster_ids": {"trust_all": True},
    "additional_node_names": {"additional_node_names": ["*.example.com"]},
    "type": {"type": "proxy", "cluster_ids": None},
}


def test_bad_input_is_named_at_plan(ece: Ece):
    """Every error stands at its argument, and nothing is sent; certificates that are judged by the clock come next."""
    logs = ece.control.seed(name="logs")
    by_clock = {"expired": "certificates", "leaf": "certificates"}
    for part in (WRONG.keys() - by_clock.keys(), by_clock.keys()):
        wrong = {case: direct(logs, **WRONG[case]) for case in part}
        ece.write({DIRECT: wrong})
        errors = ece.ws.plan(fails=True).result.errors
        for case in part:
            argument = {**by_clock, "type": "scope_id"}.get(case, case)
            told = [error for error in errors if error.address == f"{DIRECT}.{case}"]
            assert any(argument in f"{error.text} {error.code}" for error in told), (case, errors)
    assert ece.writes() == []


def test_a_member_of_an_entry_that_trusts_all_is_refused(ece: Ece):
    """Account trust of a new deployment."""
    logs, shop = ece.control.seed(name="logs"), ece.control.seed(name="shop")
    member = {"deployment_id": logs["id"], "trust": "account", "cluster_id": shop["cluster_id"]}
    ece.write({MEMBER: {"m": member}})
    (error,) = ece.ws.apply(fails=True).errors
    assert "trusts all" in error.text
    assert ece.ws.resources() == {}
