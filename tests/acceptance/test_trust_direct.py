"""``ece_deployment_trust_direct`` and ``_member`` with real Terraform: one CA, one uid; lists that states share."""

from __future__ import annotations

import pytest

from tests.support.certificates import certificate
from tests.support.ece import Ece
from tests.support.terraform import matrix
from tests.support.trust import (
    CA,
    DIRECT,
    FOREIGN_CA,
    MEMBER,
    NEXT_CA,
    SOMEBODY,
    UPDATE,
    attempts,
    direct,
    seed_foreign,
    set_trust,
    trust,
)

T = f"{DIRECT}.t"


@matrix("lifecycle")
def test_create_change_and_destroy(ece: Ece):
    """Under one uid from beginning to end; the entries, secret and tags of others are as they were."""
    logs = seed_foreign(ece)
    before = ece.deployment("logs")
    with ece.expect_writes(UPDATE):
        ece.apply({DIRECT: {"t": direct(logs)}})
    uid = ece.resource(T)["uid"]
    assert trust(ece)["direct"][1]["uid"] == uid
    ece.assert_clean()
    ece.write({DIRECT: {"t": direct(logs, NEXT_CA, CA, name="new", cluster_ids=None, trust_all=True)}})
    plan = ece.ws.plan()
    assert plan.changes[T].changed == {"name", "certificates", "cluster_ids", "trust_all"}
    with ece.expect_writes(UPDATE):
        ece.ws.apply()
    assert ece.resource(T)["uid"] == uid
    ece.assert_clean()
    ece.ws.destroy()
    after = ece.deployment("logs")
    assert {**after, "version": 0} == {**before, "version": 0}
    ece.no_unknown_fields()


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


@matrix("import by id", "generated configuration")
def test_import_by_id_writes_nothing_and_generates_what_plans_clean(ece: Ece):
    """An entry made in the console; a change of it leaves the others."""
    logs = seed_foreign(ece)
    others = trust(ece)
    uid = others["direct"][0]["uid"]
    ece.ws.write({"import": [{"to": T, "id": f"{logs['id']}/main-elasticsearch/direct/{uid}"}]})
    ece.ws.run("plan", "-no-color", "-input=false", "-generate-config-out=generated.tf")
    with ece.expect_writes():
        ece.ws.apply()
    ece.assert_clean()
    ece.ws.remove("generated.tf")
    ece.apply({DIRECT: {"t": direct(logs, FOREIGN_CA, name="renamed", scope_id="1053523734")}})
    after = trust(ece)
    assert after["direct"][0].pop("name") == "renamed"
    others["direct"][0].pop("name")
    assert after == others


@matrix("import by identity")
def test_import_by_identity(ece: Ece):
    """By deployment and uid."""
    logs = seed_foreign(ece)
    identity = {"deployment_id": logs["id"], "uid": trust(ece)["direct"][0]["uid"]}
    arguments = direct(logs, FOREIGN_CA, name="theirs", scope_id="1053523734")
    ece.write({DIRECT: {"t": arguments}}, **{"import": [{"to": T, "identity": identity}]})
    with ece.expect_writes():
        ece.ws.apply()
    assert ece.resource(T).identity == {**identity, "ref_id": "main-elasticsearch"}
    ece.assert_clean()


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


@pytest.mark.parametrize("how", ["-replace", "taint", "create_before_destroy"])
def test_a_replacement_never_cuts_the_trust(ece: Ece, how: str):
    """The entry stays under its uid, and nothing is written."""
    logs = ece.control.seed(name="logs")
    lifecycle = {"lifecycle": {"create_before_destroy": True}} if how == "create_before_destroy" else {}
    ece.apply({DIRECT: {"t": {**direct(logs), **lifecycle}}})
    uid = ece.resource(T)["uid"]
    if how == "taint":
        ece.ws.taint(T)
    ece.ws.apply(*([] if how == "taint" else [f"-replace={T}"]))
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


@pytest.mark.parametrize("case", WRONG)
def test_bad_input_is_named_at_plan(ece: Ece, case: str):
    """The error stands at the argument, and nothing is sent."""
    logs = ece.control.seed(name="logs")
    ece.write({DIRECT: {"t": direct(logs, **WRONG[case])}})
    (error,) = ece.ws.plan(fails=True).result.errors
    argument = {"expired": "certificates", "leaf": "certificates", "type": "scope_id"}.get(case, case)
    assert error.address == T
    assert argument in f"{error.text} {error.code}"
    assert ece.writes() == []


@matrix("lifecycle")
def test_members_of_two_states_share_one_list(ece: Ece):
    """Each adds its own and takes away its own; an object beside them leaves the list alone."""
    logs = ece.control.seed(name="logs")
    ece.apply({DIRECT: {"t": direct(logs, cluster_ids=None)}})
    uid = ece.resource(T)["uid"]

    def member(cluster_id: str) -> dict[str, str]:
        return {"deployment_id": logs["id"], "trust": f"direct/{uid}", "cluster_id": cluster_id}

    both = {"a": member("a" * 32), "b": member("b" * 32)}
    count = attempts(ece)
    ece.apply({DIRECT: {"t": direct(logs, cluster_ids=None)}, MEMBER: both})
    assert set(trust(ece)["direct"][0]["trust_allowlist"]) == {"a" * 32, "b" * 32}
    assert attempts(ece) == count + 1
    ece.assert_clean()
    ece.apply({DIRECT: {"t": direct(logs, cluster_ids=None)}, MEMBER: {"b": both["b"]}})
    assert trust(ece)["direct"][0]["trust_allowlist"] == ["b" * 32]
    ece.assert_clean()
    ece.ws.destroy()
    assert trust(ece)["direct"] == []


@matrix("import by id")
def test_import_of_a_member(ece: Ece):
    """The trust part of the id holds a slash."""
    logs = seed_foreign(ece)
    uid = trust(ece)["direct"][0]["uid"]
    arguments = {"deployment_id": logs["id"], "trust": f"direct/{uid}", "cluster_id": SOMEBODY}
    ece.write({MEMBER: {"m": arguments}})
    ece.ws.import_(f"{MEMBER}.m", f"{logs['id']}/member/direct/{uid}/{SOMEBODY}")
    ece.assert_clean()


def test_a_member_of_an_entry_that_trusts_all_is_refused(ece: Ece):
    """Account trust of a new deployment."""
    logs, shop = ece.control.seed(name="logs"), ece.control.seed(name="shop")
    member = {"deployment_id": logs["id"], "trust": "account", "cluster_id": shop["cluster_id"]}
    ece.write({MEMBER: {"m": member}})
    (error,) = ece.ws.apply(fails=True).errors
    assert "trusts all" in error.text
    assert ece.ws.resources() == {}
