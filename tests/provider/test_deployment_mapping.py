"""From recorded answers of real platforms to state, and back without a change."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ece_provider.resources.deployment.body import create_body, needs_template, update_body
from ece_provider.resources.deployment.mapping import as_planned, is_system_owned, kinds_of, plan_of, state_of
from ece_provider.resources.deployment.refusals import attribute_of
from ece_provider.resources.deployment.tiers import size_of, tier_of
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.values import UNKNOWN
from tests.provider.support import DEPLOYMENT, configured, recorded, tier

MODERN = "deployment-get-integrations-server"
OLD = "deployment-get-observability"
NOTHING = frozenset[str]()


def template() -> dict[str, Any]:
    """The default template of a recorded ECE 3.0."""
    return {"id": "default", **recorded("deployment-template-ece-default")}


def planned(**values: Any) -> dict[str, Any]:
    """A planned deployment."""
    return configured(ref_id="main-elasticsearch", template_id="default", **values)


def test_a_recorded_deployment_becomes_state() -> None:
    """Every attribute has one place in the answer; a wrong one shows here."""
    state = state_of(recorded(MODERN), configured(), imported=True)
    assert state == {
        "name": "My deployment",
        "version": "9.0.2",
        "template_id": "aws-storage-optimized-faster-warm",
        "ref_id": "main-elasticsearch",
        "tiers": {"hot": tier("8g", 2)},
        "kibana": tier("1g"),
        "integrations_server": tier("1g"),
        "tags": None,
        "deletion_protection": False,
        "request_id": None,
        "timeouts": None,
        "id": "61042f21dbfb4a2c87627998bded9e04",
        "cluster_id": "9b2c80e3248b40f78d3014f54e642c9b",
        "cloud_id": recorded(MODERN)["resources"]["elasticsearch"][0]["info"]["metadata"]["cloud_id"],
        "endpoint": "9b2c80e3248b40f78d3014f54e642c9b.eu-west-1.aws.qa.cld.elstc.co",
        "https_url": "https://9b2c80e3248b40f78d3014f54e642c9b.eu-west-1.aws.qa.cld.elstc.co",
        "kibana_url": "https://3e813262a07a4c39b6c43209adef5ce5.eu-west-1.aws.qa.cld.elstc.co",
        "effective_tiers": {"hot": {**tier("8g", 2), "instance_configuration_id": "aws.es.datahot.i3"}},
    }


def test_an_old_deployment_becomes_state() -> None:
    """Plans of version 7 have no element ids, node types instead of roles, and sizes in two forms."""
    deployment = recorded(OLD)
    state = state_of(deployment, configured(), imported=True)
    assert state["tiers"] == {"hot": tier("1g")}
    assert (state["version"], state["integrations_server"]) == ("7.8.0", None)
    assert kinds_of(deployment) == ["elasticsearch", "enterprise_search", "kibana"]


@pytest.mark.parametrize("name", [MODERN, OLD])
def test_state_written_back_changes_nothing(name: str) -> None:
    """A plan without a change must lead to a body without resources, whatever the payload looks like."""
    deployment = recorded(name)
    state = state_of(deployment, configured(), imported=True)
    everything = frozenset(state) - {"template_id"}
    body = update_body(deployment, state, everything, template=template())
    resources = body.pop("resources", {})
    assert body == {"prune_orphans": False, "name": state["name"], "metadata": {"tags": []}}
    assert set(resources) <= ({"elasticsearch", "kibana"} if name == OLD else set())
    for kind, [payload] in resources.items():  # in old plans a size may take its modern form, nothing else changes
        before = plan_of(deployment["resources"][kind][0])["cluster_topology"]
        assert [(size_of(element), element.get("node_type")) for element in before] == [
            (size_of(element), element.get("node_type")) for element in payload["plan"]["cluster_topology"]
        ]


def test_only_configured_parts_of_an_update_change() -> None:
    """A size change keeps every other member of the running plan, autoscaling limits and attributes included."""
    deployment = recorded(MODERN)
    state = state_of(deployment, configured(), imported=True)
    wanted = {**state, "tiers": {"hot": tier("16g", 2), "cold": tier("4g")}}
    body = update_body(deployment, wanted, frozenset({"tiers"}), template=template())
    assert set(body["resources"]) == {"elasticsearch"}
    expected = deepcopy(plan_of(deployment["resources"]["elasticsearch"][0]))
    for element in expected["cluster_topology"]:
        element["size"]["value"] = {"hot_content": 16384, "cold": 4096}.get(element["id"], 0)
        if element["id"] == "cold":
            element["zone_count"] = 1
    assert body["resources"]["elasticsearch"][0]["plan"] == expected


@pytest.mark.parametrize("changed", [{"tiers"}, {"version"}, {"kibana"}, {"version", "tiers", "kibana", "tags"}])
def test_an_update_never_holds_what_other_objects_own(changed: set[str]) -> None:
    """Trust, keystore, remotes and monitoring are objects of their own; a foreign kind stays as it is."""
    deployment = recorded(MODERN)
    deployment["resources"]["enterprise_search"] = [{"ref_id": "main-enterprise_search", "info": {}}]
    state = state_of(deployment, configured(), imported=True)
    wanted = {**state, "tiers": {"hot": tier("16g", 2)}, "version": "9.1.0", "kibana": tier("2g"), "tags": {"a": "b"}}
    body = update_body(deployment, wanted, frozenset(changed), template=template())
    assert body["prune_orphans"] is False
    assert set(body) <= {"prune_orphans", "resources", "metadata", "name"}
    assert set(body["resources"]) <= {"elasticsearch", "kibana", "integrations_server"}
    for [payload] in body["resources"].values():
        assert set(payload) <= {"ref_id", "region", "plan", "elasticsearch_cluster_ref_id"}
        assert "transient" not in payload["plan"]


def test_a_new_version_goes_to_every_managed_part() -> None:
    """Elasticsearch, Kibana and Integrations Server of one deployment have one version."""
    deployment = recorded(MODERN)
    wanted = {**state_of(deployment, configured(), imported=True), "version": "9.1.0"}
    resources = update_body(deployment, wanted, frozenset({"version"}))["resources"]
    assert {kind: payload["plan"][kind]["version"] for kind, [payload] in resources.items()} == {
        "elasticsearch": "9.1.0", "kibana": "9.1.0", "integrations_server": "9.1.0",
    }  # fmt: skip


def test_an_upgrade_that_stopped_halfway_shows_in_the_version() -> None:
    """Otherwise the next plan would be empty and Kibana stay behind for ever."""
    deployment = recorded(MODERN)
    deployment["resources"]["elasticsearch"][0]["info"]["plan_info"]["current"]["plan"]["elasticsearch"]["version"] = (
        "9.1.0"
    )
    state = state_of(deployment, configured())
    assert state["version"] == "9.0.2"
    body = update_body(deployment, {**state, "version": "9.1.0"}, frozenset({"version"}))
    assert set(body["resources"]) == {"kibana", "integrations_server"}


def test_a_part_that_is_added_comes_from_the_template() -> None:
    """Only the template knows on which instance configuration Kibana runs."""
    deployment = recorded(MODERN)
    deployment["resources"]["kibana"] = []
    wanted = {**state_of(deployment, configured(), imported=True), "kibana": tier("2g", 2)}
    assert needs_template(deployment, wanted, frozenset({"kibana"}))
    [payload] = update_body(deployment, wanted, frozenset({"kibana"}), template=template())["resources"]["kibana"]
    assert payload == {
        "ref_id": "main-kibana",
        "elasticsearch_cluster_ref_id": "main-elasticsearch",
        "region": "ece-region",
        "plan": {
            "cluster_topology": [
                {
                    "instance_configuration_id": "kibana",
                    "size": {"resource": "memory", "value": 2048},
                    "zone_count": 2,
                }
            ],
            "kibana": {"version": "9.0.2"},
        },
    }


def test_a_new_template_starts_from_the_migrated_plans() -> None:
    """The platform says which instance configurations the new template uses; sizes stay."""
    deployment = recorded(MODERN)
    migrated = recorded("deployment-update-integrations-server")
    for element in migrated["resources"]["elasticsearch"][0]["plan"]["cluster_topology"]:
        element["instance_configuration_id"] = f"new.{element['id']}"
    wanted = {**state_of(deployment, configured(), imported=True), "template_id": "other"}
    body = update_body(deployment, wanted, frozenset({"template_id"}), migrated=migrated)
    [payload] = body["resources"]["elasticsearch"]
    assert payload["plan"]["deployment_template"] == {"id": "other"}
    assert payload["plan"]["cluster_topology"][0]["instance_configuration_id"] == "new.hot_content"
    assert "settings" not in payload


def test_a_create_is_the_template_with_what_is_configured() -> None:
    """The exact body: everything of the template that is not configured is kept, nothing else is added."""
    body = create_body(template(), planned(tiers={"hot": tier("8g", 2)}, kibana=tier("1g"), tags={"b": "2"}), "r")
    assert (body["name"], body["metadata"]) == ("logs", {"tags": [{"key": "b", "value": "2"}]})
    assert set(body) == {"name", "resources", "metadata"}
    assert set(body["resources"]) == {"elasticsearch", "kibana"}
    [elasticsearch] = body["resources"]["elasticsearch"]
    assert (elasticsearch["ref_id"], elasticsearch["region"]) == ("main-elasticsearch", "ece-region")
    plan = elasticsearch["plan"]
    assert plan["elasticsearch"] == {"version": "9.2.0"}
    assert plan["deployment_template"] == {"id": "default"}
    assert {e["id"]: (e["size"]["value"], e["zone_count"]) for e in plan["cluster_topology"] if e["size"]["value"]} == {
        "hot_content": (8192, 2)
    }
    assert all("node_type" not in element and element["node_roles"] for element in plan["cluster_topology"])
    [kibana] = body["resources"]["kibana"]
    assert kibana["plan"] == {
        "cluster_topology": [
            {"instance_configuration_id": "kibana", "size": {"resource": "memory", "value": 1024}, "zone_count": 1}
        ],
        "kibana": {"version": "9.2.0"},
    }
    assert kibana["elasticsearch_cluster_ref_id"] == elasticsearch["ref_id"]


def test_tiers_left_out_are_the_templates() -> None:
    """``tiers`` left out means what the template's author chose, machine learning included."""
    body = create_body(template(), planned(tiers=UNKNOWN), "r")
    topology = body["resources"]["elasticsearch"][0]["plan"]["cluster_topology"]
    assert {e["id"]: e["size"]["value"] for e in topology if e["size"]["value"]} == {"hot_content": 4096, "ml": 1024}


def test_old_versions_get_node_types() -> None:
    """Before 7.10 the API knows no node roles, and it refuses both at once."""
    body = create_body(template(), planned(version="7.9.3", tiers={"hot": tier("1g")}), "r")
    for element in body["resources"]["elasticsearch"][0]["plan"]["cluster_topology"]:
        assert "node_roles" not in element


def test_creating_does_not_change_the_template() -> None:
    """One template serves many creates of a run."""
    given, before = template(), template()
    create_body(given, planned(tiers={"hot": tier("8g")}, kibana=tier("2g")), "r")
    assert given == before


@pytest.mark.parametrize(
    ("values", "place"),
    [({"tiers": {"hot": tier("1g"), "lukewarm": tier("1g")}}, 'tiers["lukewarm"]'), ({"kibana": tier("1g")}, "kibana")],
)
def test_what_the_template_lacks_is_refused_at_its_place(values: dict[str, Any], place: str) -> None:
    """The message must lead to the line, and name what the template has."""
    given = template()
    given["deployment_template"]["resources"]["kibana"] = []
    with pytest.raises(DiagnosticError) as caught:
        create_body(given, planned(**{"tiers": UNKNOWN, **values}), "r")
    assert str(caught.value.diagnostics[0].path) == place


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ({"id": "hot_content"}, "hot"),
        ({"id": "warm"}, "warm"),
        ({"node_roles": ["master", "ingest", "data_hot", "data_content"]}, "hot"),
        ({"node_roles": ["data_content"]}, "hot"),
        ({"node_roles": ["data_frozen"]}, "frozen"),
        ({"node_roles": ["master", "remote_cluster_client"]}, "master"),
        ({"node_roles": ["ingest", "remote_cluster_client"]}, "coordinating"),
        ({"id": "unknown", "node_roles": ["ml"]}, "ml"),
        ({"node_type": {"data": True, "master": True, "ingest": True}}, "hot"),
        ({"node_type": {"data": True}, "elasticsearch": {"node_attributes": {"data": "warm"}}}, "warm"),
        ({"node_type": {"master": True}}, "master"),
        ({"node_type": {"ml": True}}, "ml"),
        ({}, None),
    ],
)
def test_tiers_are_found_by_id_roles_or_types(element: dict[str, Any], expected: str | None) -> None:
    """Elements of older plans have no id."""
    assert tier_of(element) == expected


def test_a_tier_written_with_size_0_stays_as_written() -> None:
    """Otherwise it would show as a change in every plan."""
    deployment = recorded(MODERN)
    prior = {**state_of(deployment, configured()), "tiers": {"hot": tier("8g", 2), "warm": tier("0g", 2)}}
    assert state_of(deployment, prior)["tiers"] == prior["tiers"]


def test_sizes_that_autoscaling_chose_are_no_drift() -> None:
    """The platform resizes tiers by itself; a plan must not undo it."""
    deployment = recorded(MODERN)
    prior = {**state_of(deployment, configured()), "tiers": {"hot": tier("4g", 2)}}
    assert state_of(deployment, prior)["tiers"] == {"hot": tier("8g", 2)}
    deployment["resources"]["elasticsearch"][0]["info"]["plan_info"]["current"]["plan"]["autoscaling_enabled"] = True
    assert state_of(deployment, prior)["tiers"] == {"hot": tier("4g", 2)}


def test_a_stopped_deployment_keeps_its_addresses() -> None:
    """Nothing that stands behind it may show a change because somebody stopped it."""
    deployment = recorded(MODERN)
    before = state_of(deployment, configured())
    for kind in ("elasticsearch", "kibana"):
        info = deployment["resources"][kind][0]["info"]
        info["status"], info["metadata"] = "stopped", {}
    assert state_of(deployment, before) == before


def test_a_creation_that_failed_can_be_read() -> None:
    """There is no current plan then; the last attempt tells what was wanted."""
    deployment = recorded(MODERN)
    for resources in deployment["resources"].values():
        for resource in resources or ():
            info = resource["info"]["plan_info"]
            info["history"] = [info.pop("current")]
    assert state_of(deployment, configured(), imported=True)["tiers"] == {"hot": tier("8g", 2)}


@pytest.mark.parametrize("empty", [None, []])
def test_missing_kinds_are_fine(empty: Any) -> None:
    """Older installations leave newer kinds out, or send null."""
    deployment = recorded(MODERN)
    deployment["resources"] = {**deployment["resources"], "kibana": empty, "integrations_server": empty}
    state = state_of(deployment, configured())
    assert (state["kibana"], state["kibana_url"], state["integrations_server"]) == (None, None, None)


def test_what_was_planned_stays_as_planned() -> None:
    """A value that the platform changed meanwhile must not break the promise of the plan."""
    state = state_of(recorded(MODERN), configured())
    assert as_planned(state, {**state, "name": "planned", "endpoint": UNKNOWN})["name"] == "planned"
    assert as_planned(state, {**state, "endpoint": UNKNOWN})["endpoint"] == state["endpoint"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [({}, False), ({"metadata": {"system_owned": True}}, True), ({"name": "logging-and-metrics"}, True)],
)
def test_deployments_of_the_platform_are_recognised(change: dict[str, Any], expected: bool) -> None:
    """An administrator can switch the flag off for a while; the names stay."""
    assert is_system_owned({**recorded(MODERN), **change}) is expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("resources.elasticsearch[0].plan.cluster_topology[0].size", "tiers"),
        ("resources.elasticsearch[0].plan.elasticsearch.version", "version"),
        ("resources.kibana[0].plan.cluster_topology[0]", "kibana"),
        ("resources.integrations_server[0].plan", "integrations_server"),
        ("resources.elasticsearch[0].plan.deployment_template.id", "template_id"),
        ("name", "name"),
        ("settings.something", None),
    ],
)
def test_complaints_of_the_api_find_their_attribute(field: str, expected: str | None) -> None:
    """The API names a place in the body; the user wrote an attribute."""
    assert attribute_of(field) == expected


def test_a_deployment_of_elastics_own_provider_moves_over() -> None:
    """Its secrets must not come along, and the plan after the move must be empty."""
    source = {
        "id": "f" * 32,
        "name": "logs",
        "version": "9.2.0",
        "region": "ece-region",
        "deployment_template_id": "default",
        "tags": {"a": "b"},
        "elasticsearch_username": "elastic",
        "elasticsearch_password": "s3cret",
        "apm_secret_token": "t0ken",
        "elasticsearch": {
            "ref_id": "main-elasticsearch",
            "resource_id": "e" * 32,
            "cloud_id": "logs:x",
            "https_endpoint": "https://e.example.com:9243",
            "hot": {"size": "8g", "zone_count": 2, "autoscaling": {}},
            "warm": {"size": "0g", "zone_count": 1},
            "cold": None,
            "trust_account": [{"account_id": "a", "trust_all": True}],
        },
        "kibana": {"size": "1g", "zone_count": 1, "https_endpoint": "https://k.example.com:9243"},
        "integrations_server": None,
    }
    state = DEPLOYMENT.move_state("ec_deployment", "registry/elastic/ec", source)
    assert state is not None
    assert set(state) <= set(DEPLOYMENT.schema.attributes)
    assert (state["id"], state["endpoint"], state["tiers"]) == ("f" * 32, "e.example.com", {"hot": tier("8g", 2)})
    assert (state["kibana"], state["integrations_server"]) == (tier("1g"), None)
    assert not [secret for secret in ("s3cret", "t0ken") if secret in str(state)]
    assert DEPLOYMENT.move_state("ec_other", "registry/elastic/ec", source) is None
