"""``ece_deployment``: the life of a deployment, judged from what the simulator holds and which calls came."""

from __future__ import annotations

from tests.support.ece import Ece, one_deployment
from tests.support.terraform import matrix

A = "ece_deployment.a"
SMALL = {"size": "1g", "zone_count": 1}


def parts(ece: Ece, name: str = "logs") -> set[str]:
    """The kinds of a deployment's resources."""
    return {resource["kind"] for resource in ece.deployment(name)["resources"].values()}


@matrix("lifecycle")
def test_create_update_in_place_and_destroy(ece: Ece):
    """Exactly the expected writes, exactly the expected parts, empty plans in between."""
    with ece.expect_writes("create-deployment"):
        ece.apply(one_deployment(kibana=SMALL, tags={"team": "search"}))
    logs = ece.deployment("logs")
    a = ece.resource(A)
    assert logs["id"] == a["id"]
    assert logs["tags"] == {"team": "search"}
    assert parts(ece) == {"elasticsearch", "kibana"}
    assert ece.elasticsearch("logs")["sizes"] == {"hot_content": {"size": 4096, "zone_count": 1}}
    assert ece.elasticsearch("logs")["id"] == a["cluster_id"]
    ece.write(one_deployment(name="renamed", kibana=SMALL, tags={"team": "ops"}))
    assert ece.ws.plan().changes[A].changed == {"name", "tags"}
    attempts = len(ece.control.plan_history(deployment=a["id"]))
    with ece.expect_writes("update-deployment"):
        ece.ws.apply()
    assert ece.deployment("renamed")["tags"] == {"team": "ops"}
    assert len(ece.control.plan_history(deployment=a["id"])) == attempts, "a tag needs no plan"
    ece.assert_clean()
    with ece.expect_writes("shutdown-deployment", "delete-deployment"):
        ece.ws.destroy()
    assert ece.deployments() == {}
    ece.no_unknown_fields()


def test_addresses_and_ids(ece: Ece):
    """What other tools need: id, cluster id, cloud id, host without scheme, URLs."""
    ece.apply(one_deployment(kibana=SMALL))
    a = ece.resource(A)
    assert a["endpoint"]
    assert "/" not in a["endpoint"]
    assert a["https_url"].startswith(f"https://{a['endpoint']}")
    assert a["kibana_url"].startswith("https://")
    assert a["cloud_id"].startswith("logs:")
    assert a["ref_id"] == "main-elasticsearch"
    assert a["effective_tiers"].keys() == {"hot"}


def test_a_size_change_is_one_plan_and_keeps_everything_else(ece: Ece):
    """Ids and addresses stay known; only what was changed is shown."""
    ece.apply(one_deployment(kibana=SMALL))
    before = ece.resource(A).values
    ece.write(one_deployment(kibana=SMALL, tiers={"hot": {"size": "8g", "zone_count": 2}}))
    plan = ece.ws.plan()
    assert plan.changes[A].changed == {"tiers", "effective_tiers"}
    with ece.expect_writes("update-deployment"):
        ece.ws.apply()
    assert ece.elasticsearch("logs")["sizes"]["hot_content"] == {"size": 8192, "zone_count": 2}
    after = ece.resource(A).values
    kept = ("id", "cluster_id", "cloud_id", "endpoint", "https_url", "kibana_url", "ref_id")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    ece.assert_clean()


def test_tiers_come_and_go(ece: Ece):
    """A tier that is left out gets size 0, with a warning in the plan."""
    ece.apply(one_deployment(tiers={"hot": {"size": "4g"}, "cold": {"size": "4g"}, "ml": {"size": "2g"}}))
    assert ece.elasticsearch("logs")["sizes"].keys() == {"hot_content", "cold", "ml"}
    ece.assert_clean()
    ece.write(one_deployment(tiers={"hot": {"size": "4g"}, "ml": {"size": "2g"}}))
    plan = ece.ws.plan()
    assert [warning.summary for warning in plan.warnings] == ["Tier cold will have size 0"]
    ece.ws.apply()
    assert ece.elasticsearch("logs")["sizes"].keys() == {"hot_content", "ml"}
    ece.assert_clean()


def test_tiers_left_out_are_not_managed(ece: Ece):
    """The template's on create; afterwards the console may change them."""
    ece.apply(one_deployment(tiers=None))
    assert ece.elasticsearch("logs")["sizes"].keys() == {"hot_content", "ml"}
    ece.assert_clean()
    body = ece.ask("GET", f"/deployments/{ece.resource(A)['id']}?show_plans=true")
    plan = body["resources"]["elasticsearch"][0]["info"]["plan_info"]["current"]["plan"]
    for element in plan["cluster_topology"]:
        if element["id"] == "warm":
            element["size"] = {"resource": "memory", "value": 4096}
    search = {"ref_id": "main-elasticsearch", "region": "ece-region", "plan": plan}
    update = {"prune_orphans": False, "resources": {"elasticsearch": [search]}}
    ece.ask("PUT", f"/deployments/{ece.resource(A)['id']}", update)
    ece.assert_clean()
    ece.apply(one_deployment(tiers=None, tags={"a": "b"}))
    assert "warm" in ece.elasticsearch("logs")["sizes"]


def test_kibana_and_integrations_server_come_and_go(ece: Ece):
    """A part that is taken out is shut down, awaited and deleted by its own calls; never by pruning."""
    ece.apply(one_deployment())
    assert parts(ece) == {"elasticsearch"}
    assert ece.resource(A)["kibana_url"] is None
    with ece.expect_writes("update-deployment"):
        ece.apply(one_deployment(kibana=SMALL, integrations_server={"size": "0.5g"}))
    assert parts(ece) == {"elasticsearch", "kibana", "integrations_server"}
    assert ece.resource(A)["kibana_url"]
    ece.assert_clean()
    removal = ["shutdown-deployment-stateless-resource", "delete-deployment-stateless-resource"]
    with ece.expect_writes(*removal, *removal):
        ece.apply(one_deployment())
    assert parts(ece) == {"elasticsearch"}
    ece.assert_clean()


def test_upgrade_and_another_template_in_place(ece: Ece):
    """Same ids, one plan each."""
    ece.apply(one_deployment(kibana=SMALL))
    id = ece.resource(A)["id"]
    with ece.expect_writes("update-deployment"):
        ece.apply(one_deployment(kibana=SMALL, version="9.3.0"))
    assert {resource["stack_version"] for resource in ece.deployment("logs")["resources"].values()} == {"9.3.0"}
    ece.assert_clean()
    ece.apply(one_deployment(kibana=SMALL, version="9.3.0", template_id="storage-heavy"))
    assert ece.resource(A)["id"] == id
    assert ece.resource(A)["template_id"] == "storage-heavy"
    ece.assert_clean()


def test_another_ref_id_replaces(ece: Ece):
    """The only argument that does."""
    ece.apply(one_deployment())
    id = ece.resource(A)["id"]
    ece.write(one_deployment(ref_id="search"))
    assert ece.ws.plan().changes[A].replace_paths == (("ref_id",),)
    ece.ws.apply()
    assert ece.resource(A)["id"] != id
    assert len(ece.deployments()) == 1
    ece.assert_clean()


def test_import_by_command(ece: Ece):
    """A deployment made in the console, named with its reference id."""
    seeded = ece.control.seed(name="logs", sizes={"hot_content": 4096, "ml": 0}, kinds=["kibana"])
    ece.write(one_deployment(kibana=SMALL))
    ece.ws.import_(A, f"{seeded['id']}/main-elasticsearch")
    plan = ece.ws.plan()
    assert plan.is_empty or plan.changes[A].changed == {"deletion_protection"}, plan.describe()
    with ece.expect_writes():
        ece.ws.apply()
    ece.assert_clean()


@matrix("import by identity")
def test_import_by_identity(ece: Ece):
    """An import block that names the identity."""
    seeded = ece.control.seed(name="logs", sizes={"hot_content": 4096, "ml": 0}, kinds=["kibana"])
    block = {"import": [{"to": A, "identity": {"id": seeded["id"]}}]}
    ece.write(one_deployment(kibana=SMALL), **block)
    with ece.expect_writes():
        ece.ws.apply()
    assert ece.resource(A).identity == {"id": seeded["id"]}
    ece.assert_clean()


@matrix("import by id", "generated configuration")
def test_import_with_generated_configuration(ece: Ece):
    """An import block by id; ``-generate-config-out`` writes what needs no change, for a deployment with everything."""
    kinds = ["kibana", "integrations_server"]
    seeded = ece.control.seed(name="logs", sizes={"hot_content": 8192, "warm": 4096}, kinds=kinds, tags={"a": "b"})
    ece.ws.write({"import": [{"to": A, "id": seeded["id"]}]})
    ece.ws.run("plan", "-no-color", "-input=false", "-generate-config-out=generated.tf")
    with ece.expect_writes():
        ece.ws.apply()
    ece.assert_clean()


def test_import_of_what_cannot_be_ours(ece: Ece):
    """No such deployment, not an id, another reference id, the platform's own: nothing lands in the state."""
    system = next(found for found in ece.state()["deployments"].values() if found["system_owned"])
    seeded = ece.control.seed(name="logs")
    ece.write(one_deployment())
    cases = {"0" * 32: "non-existent", "logs": "logs", f"{seeded['id']}/other": "other", system["id"]: "system"}
    for id, text in cases.items():
        assert text in ece.ws.import_(A, id, fails=True).text.lower()
        assert ece.ws.resources() == {}


def test_timeouts_set_after_an_import_call_nothing(ece: Ece):
    """Local arguments are stored and no more."""
    seeded = ece.control.seed(name="logs", sizes={"hot_content": 4096, "ml": 0}, kinds=[])
    ece.write(one_deployment())
    ece.ws.import_(A, seeded["id"])
    ece.ws.apply()
    ece.write(one_deployment(timeouts={"create": "5m"}, deletion_protection=True))
    plan = ece.ws.plan()
    assert plan.changes[A].changed == {"timeouts", "deletion_protection"}
    with ece.expect_writes():
        ece.ws.apply()
    with ece.no_calls():
        ece.write(one_deployment(timeouts={"create": "7m"}, deletion_protection=True))
        ece.ws.apply("-refresh=false")
    ece.assert_clean()


def test_a_deployment_that_disappeared_is_made_again(ece: Ece):
    """Somebody deleted it in the console."""
    ece.apply(one_deployment())
    id = ece.resource(A)["id"]
    ece.control.take_away("deployment", id)
    assert ece.ws.plan().actions == {A: "create"}
    ece.ws.apply()
    assert ece.resource(A)["id"] != id
    ece.assert_clean()


def test_drift_is_repaired(ece: Ece):
    """Name and tags changed in the console come back with one write."""
    ece.apply(one_deployment(tags={"team": "search"}))
    ece.control.mark(ece.resource(A)["id"], name="theirs")
    plan = ece.ws.plan()
    assert plan.drift[A].after["name"] == "theirs"
    with ece.expect_writes("update-deployment"):
        ece.ws.apply()
    assert "logs" in ece.deployments()
    ece.assert_clean()


def test_a_stopped_deployment_is_not_gone(ece: Ece):
    """Stopped in the console: kept, with a warning."""
    ece.apply(one_deployment())
    ece.ask("POST", f"/deployments/{ece.resource(A)['id']}/_shutdown")
    result = ece.ws.refresh()
    assert "The deployment is stopped" in [warning.summary for warning in result.warnings]
    assert A in ece.ws.resources()


def test_an_unhealthy_deployment_is_no_change(ece: Ece):
    """Health is nothing that a plan is about."""
    ece.apply(one_deployment())
    ece.control.mark(ece.resource(A)["id"], healthy=False)
    ece.assert_clean()


def test_deletion_protection(ece: Ece):
    """The default; it refuses destroy, removal and replacement at plan and lets go once it is false."""
    ece.apply(one_deployment(deletion_protection=None))
    with ece.expect_writes():
        assert "The deployment is protected" in ece.ws.destroy(fails=True).error_text
        ece.write(one_deployment(deletion_protection=None, ref_id="other"))
        assert "The deployment is protected" in ece.ws.plan(fails=True).result.error_text
        ece.ws.write({})
        assert "The deployment is protected" in ece.ws.plan(fails=True).result.error_text
        ece.write(one_deployment(deletion_protection=None))
        assert "The deployment is protected" in ece.ws.apply(f"-replace={A}", fails=True).error_text
        ece.apply(one_deployment())
    ece.ws.destroy()
    assert ece.deployments() == {}


def test_a_request_id_of_ones_own(ece: Ece):
    """The same request id never makes two deployments."""
    ece.apply(one_deployment(request_id="r" * 40))
    assert ece.deployment("logs")["request_id"] == "r" * 40
    twice = {"a": one_deployment(request_id="s" * 40)["ece_deployment"]["a"]}
    twice["b"] = {**twice["a"], "name": "logs"}
    ece.write({"ece_deployment": {"x": twice["a"], "y": twice["b"]}})
    text = ece.ws.apply("-target=ece_deployment.x", "-target=ece_deployment.y", fails=True).error_text
    assert "request_id" in text


def test_two_objects_of_one_deployment_in_parallel(ece: Ece):
    """Kibana comes while five filters are associated."""
    filters = {f"f{n}": {"name": f"f{n}", "type": "ip", "rules": [{"source": f"10.0.{n}.1"}]} for n in range(5)}
    both = {
        f"f{n}": {"deployment_id": f"${{{A}.id}}", "traffic_filter_id": f"${{ece_traffic_filter.f{n}.id}}"}
        for n in range(5)
    }
    ece.apply(one_deployment())
    ece.control.set_plan_speed(0.3)
    everything = {"ece_traffic_filter": filters, "ece_traffic_filter_association": both}
    ece.apply({**one_deployment(kibana=SMALL), **everything})
    assert len(ece.associations()) == 5
    assert parts(ece) == {"elasticsearch", "kibana"}
    ece.assert_clean()
