"""``ece_traffic_filter_association``: rule sets on deployments, and who would be locked out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.ece import OFFICE, Ece, peers
from tests.support.terraform import matrix

A = "ece_traffic_filter_association.a"
CLUSTER = "0123456789abcdef0123456789abcdef"


def filters(**associations: dict[str, Any]) -> dict[str, Any]:
    """A configuration with both kinds of rule sets and these associations."""
    return {
        "ece_traffic_filter": {"office": OFFICE, "peers": peers(CLUSTER)},
        "ece_traffic_filter_association": associations,
    }


def on(deployment: dict[str, Any], which: str = "office", **more: Any) -> dict[str, Any]:
    """Arguments of an association."""
    return {"deployment_id": deployment["id"], "traffic_filter_id": f"${{ece_traffic_filter.{which}.id}}", **more}


@matrix("lifecycle")
def test_create_and_destroy(ece: Ece):
    """One write each, no plan of the deployment, an empty plan in between."""
    shop = ece.control.seed(name="shop")
    attempts = len(ece.control.plan_history(deployment=shop["id"]))
    writes = ["create-traffic-filter-ruleset"] * 2 + ["create-traffic-filter-ruleset-association"]
    with ece.expect_writes(*writes):
        ece.apply(filters(a=on(shop)))
    office = ece.resource("ece_traffic_filter.office")["id"]
    assert ece.associations() == {(office, shop["id"])}
    assert ece.resource(A)["id"] == f"{shop['id']}/{office}"
    ece.assert_clean()
    ece.ws.destroy()
    assert ece.associations() == set()
    assert len(ece.control.plan_history(deployment=shop["id"])) == attempts
    ece.no_unknown_fields()


def test_another_deployment_replaces(ece: Ece):
    """Nothing of an association can change in place."""
    shop, bank = ece.control.seed(name="shop"), ece.control.seed(name="bank")
    ece.apply(filters(a=on(shop)))
    ece.write(filters(a=on(bank)))
    assert ece.ws.plan().changes[A].replace_paths == (("deployment_id",),)
    ece.ws.apply()
    assert {deployment for _, deployment in ece.associations()} == {bank["id"]}
    ece.assert_clean()


def test_import_by_command(ece: Ece):
    """With a comma, as other tools write ids."""
    office = ece.made_ruleset()
    shop = ece.control.seed(name="shop", traffic_filters=[office])
    arguments = {"deployment_id": shop["id"], "traffic_filter_id": office}
    ece.write({"ece_traffic_filter_association": {"a": arguments}})
    ece.ws.import_(A, f"{shop['id']},{office}")
    ece.assert_clean()


@matrix("import by identity")
def test_import_by_identity(ece: Ece):
    """An identity of two parts."""
    office = ece.made_ruleset()
    shop = ece.control.seed(name="shop", traffic_filters=[office])
    arguments = {"deployment_id": shop["id"], "traffic_filter_id": office}
    ece.write({"ece_traffic_filter_association": {"a": arguments}}, **{"import": [{"to": A, "identity": arguments}]})
    with ece.expect_writes():
        ece.ws.apply()
    assert ece.resource(A).identity == arguments
    ece.assert_clean()


@matrix("import by id", "generated configuration")
def test_import_with_generated_configuration(ece: Ece):
    """An import block by id; ``-generate-config-out`` writes what needs no change."""
    office = ece.made_ruleset()
    shop = ece.control.seed(name="shop", traffic_filters=[office])
    ece.ws.write({"import": [{"to": A, "id": f"{shop['id']}/{office}"}]})
    ece.ws.run("plan", "-no-color", "-input=false", "-generate-config-out=generated.tf")
    with ece.expect_writes():
        ece.ws.apply()
    ece.assert_clean()


@pytest.mark.parametrize("id", ["nonsense", "a/b", f"{'0' * 32}/{'1' * 32}"])
def test_import_of_what_is_not_there(ece: Ece, id: str):
    """Nothing lands in the state."""
    arguments = {"deployment_id": "0" * 32, "traffic_filter_id": "1" * 32}
    ece.write({"ece_traffic_filter_association": {"a": arguments}})
    ece.ws.import_(A, id, fails=True)
    assert ece.ws.resources() == {}


@pytest.mark.parametrize("what", ["association", "ruleset", "deployment"])
def test_what_disappeared_is_noticed(ece: Ece, what: str):
    """The association, its rule set or its deployment went: the plan makes again what can be made."""
    shop = ece.control.seed(name="shop")
    ece.apply(filters(a=on(shop)))
    office = ece.resource("ece_traffic_filter.office")["id"]
    ece.control.take_away(
        what, {"association": f"{office}/{shop['id']}", "ruleset": office, "deployment": shop["id"]}[what]
    )
    if what == "deployment":
        assert "There is no deployment" in ece.ws.plan(fails=True).result.error_text
        return
    expected = {A: "create"} if what == "association" else {A: "create", "ece_traffic_filter.office": "create"}
    actions = ece.ws.plan().actions
    assert actions.keys() == expected.keys()
    ece.ws.apply()
    assert {deployment for _, deployment in ece.associations()} == {shop["id"]}
    ece.assert_clean()


def test_an_association_that_is_there_already_is_taken_over(ece: Ece):
    """ECE answers 200 instead of 201; that is no error."""
    shop = ece.control.seed(name="shop")
    office = ece.made_ruleset()
    ece.ask(
        "POST",
        f"/deployments/traffic-filter/rulesets/{office}/associations",
        {"entity_type": "deployment", "id": shop["id"]},
    )
    ece.apply({"ece_traffic_filter_association": {"a": {"deployment_id": shop["id"], "traffic_filter_id": office}}})
    ece.assert_clean()


# who is locked out (V30, V33)


def test_peers_alone_are_refused_when_all_is_known_at_plan(ece: Ece):
    """The plan says that all users would be shut out, and names ``requires``."""
    shop = ece.control.seed(name="shop")
    only = ece.made_ruleset({**peers(), "rules": [{"remote_cluster_id": CLUSTER}]})
    ece.write({"ece_traffic_filter_association": {"a": {"deployment_id": shop["id"], "traffic_filter_id": only}}})
    text = ece.ws.plan(fails=True).result.error_text
    assert "locked out" in text
    assert "requires" in text
    assert "acknowledge_lockout" in text


def test_peers_alone_are_refused_before_the_write(ece: Ece):
    """When the rule set is made in the same run the apply refuses, and nothing was associated."""
    shop = ece.control.seed(name="shop")
    ece.write(filters(p=on(shop, "peers")))
    ece.ws.plan()
    assert "locked out" in ece.ws.apply(fails=True).error_text
    assert ece.associations() == set()


def test_what_runs_at_the_same_time_does_not_count(ece: Ece):
    """Without ``requires`` the answer must not depend on which association comes first."""
    shop = ece.control.seed(name="shop")
    ece.write(filters(a=on(shop), p=on(shop, "peers")))
    for parallelism in (1, 10):
        assert "requires" in ece.ws.apply(f"-parallelism={parallelism}", fails=True).error_text
        for _, deployment in ece.associations():
            ece.control.take_away("association", f"{ece.resource('ece_traffic_filter.office')['id']}/{deployment}")


def test_requires_makes_the_order(ece: Ece):
    """The IP set comes first and goes last; changing ``requires`` calls nothing."""
    shop = ece.control.seed(name="shop")
    since = ece.last_call()
    ece.apply(filters(p=on(shop, "peers", requires=[f"${{{A}.id}}"]), a=on(shop)))
    assert len(ece.associations()) == 2
    made = [
        call["path"] for call in ece.calls(since) if call["operation_id"] == "create-traffic-filter-ruleset-association"
    ]
    assert ece.resource("ece_traffic_filter.office")["id"] in made[0]
    ece.assert_clean()
    ece.write(filters(p=on(shop, "peers", acknowledge_lockout=True), a=on(shop)))
    with ece.expect_writes():
        ece.ws.apply()
    ece.assert_clean()


def test_acknowledged_lockout_goes_through(ece: Ece):
    """A deployment that serves remote clusters only."""
    shop = ece.control.seed(name="shop")
    ece.apply(filters(p=on(shop, "peers", acknowledge_lockout=True)))
    assert len(ece.associations()) == 1
    ece.assert_clean()


def test_a_live_ip_set_is_enough(ece: Ece):
    """An IP set that somebody else put there counts."""
    shop = ece.control.seed(name="shop", traffic_filters=[{**OFFICE, "name": "theirs"}])
    ece.apply(filters(p=on(shop, "peers")))
    assert len(ece.associations()) == 2
    ece.assert_clean()


def test_removing_the_last_ip_set_warns_and_goes_on(ece: Ece):
    """Destroy never refuses because of what stays behind; it says what it does."""
    shop = ece.control.seed(name="shop")
    both = filters(a=on(shop), p=on(shop, "peers", requires=[f"${{{A}.id}}"]))
    ece.apply(both)
    ece.write(filters(p=on(shop, "peers", acknowledge_lockout=True)))
    plan = ece.ws.plan()
    assert any("locked out" in warning.text for warning in plan.warnings), plan.result.messages
    ece.ws.apply()
    ece.write(filters())
    plan = ece.ws.plan()
    assert any("accept all traffic" in warning.text for warning in plan.warnings), plan.result.messages
    ece.ws.apply()
    assert ece.associations() == set()


OFFLINE = {
    "no id": {"deployment_id": "shop"},
    "requires something else": {"requires": ["office"]},
    "requires that of another deployment": {"requires": [f"{'e' * 32}/{'f' * 32}"]},
}
WRONG = {"no deployment": {"deployment_id": "f" * 32}, "no rule set": {"traffic_filter_id": "f" * 32}}


def test_bad_input_is_named(ece: Ece):
    """Every error stands at its object and names the argument; what the API must be asked for comes after the rest."""
    shop, office = ece.control.seed(name="shop"), ece.made_ruleset()
    for cases in (OFFLINE, WRONG):
        names = {case: re.sub("[^a-z]+", "_", case) for case in cases}
        right = {"deployment_id": shop["id"], "traffic_filter_id": office}
        ece.write({"ece_traffic_filter_association": {names[case]: {**right, **cases[case]} for case in cases}})
        errors = ece.ws.plan(fails=True).result.errors
        for case, arguments in cases.items():
            told = [f"{error.text} {error.code}" for error in errors if error.address.endswith(f".{names[case]}")]
            assert len(told) == 1, (case, told)
            assert next(iter(arguments)) in told[0], (case, told)


def test_the_id_of_a_cluster_in_place_of_its_deployment_is_explained(ece: Ece):
    """Both have the same form."""
    shop = ece.control.seed(name="shop")
    arguments = {"deployment_id": shop["cluster_id"], "traffic_filter_id": ece.made_ruleset()}
    ece.write({"ece_traffic_filter_association": {"a": arguments}})
    assert shop["id"] in ece.ws.plan(fails=True).result.error_text


def test_destroy_of_everything_at_once(ece: Ece):
    """Deployment, rule sets and associations go in whatever order Terraform picks."""
    deployment = {"name": "shop", "version": "9.2.0", "deletion_protection": False}
    both = filters(
        a=on({"id": "${ece_deployment.shop.id}"}),
        p=on({"id": "${ece_deployment.shop.id}"}, "peers", requires=[f"${{{A}.id}}"]),
    )
    ece.apply({**both, "ece_deployment": {"shop": deployment}})
    ece.assert_clean()
    ece.ws.destroy()
    assert ece.deployments() == {}
    assert ece.rulesets() == {}
    assert ece.associations() == set()
