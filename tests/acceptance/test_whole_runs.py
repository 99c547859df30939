"""What the first week brings: Terraform's own ways to run, over all resources together."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.ece import OFFICE, Ece, one_deployment

A = "ece_deployment.a"


def whole(**more: Any) -> dict[str, Any]:
    """A deployment with a filter on it."""
    return {
        **one_deployment(**more),
        "ece_traffic_filter": {"a": OFFICE},
        "ece_traffic_filter_association": {
            "a": {"deployment_id": f"${{{A}.id}}", "traffic_filter_id": "${ece_traffic_filter.a.id}"}
        },
    }


def foreign_parts(ece: Ece) -> dict[str, Any]:
    """A deployment as people make them in the console, with everything that is none of our business."""
    office = ece.made_ruleset()
    return dict(
        ece.control.seed(
            name="console",
            kinds=["kibana", "integrations_server"],
            tags={"owner": "console"},
            sizes={"hot_content": 4096, "ml": 1024},
            traffic_filters=[office],
            remotes=[{"alias": "far", "deployment_id": "d" * 32, "elasticsearch_ref_id": "main-elasticsearch"}],
            keystore={"s3.client.default.secret_key": "a-foreign-secret-value"},
        )
    )


def test_import_of_a_deployment_with_foreign_parts(ece: Ece):
    """Empty plan after the import; all foreign parts are unchanged after a tag and a size were changed."""
    seeded = foreign_parts(ece)
    before = ece.deployment("console")
    tiers = {"hot": {"size": "4g"}, "ml": {"size": "1g"}}
    parts: dict[str, Any] = {"kibana": {"size": "1g"}, "integrations_server": {"size": "0.5g"}, "tiers": tiers}
    ece.write(one_deployment(name="console", tags={"owner": "console"}, **parts))
    ece.ws.import_(A, seeded["id"])
    plan = ece.ws.plan()
    assert plan.is_empty or plan.changes[A].changed == {"deletion_protection"}, plan.changes
    with ece.expect_writes():
        ece.ws.apply()
    ece.assert_clean()
    parts["tiers"] = {**tiers, "hot": {"size": "8g"}}
    with ece.expect_writes("update-deployment"):
        ece.apply(one_deployment(name="console", tags={"owner": "terraform"}, **parts))
    after = ece.deployment("console")
    assert after["tags"] == {"owner": "terraform"}
    assert after["rulesets"] == before["rulesets"]
    for part in ("trust", "keystore", "remote_clusters"):
        old, new = (found["resources"]["main-elasticsearch"][part] for found in (before, after))
        assert new == old, part
    ece.assert_clean()
    ece.no_unknown_fields()


def test_a_saved_plan_applied_later(ece: Ece):
    """Plan and apply are different processes that share the plan file alone."""
    ece.write(whole(kibana={"size": "1g"}))
    file = ece.ws.save_plan("later.tfplan")
    ece.ws.apply(plan=file)
    ece.assert_clean()
    ece.write(whole(kibana={"size": "2g"}, tags={"a": "b"}))
    file = ece.ws.save_plan("update.tfplan")
    ece.ws.apply(plan=file)
    ece.assert_clean()
    file = ece.ws.save_plan("destroy.tfplan", "-destroy")
    ece.ws.apply(plan=file)
    assert ece.deployments() == {}


def test_a_saved_plan_after_somebody_else_was_faster(ece: Ece):
    """The world moved between plan and apply: the apply still ends in what was planned, or says why not."""
    ece.apply(whole())
    ece.write(whole(tags={"a": "b"}))
    file = ece.ws.save_plan("later.tfplan")
    ece.control.mark(ece.resource(A)["id"], name="theirs")
    ece.ws.apply(plan=file)
    assert ece.deployments().keys() <= {"theirs", "logs"}
    ece.ws.apply()
    assert "logs" in ece.deployments()
    ece.assert_clean()


def test_without_refresh(ece: Ece):
    """``-refresh=false`` reads no object and still plans and applies."""
    ece.apply(whole())
    since = ece.last_call()
    assert ece.ws.plan("-refresh=false").is_empty
    assert ece.calls(since) == []
    ece.write(whole(tags={"a": "b"}))
    ece.ws.apply("-refresh=false")
    assert ece.deployment("logs")["tags"] == {"a": "b"}
    ece.assert_clean()


def test_target(ece: Ece):
    """Only what was named, with what it needs."""
    ece.write(whole())
    ece.ws.apply("-target=ece_traffic_filter.a")
    assert ece.deployments() == {}
    assert set(ece.rulesets()) == {"office"}
    ece.ws.apply()
    ece.assert_clean()
    ece.ws.destroy("-target=ece_traffic_filter_association.a")
    assert ece.associations() == set()
    ece.ws.apply()
    ece.assert_clean()


@pytest.mark.parametrize("parallelism", [1, 10])
def test_parallelism(ece: Ece, parallelism: int):
    """Ten deployments with two filters each, one at a time and all at once."""
    filters = {f"f{n}": {"name": f"f{n}", "type": "ip", "rules": [{"source": f"10.0.{n}.1"}]} for n in range(2)}
    many = {
        "ece_deployment": {"a": {"count": 10, **one_deployment(name="d-${count.index}")["ece_deployment"]["a"]}},
        "ece_traffic_filter": filters,
        "ece_traffic_filter_association": {
            name: {
                "count": 10,
                "deployment_id": f"${{{A}[count.index].id}}",
                "traffic_filter_id": f"${{ece_traffic_filter.{name}.id}}",
            }
            for name in filters
        },
    }
    ece.control.set_plan_speed(0.2)
    ece.write(many)
    ece.ws.apply(f"-parallelism={parallelism}")
    assert len(ece.deployments()) == 10
    assert len(ece.associations()) == 20
    ece.assert_clean()
    ece.ws.destroy(f"-parallelism={parallelism}")
    assert ece.deployments() == {}
    assert ece.rulesets() == {}


@pytest.mark.parametrize("argument", ["count", "for_each"])
def test_count_and_for_each(ece: Ece, argument: str):
    """Taking one instance away removes exactly that one."""

    def configuration(keys: list[str]) -> dict[str, Any]:
        meta = {"count": len(keys)} if argument == "count" else {"for_each": f"${{toset({json.dumps(keys)})}}"}
        each = "${count.index}" if argument == "count" else "${each.key}"
        return {"ece_deployment": {"a": {**meta, **one_deployment(name=f"d-{each}")["ece_deployment"]["a"]}}}

    ece.apply(configuration(["0", "1", "2"]))
    ece.write(configuration(["0", "1"]))
    key = "2" if argument == "count" else '"2"'
    assert ece.ws.plan().actions == {f"{A}[{key}]": "delete"}
    ece.ws.apply()
    assert set(ece.deployments()) == {"d-0", "d-1"}
    ece.assert_clean()


def test_a_provider_configured_from_a_resource_of_the_same_apply(ece: Ece):
    """The endpoint is unknown at plan: the plan works without the API, the apply with it."""
    ece.write(
        {
            "terraform_data": {"endpoint": {"input": ece.installation.endpoint}},
            **whole(),
        },
        provider={
            "ece": {
                "endpoint": "${terraform_data.endpoint.output}",
                "api_key": ece.installation.api_key,
                "ca_file": ece.installation.ca_file,
            }
        },
    )
    ece.ws.env = {}
    since = ece.last_call()
    plan = ece.ws.plan()
    assert ece.calls(since) == []
    assert plan.actions[A] == "create"
    ece.ws.apply()
    ece.assert_clean()
    ece.ws.destroy()
    assert ece.deployments() == {}


def test_replace_taint_and_create_before_destroy(ece: Ece):
    """A new deployment, the association follows it, the old one goes."""
    ece.apply(whole())
    first = ece.resource(A)["id"]
    ece.ws.apply(f"-replace={A}")
    second = ece.resource(A)["id"]
    ece.ws.taint(A)
    ece.ws.apply()
    third = ece.resource(A)["id"]
    assert len({first, second, third}) == 3
    assert {deployment for _, deployment in ece.associations()} == {third}
    ece.assert_clean()
    since = ece.last_call()
    ece.apply(whole(ref_id="other", lifecycle={"create_before_destroy": True}))
    writes = ece.writes(since)
    assert writes.index("create-deployment") < writes.index("delete-deployment")
    assert len(ece.deployments()) == 1
    ece.assert_clean()


def test_a_whole_deploy_and_a_second_one_that_writes_nothing(ece: Ece):
    """The promise of the demo: the second deploy only reads."""
    ece.write(whole(kibana={"size": "1g"}))
    ece.ws.apply()
    with ece.expect_writes():
        ece.ws.apply()
    ece.no_unknown_fields()


def test_a_plan_of_many_objects_asks_for_lists_once(ece: Ece):
    """Fifty filters are one list read, not fifty."""
    ece.apply({
        "ece_traffic_filter": {
            f"f{n}": {"name": f"f{n}", "type": "ip", "rules": [{"source": f"10.0.{n}.1"}]} for n in range(50)
        }
    })  # fmt: skip
    ece.assert_clean_with(at_most=5)


def test_an_offline_plan_of_nothing_new(ece: Ece):
    """Validate and a plan without refresh need no installation."""
    ece.apply(whole())
    ece.simulator.stop()
    ece.ws.env["ECE_MAX_RETRIES"] = "0"
    ece.ws.validate()
    assert ece.ws.plan("-refresh=false").is_empty
