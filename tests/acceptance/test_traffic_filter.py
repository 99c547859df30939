"""``ece_traffic_filter``: the life of a rule set, judged from what the simulator holds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.ece import OFFICE, Ece, peers
from tests.support.terraform import matrix

A = "ece_traffic_filter.a"
CLUSTER = "0123456789abcdef0123456789abcdef"
HOME = {"source": "198.51.100.7", "description": "home"}


def one(**arguments: Any) -> dict[str, Any]:
    """A configuration with one rule set; None leaves an argument out."""
    given = {**OFFICE, **arguments}
    return {"ece_traffic_filter": {"a": {name: value for name, value in given.items() if value is not None}}}


def sources(ece: Ece, name: str = "office") -> set[str]:
    """The sources of a rule set in the simulator."""
    return {rule["source"] for rule in ece.rulesets()[name]["rules"]}


@matrix("lifecycle")
def test_create_update_in_place_and_destroy(ece: Ece):
    """Each step writes exactly once, ends in an empty plan, and never changes the id."""
    with ece.expect_writes("create-traffic-filter-ruleset"):
        ece.apply(one())
    assert sources(ece) == {"192.0.2.0/24"}
    id = ece.resource(A)["id"]
    assert ece.rulesets()["office"]["id"] == id
    ece.write(one(name="bureau", rules=[OFFICE["rules"][0], HOME], description="all of us", include_by_default=True))
    plan = ece.ws.plan()
    assert plan.changes[A].changed == {"name", "rules", "description", "include_by_default"}
    assert "Every new deployment will start filtered" in [warning.summary for warning in plan.warnings]
    with ece.expect_writes("update-traffic-filter-ruleset"):
        ece.ws.apply()
    assert sources(ece, "bureau") == {"192.0.2.0/24", "198.51.100.7"}
    assert ece.resource(A)["id"] == id
    ece.assert_clean()
    with ece.expect_writes("delete-traffic-filter-ruleset"):
        ece.ws.destroy()
    assert ece.rulesets() == {}
    ece.no_unknown_fields()


def test_arguments_taken_away(ece: Ece):
    """A description and a default that are no longer given are undone."""
    ece.apply(one(description="all of us", include_by_default=True))
    ece.apply(one())
    assert ece.rulesets()["office"]["description"] in (None, "")
    assert ece.rulesets()["office"]["include_by_default"] is False
    ece.assert_clean()


def test_another_type_replaces(ece: Ece):
    """Rules of one type mean nothing in the other."""
    ece.apply(one())
    ece.write({"ece_traffic_filter": {"a": {**peers(CLUSTER), "name": "office"}}})
    assert ece.ws.plan().changes[A].replace_paths == (("type",),)
    with ece.expect_writes("create-traffic-filter-ruleset", "delete-traffic-filter-ruleset"):
        ece.ws.apply()
    assert ece.rulesets()["office"]["type"] == "remote_cluster"
    ece.assert_clean()


def test_the_order_of_rules_means_nothing(ece: Ece):
    """Rules are a set, and each update gives them new ids that nobody may see as a change."""
    ece.apply(one(rules=[OFFICE["rules"][0], HOME]))
    ece.write(one(rules=[HOME, OFFICE["rules"][0]]))
    ece.assert_clean()


def test_128_rules(ece: Ece):
    """The documented limit works; ten changed rules are one write."""
    rules = [{"source": f"10.0.{n}.0/24"} for n in range(128)]
    ece.apply(one(rules=rules))
    ece.assert_clean()
    with ece.expect_writes("update-traffic-filter-ruleset"):
        ece.apply(one(rules=rules[10:]))
    assert len(sources(ece)) == 118


def test_rules_for_remote_clusters(ece: Ece):
    """By cluster and by environment; a rule that names another installation would let nobody in (V28)."""
    own = {"environment_id": ece.simulator.installations[0].environment_id, "description": "all of ours"}
    ece.apply(one(name="peers", type="remote_cluster", rules=[{"cluster_id": CLUSTER}, own]))
    ece.assert_clean()
    ece.write(one(name="peers", type="remote_cluster", rules=[{**own, "environment_id": "1234567890"}]))
    assert "names a foreign environment" in ece.ws.plan(fails=True).result.error_text


def test_import_by_command(ece: Ece):
    """A rule set made in the console becomes ours without a change."""
    id = ece.ask(
        "POST", "/deployments/traffic-filter/rulesets", {**OFFICE, "region": "ece-region", "include_by_default": False}
    )["id"]
    ece.write(one())
    ece.ws.import_(A, id)
    ece.assert_clean()


@matrix("import by identity")
def test_import_by_identity(ece: Ece):
    """The same with an import block that names the identity."""
    id = ece.ask(
        "POST", "/deployments/traffic-filter/rulesets", {**OFFICE, "region": "ece-region", "include_by_default": False}
    )["id"]
    ece.write(one(), **{"import": [{"to": A, "identity": {"id": id}}]})
    with ece.expect_writes():
        ece.ws.apply()
    assert ece.resource(A).identity == {"id": id}
    ece.assert_clean()


@matrix("import by id", "generated configuration")
def test_import_with_generated_configuration(ece: Ece):
    """An import block by id; ``-generate-config-out`` writes what needs no change."""
    id = ece.ask(
        "POST", "/deployments/traffic-filter/rulesets", {**OFFICE, "region": "ece-region", "include_by_default": False}
    )["id"]
    ece.ws.write({"import": [{"to": A, "id": id}]})
    ece.ws.run("plan", "-no-color", "-input=false", "-generate-config-out=generated.tf")
    with ece.expect_writes():
        ece.ws.apply()
    ece.assert_clean()


@pytest.mark.parametrize("id", ["nonsense", "0" * 32])
def test_import_of_what_is_not_there(ece: Ece, id: str):
    """Nothing lands in the state."""
    ece.write(one())
    ece.ws.import_(A, id, fails=True)
    assert ece.ws.resources() == {}


def test_a_rule_set_that_disappeared_is_made_again(ece: Ece):
    """Somebody deleted it in the console."""
    ece.apply(one())
    ece.control.take_away("ruleset", ece.resource(A)["id"])
    assert ece.ws.plan().actions == {A: "create"}
    ece.ws.apply()
    assert set(ece.rulesets()) == {"office"}
    ece.assert_clean()


def test_drift_is_repaired(ece: Ece):
    """Somebody changed rules and name in the console."""
    ece.apply(one())
    id = ece.resource(A)["id"]
    theirs = {"name": "theirs", "type": "ip", "region": "ece-region", "include_by_default": False}
    ece.ask("PUT", f"/deployments/traffic-filter/rulesets/{id}", {**theirs, "rules": [{"source": "0.0.0.0/0"}]})
    assert ece.ws.plan().changes[A].changed == {"name", "rules"}
    ece.ws.apply()
    assert sources(ece) == {"192.0.2.0/24"}
    ece.assert_clean()


def test_a_rule_set_in_use_says_where(ece: Ece):
    """ECE refuses to delete it; the message names the deployment, and the state keeps the rule set."""
    ece.apply(one())
    id = ece.resource(A)["id"]
    deployment = ece.control.seed(name="shop", traffic_filters=[id])
    result = ece.ws.destroy(fails=True)
    assert deployment["id"] in result.error_text
    assert "shop" in result.error_text
    assert ece.resource(A)["id"] == id
    ece.control.take_away("association", f"{id}/{deployment['id']}")
    ece.ws.destroy()
    assert ece.rulesets() == {}


WRONG = {
    "no rule": ({"rules": []}, "rules", "at least one"),
    "a rule of the other type": ({"rules": [{"cluster_id": CLUSTER}]}, "rules", "remote_cluster"),
    "over 128 rules": ({"rules": [{"source": f"10.0.{n}.0/24"} for n in range(129)]}, "rules", "at most 128"),
    "no address": ({"rules": [{"source": "office"}]}, "rules", "office"),
    "a CIDR that cannot be": ({"rules": [{"source": "192.0.2.0/33"}]}, "rules", "192.0.2.0/33"),
    "an unknown type": ({"type": "vpce"}, "type", "remote_cluster"),
    "an empty name": ({"name": ""}, "name", "name"),
    "a rule without a source": ({"rules": [{"description": "x"}]}, "rules", "source"),
}


def test_bad_input_is_named_at_plan(ece: Ece):
    """Every error names the argument and what is allowed, all at once, before anything is written."""
    names = {case: case.replace(" ", "_") for case in WRONG}
    wrong = {names[case]: {**OFFICE, **arguments} for case, (arguments, _, _) in WRONG.items()}
    ece.write({"ece_traffic_filter": wrong})
    with ece.expect_writes():
        errors = ece.ws.plan(fails=True).result.errors
    for case, (_, argument, text) in WRONG.items():
        told = [f"{error.text} {error.code}" for error in errors if error.address.endswith(f".{names[case]}")]
        assert any(argument in each and text in each for each in told), (case, told)


def test_a_deployment_id_in_place_of_a_cluster_id_is_caught(ece: Ece):
    """ECE takes it silently, and the filter would let nobody in."""
    seeded = ece.control.seed(name="shop")
    ece.write({"ece_traffic_filter": {"a": peers(seeded["id"])}})
    text = ece.ws.plan(fails=True).result.error_text
    assert seeded["cluster_id"] in text


def test_two_equal_rule_sets_are_two(ece: Ece):
    """Nothing takes one for the other, although they are made at the same time."""
    ece.write({"ece_traffic_filter": {"a": {"count": 3, **OFFICE}}})
    ece.ws.apply()
    assert len({ece.resource(f"{A}[{n}]")["id"] for n in range(3)}) == 3
    assert len(ece.state()["rulesets"]) == 3
    ece.assert_clean()
