"""Updating deployments: what makes a plan, what is refused, pruning, trust."""

from __future__ import annotations

from typing import Any

import pytest

from ece_simulator import Simulator
from tests.simulator.pems import certificate, pem
from tests.simulator.support import Api, create_body, stateless


def resize(body: dict[str, Any], memory: int, kind: str = "elasticsearch") -> dict[str, Any]:
    """The same body with another size in every element of one kind."""
    for element in body["resources"][kind][0]["plan"]["cluster_topology"]:
        element["size"]["value"] = memory
    return body


def pending(api: Api, deployment: str) -> set[str]:
    """Kinds whose plan is pending."""
    found = api.get(f"/deployments/{deployment}")["resources"]
    return {kind for kind, rs in found.items() for r in rs if "pending" in r["info"]["plan_info"]}


def test_sending_the_current_plan_back_does_nothing(sim: Simulator, api: Api) -> None:
    """The provider's update body is the current plan: unchanged parts must not make plans."""
    deployment = api.created()

    api.put(f"/deployments/{deployment}", api.update_body(deployment))
    enriched = api.get(f"/deployments/{deployment}?show_plan_defaults=true")
    body = api.update_body(deployment)
    plan = enriched["resources"]["elasticsearch"][0]["info"]["plan_info"]["current"]["plan"]
    body["resources"]["elasticsearch"][0]["plan"] = plan
    api.put(f"/deployments/{deployment}", body)

    assert pending(api, deployment) == set()


def test_only_changed_resources_get_a_plan(sim: Simulator, api: Api) -> None:
    """A resized Kibana must leave Elasticsearch alone."""
    deployment = api.created()

    api.put(f"/deployments/{deployment}", resize(api.update_body(deployment), 2048, "kibana"))

    assert pending(api, deployment) == {"kibana"}
    assert api.info(deployment, "kibana")["status"] == "reconfiguring"
    sim.control.advance(10)
    element = api.info(deployment, "kibana")["plan_info"]["current"]["plan"]["cluster_topology"][0]
    assert element["size"]["value"] == 2048


def test_name_tags_and_alias_need_no_plan(api: Api) -> None:
    """Metadata changes at once, and counts the version."""
    deployment = api.created()
    version = api.headers["x-cloud-resource-version"]
    metadata = {"tags": [{"key": "team", "value": "search"}]}

    api.put(
        f"/deployments/{deployment}",
        {"prune_orphans": False, "name": "new", "alias": "short", "metadata": metadata},
    )

    found = api.get(f"/deployments/{deployment}")
    assert (found["name"], found["alias"], found["metadata"]["tags"]) == ("new", "short", metadata["tags"])
    assert int(api.headers["x-cloud-resource-version"]) == int(version) + 1
    assert pending(api, deployment) == set()
    api.put(f"/deployments/{deployment}", {"prune_orphans": False, "alias": ""})
    assert "alias" not in api.get(f"/deployments/{deployment}")


def test_stale_version_is_refused(sim: Simulator, api: Api) -> None:
    """Two writers who read the same version must not overwrite each other; the status is a switch."""
    deployment = api.created()
    api.get(f"/deployments/{deployment}")
    version = api.headers["x-cloud-resource-version"]
    api.put(f"/deployments/{deployment}?version={version}", {"prune_orphans": False, "name": "first"})

    second = {"prune_orphans": False, "name": "second"}
    assert api.codes("PUT", f"/deployments/{deployment}?version={version}", second, expect=409) == [
        "deployments.version_conflict"
    ]
    sim.control.set_switch("deployment_conflict_status", 400)
    api.codes("PUT", f"/deployments/{deployment}?version={version}", second, expect=400)
    assert api.get(f"/deployments/{deployment}")["name"] == "first"


def test_pending_plan_blocks_changes_of_that_resource(sim: Simulator, api: Api) -> None:
    """ECE refuses to change a resource whose plan runs; other parts of the deployment stay writable."""
    deployment = api.created()
    api.put(f"/deployments/{deployment}", resize(api.update_body(deployment), 8192))
    only = api.update_body(deployment)
    del only["resources"]["kibana"]

    codes = api.codes("PUT", f"/deployments/{deployment}", resize(only, 2048), expect=400)

    assert codes == ["deployments.resource_plan_state_error"]
    api.put(f"/deployments/{deployment}", {"prune_orphans": False, "name": "still possible"})
    sim.control.advance(10)
    assert api.info(deployment)["plan_info"]["current"]["plan"]["cluster_topology"][0]["size"]["value"] == 8192


@pytest.mark.parametrize(
    ("old", "new", "possible"),
    [
        ("9.1.0", "9.2.0", True),
        ("9.2.0", "9.1.0", False),
        ("8.19.0", "9.5.0", True),
        ("8.18.0", "9.0.8", True),
        ("8.18.0", "9.1.0", False),
        ("8.17.0", "9.0.0", False),
        ("7.17.29", "8.13.0", True),
        ("7.17.29", "9.0.0", False),
    ],
)
def test_upgrade_paths(sim: Simulator, api: Api, old: str, new: str, possible: bool) -> None:
    """Downgrades and skipped steps are refused; what the stack list offers works."""
    deployment = api.created(resources={"elasticsearch": create_body(version=old)["resources"]["elasticsearch"]})
    body = api.update_body(deployment)
    body["resources"]["elasticsearch"][0]["plan"]["elasticsearch"]["version"] = new

    assert (new in api.get(f"/stack/versions/{old}")["upgradable_to"]) is possible
    if possible:
        api.put(f"/deployments/{deployment}", body)
        sim.control.advance(10)
        assert api.info(deployment)["topology"]["instances"][0]["service_version"] == new
    else:
        place = "resources.elasticsearch[0].plan.elasticsearch.version"
        assert api.refused_fields("PUT", f"/deployments/{deployment}", body) == [place]


def test_pruning_shuts_down_what_is_left_out(sim: Simulator, api: Api) -> None:
    """prune_orphans stops a missing Kibana and tells so; without it nothing happens."""
    deployment = api.created()
    body = api.update_body(deployment)
    del body["resources"]["kibana"]

    api.put(f"/deployments/{deployment}", body)
    assert pending(api, deployment) == set()
    reply = api.put(f"/deployments/{deployment}?hide_pruned_orphans=true", {**body, "prune_orphans": True})

    kibana = api.info(deployment, "kibana")
    assert reply["shutdown_resources"]["kibana"] == [kibana["cluster_id"]]
    assert kibana["status"] == "stopping"
    sim.control.advance(10)
    assert api.get(f"/deployments/{deployment}")["resources"]["kibana"] == []


def test_pruned_resource_stays_until_deleted(sim: Simulator, api: Api) -> None:
    """Without hiding, a pruned resource is stopped and can be deleted or come back."""
    deployment = api.created()
    whole = api.update_body(deployment)
    rest = api.update_body(deployment)
    del rest["resources"]["kibana"]
    api.put(f"/deployments/{deployment}", {**rest, "prune_orphans": True})
    sim.control.advance(10)
    assert api.info(deployment, "kibana")["status"] == "stopped"

    api.put(f"/deployments/{deployment}", whole)
    sim.control.advance(10)

    assert api.info(deployment, "kibana")["status"] == "started"


def test_resources_can_be_added(sim: Simulator, api: Api) -> None:
    """An update with a new ref_id makes the resource; a second one of a kind is refused."""
    deployment = api.created()
    body: dict[str, Any] = {"prune_orphans": False}
    body["resources"] = {"integrations_server": [stateless("integrations_server", "integrations.server", 512)]}

    api.put(f"/deployments/{deployment}", body)
    sim.control.advance(10)

    urls = api.info(deployment, "integrations_server")["metadata"]["services_urls"]
    assert {u["service"] for u in urls} == {"fleet", "apm", "ingest"}
    body["resources"]["integrations_server"][0]["ref_id"] = "second"
    assert api.refused_fields("PUT", f"/deployments/{deployment}", body) == ["resources.integrations_server"]


def test_secret_token_survives_an_update_without_it(sim: Simulator, api: Api) -> None:
    """The token is made once; leaving it out of an update must not change it."""
    seeded = sim.control.seed(name="ui")["id"]

    def token() -> str:
        plan = api.info(seeded, "integrations_server")["plan_info"]["current"]["plan"]
        return str(plan["integrations_server"]["system_settings"]["secret_token"])

    before = token()
    body = resize(api.update_body(seeded), 1024, "integrations_server")
    del body["resources"]["integrations_server"][0]["plan"]["integrations_server"]["system_settings"]
    api.put(f"/deployments/{seeded}", body)
    sim.control.advance(10)

    assert token() == before


def test_given_trust_replaces_all_lists(sim: Simulator, api: Api) -> None:
    """A trust object without accounts removes the default trust, with a plan; an absent one keeps everything."""
    deployment = api.created()
    body = api.update_body(deployment)
    direct = {"name": "lab", "trust_all": False, "certificates": [{"pem": pem(certificate())}], "scope_id": "x"}
    body["resources"]["elasticsearch"][0]["settings"] = {"trust": {"direct": [direct]}}

    api.put(f"/deployments/{deployment}", body)
    assert pending(api, deployment) == {"elasticsearch"}
    sim.control.advance(10)
    api.put(f"/deployments/{deployment}", api.update_body(deployment))

    trust = api.info(deployment, query="show_settings=true")["settings"]["trust"]
    assert trust["accounts"] is None
    assert [entry["name"] for entry in trust["direct"]] == ["lab"]


def test_null_brings_a_setting_back_to_its_default(api: Api, sim: Simulator) -> None:
    """Absent keeps, an object sets, null resets."""
    deployment = api.created()

    def send(settings: dict[str, Any]) -> Any:
        body = api.update_body(deployment)
        body["resources"]["elasticsearch"][0]["settings"] = settings
        api.put(f"/deployments/{deployment}", body)
        sim.control.advance(10)
        return api.info(deployment, query="show_settings=true")["settings"]["dedicated_masters_threshold"]

    assert send({"dedicated_masters_threshold": 9}) == 9
    assert send({}) == 9
    assert send({"dedicated_masters_threshold": None}) == 6


def test_validate_only_changes_nothing(api: Api) -> None:
    """A dry run tells the plans and leaves version and plans alone."""
    deployment = api.created()
    body = resize(api.update_body(deployment), 8192)
    before = api.get(f"/deployments/{deployment}"), api.headers["x-cloud-resource-version"]

    reply = api.put(f"/deployments/{deployment}?validate_only=true", body)

    assert reply["diagnostics"]["updates"]["elasticsearch"][0]["ref_id"] == "main-elasticsearch"
    assert (api.get(f"/deployments/{deployment}"), api.headers["x-cloud-resource-version"]) == before


def test_system_owned_deployments_are_protected(sim: Simulator, api: Api) -> None:
    """The two system deployments cannot be changed, unless an administrator takes the flag away."""
    system = {d["name"]: d["id"] for d in api.get("/deployments")["deployments"]}
    assert set(system) == {"admin-console-elasticsearch", "logging-and-metrics"}
    target = f"/deployments/{system['logging-and-metrics']}"
    assert api.get(target)["metadata"]["system_owned"] is True

    writes: list[tuple[str, str, Any]] = [
        ("PUT", "", {"prune_orphans": False, "name": "mine"}),
        ("POST", "/_shutdown", None),
        ("DELETE", "", None),
        ("PATCH", "/elasticsearch/_main/keystore", {"secrets": {}}),
    ]
    for method, suffix, body in writes:
        assert api.codes(method, target + suffix, body, expect=403) == ["deployments.system_owned"]

    api.put(target, {"prune_orphans": False, "metadata": {"system_owned": False}})
    api.put(target, {"prune_orphans": False, "name": "mine"})


def test_noop_updates_can_be_made_to_plan(sim: Simulator, api: Api) -> None:
    """Whether an unchanged plan runs again is an open question, so a switch."""
    deployment = api.created()
    sim.control.set_switch("noop_update_makes_plan", True)

    api.put(f"/deployments/{deployment}", api.update_body(deployment))

    assert pending(api, deployment) == {"elasticsearch", "kibana"}


def test_missing_prune_orphans_is_refused(api: Api) -> None:
    """The one required field of an update."""
    deployment = api.created()

    assert api.refused_fields("PUT", f"/deployments/{deployment}", {"name": "x"}) == ["prune_orphans"]
