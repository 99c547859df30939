"""Creating deployments: replies, checks, idempotency, default trust."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ece_simulator import Simulator
from tests.simulator.support import RULESETS, Api, create_body, ruleset, simulator, stateless


def elasticsearch(body: dict[str, Any]) -> dict[str, Any]:
    """The Elasticsearch payload of a request."""
    payload: dict[str, Any] = body["resources"]["elasticsearch"][0]
    return payload


def hot(body: dict[str, Any]) -> dict[str, Any]:
    """Its hot tier."""
    element: dict[str, Any] = elasticsearch(body)["plan"]["cluster_topology"][0]
    return element


def test_create_goes_from_pending_to_started(sim: Simulator, api: Api) -> None:
    """The life of a plan as clients poll it: pending with steps, then current with a good last step."""
    deployment = api.create()
    begun = api.info(deployment, query="show_plan_logs=true")
    sim.control.advance(5)
    halfway = api.info(deployment, query="show_plan_logs=true")
    sim.control.advance(5)
    ended = api.info(deployment, query="show_plan_logs=true&show_plan_history=true")

    assert (begun["status"], begun["healthy"]) == ("initializing", False)
    assert "current" not in begun["plan_info"]
    assert "endpoint" not in begun["metadata"]
    steps = halfway["plan_info"]["pending"]["plan_attempt_log"]
    assert len(begun["plan_info"]["pending"]["plan_attempt_log"]) < len(steps) < 34
    assert (steps[-1]["stage"], steps[-1]["status"], steps[0]["status"]) == ("in_progress", "pending", "success")
    assert (ended["status"], ended["healthy"], "pending" in ended["plan_info"]) == ("started", True, False)
    current = ended["plan_info"]["current"]
    assert (current["plan_attempt_log"][-1]["step_id"], current["plan_attempt_log"][-1]["status"]) == (
        "plan-completed",
        "success",
    )
    assert [a["plan_attempt_id"] for a in ended["plan_info"]["history"]] == [current["plan_attempt_id"]]
    assert ended["metadata"]["endpoint"].startswith(ended["cluster_id"])


def test_secrets_are_told_once(api: Api) -> None:
    """Only the first reply holds credentials; a repeat with the same request_id makes nothing and tells nothing."""
    body = create_body()
    body["resources"]["integrations_server"] = [stateless("integrations_server", "integrations.server", 512)]

    first = api.post(f"/deployments?request_id={'x' * 32}", body, expect=201)
    again = api.post(f"/deployments?request_id={'x' * 32}", body, expect=202)

    assert first["id"] == again["id"]
    assert (first["created"], again["created"]) == (True, False)
    assert first["resources"][0]["credentials"]["password"]
    assert again["resources"][0]["credentials"] == {"username": "", "password": ""}
    assert first["resources"][2]["secret_token"]
    assert again["resources"][2]["secret_token"] == ""
    assert len([d for d in api.get("/deployments")["deployments"] if d["name"] == "logs"]) == 1


@pytest.mark.parametrize("request_id", ["short", "x" * 129])
def test_request_id_has_a_length(api: Api, request_id: str) -> None:
    """The document says 32 to 128 characters."""
    assert api.refused_fields("POST", f"/deployments?request_id={request_id}", create_body()) == ["request_id"]


def test_validate_only_makes_nothing(api: Api) -> None:
    """A validation must show the backend plans and leave no deployment behind."""
    before = api.get("/deployments")

    reply = api.post("/deployments?validate_only=true", create_body())

    assert reply["diagnostics"]["creates"]["elasticsearch"][0]["backend_plan"]["elasticsearch"]["version"] == "9.2.0"
    assert api.get("/deployments") == before


def test_template_fills_what_the_request_leaves_out(sim: Simulator, api: Api) -> None:
    """`template_id` gives the resources only when the request has none."""
    filled = api.post("/deployments?template_id=default", {"name": "t", "version": "9.2.0"}, expect=201)
    kept = api.post("/deployments?template_id=storage-heavy", create_body("own"), expect=201)
    sim.control.advance(10)

    assert {r["kind"] for r in filled["resources"]} == {"elasticsearch", "kibana", "integrations_server"}
    assert api.info(filled["id"])["plan_info"]["current"]["plan"]["deployment_template"] == {"id": "default"}
    assert {r["kind"] for r in kept["resources"]} == {"elasticsearch", "kibana"}


HOT = ("elasticsearch", 0, "plan", "cluster_topology", 0)
BROKEN: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "size": ((*HOT, "size", "value"), 3000),
    "unit": ((*HOT, "size", "resource"), "storage"),
    "zones": ((*HOT, "zone_count"), 4),
    "configuration": ((*HOT, "instance_configuration_id"), "data.unknown"),
    "other kind's configuration": ((*HOT, "instance_configuration_id"), "kibana"),
    "roles": ((*HOT, "node_roles"), None),
    "no master": ((*HOT, "node_roles"), ["data_content", "data_hot"]),
    "empty": ((*HOT, "size", "value"), 0),
    "version": (("elasticsearch", 0, "plan", "elasticsearch", "version"), "9.2.99"),
    "template": (("elasticsearch", 0, "plan", "deployment_template", "id"), "nope"),
    "region": (("elasticsearch", 0, "region"), "us-east-1"),
    "kibana newer": (("kibana", 0, "plan", "kibana", "version"), "9.3.0"),
    "reference": (("kibana", 0, "elasticsearch_cluster_ref_id"), "elsewhere"),
    "same ref_id": (("kibana", 0, "ref_id"), "main-elasticsearch"),
    "two": (("elasticsearch",), create_body()["resources"]["elasticsearch"] * 2),
    "apm on 9": (("apm",), [stateless("apm", "apm", 512)]),
}
OUTSIDE: dict[str, dict[str, Any]] = {
    "alias": {"alias": "taken"},
    "ruleset": {"settings": {"traffic_filter_settings": {"rulesets": ["f" * 32]}}},
}


def broken(name: str) -> dict[str, Any]:
    """A create request with one mistake."""
    body = create_body()
    if name in OUTSIDE:
        return {**body, **OUTSIDE[name]}
    path, value = BROKEN[name]
    target: Any = body["resources"]
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = copy.deepcopy(value)
    return body


@pytest.mark.parametrize(
    ("name", "place", "code"),
    [
        ("size", "cluster_topology[0].size.value", "clusters.cluster_invalid_plan"),
        ("unit", "cluster_topology[0].size.resource", "clusters.cluster_invalid_plan"),
        ("zones", "cluster_topology[0].zone_count", "clusters.cluster_invalid_plan"),
        ("configuration", "instance_configuration_id", "cluster.invalid_instance_config"),
        ("other kind's configuration", "instance_configuration_id", "cluster.invalid_instance_config"),
        ("roles", "cluster_topology[0].node_roles", "deployments.elasticsearch.node_roles_error"),
        ("no master", "plan.cluster_topology", "deployments.elasticsearch.node_roles_error"),
        ("empty", "plan.cluster_topology", "clusters.cluster_invalid_plan"),
        ("version", "plan.elasticsearch.version", "clusters.cluster_invalid_plan"),
        ("template", "plan.deployment_template.id", "templates.template_not_found"),
        ("region", "resources.elasticsearch[0].region", "root.invalid_data"),
        ("kibana newer", "plan.kibana.version", "clusters.cluster_invalid_plan"),
        ("reference", "kibana[0].elasticsearch_cluster_ref_id", "root.invalid_data"),
        ("same ref_id", "ref_id", "root.invalid_data"),
        ("two", "resources.elasticsearch", "root.invalid_data"),
        ("apm on 9", "plan.apm.version", "clusters.cluster_invalid_plan"),
        ("alias", "alias", "root.invalid_data"),
        ("ruleset", "traffic_filter_settings.rulesets", "traffic_filter.not_found"),
    ],
)
def test_wrong_requests_are_refused_by_place(api: Api, name: str, place: str, code: str) -> None:
    """Each rule has its own code and names the field, so that a client can point at the argument."""
    api.created("other", alias="taken")

    reply = api.call("POST", "/deployments", broken(name), expect=400)

    hits = [e for e in reply["errors"] if e["code"] == code and any(f.endswith(place) for f in e["fields"])]
    assert hits, reply
    assert len(api.get("/deployments")["deployments"]) == 3


def test_several_mistakes_are_told_together(api: Api) -> None:
    """A client shows all errors of a reply, so the reply must be able to hold more than one."""
    body = broken("size")
    hot(body)["zone_count"] = 9

    assert len(api.refused_fields("POST", "/deployments", body)) == 2


def test_document_rules_are_checked_before_ours(api: Api) -> None:
    """Missing, mistyped and unknown enum fields are refused with their place; nothing is made."""
    body = create_body()
    del elasticsearch(body)["ref_id"]
    elasticsearch(body)["plan"]["cluster_topology"][0]["size"] = {"value": "4g", "resource": "cpu"}

    fields = api.refused_fields("POST", "/deployments", body)

    place = "resources.elasticsearch[0]"
    assert set(fields) == {
        f"{place}.ref_id",
        f"{place}.plan.cluster_topology[0].size.value",
        f"{place}.plan.cluster_topology[0].size.resource",
    }


def test_a_body_that_is_no_json_is_refused(api: Api) -> None:
    """Neither garbage nor an absent body may reach a handler."""
    assert api.codes("POST", "/deployments", b"{oops", expect=400) == ["root.invalid_json_request"]
    assert api.codes("POST", "/deployments", None, expect=400) == ["root.invalid_json_request"]


def test_sizes_above_the_largest_are_multiples(api: Api) -> None:
    """Large tiers are built from several instances of the largest size."""
    api.post("/deployments", create_body(memory=131072), expect=201)

    assert api.codes("POST", "/deployments", create_body(memory=100000), expect=400)


def test_new_deployments_carry_the_default_trust(sim: Simulator, api: Api) -> None:
    """The account's setting decides for later deployments and leaves earlier ones alone."""
    before = api.created("before")
    api.put("/account", {"trust": {"trust_all": False}})
    after = api.created("after")

    trust = [api.info(d, query="show_settings=true")["settings"]["trust"]["accounts"] for d in (before, after)]
    account = {"account_id": api.installation.account_id, "trust_allowlist": None}
    assert [t[0] | account for t in trust] == [t[0] for t in trust]
    assert [t[0]["trust_all"] for t in trust] == [True, False]


def test_filters_can_be_associated_at_creation(api: Api) -> None:
    """Rule sets named in the request and those included by default show on both sides."""
    named = api.post(RULESETS, ruleset("named"), expect=201)["id"]
    default = api.post(RULESETS, ruleset("default", include_by_default=True), expect=201)["id"]
    api.post(RULESETS, ruleset("neither"), expect=201)

    deployment = api.created(settings={"traffic_filter_settings": {"rulesets": [named]}})

    shown = api.get(f"/deployments/{deployment}?show_settings=true")["settings"]["traffic_filter_settings"]["rulesets"]
    assert set(shown) == {named, default}
    associations = api.get(f"{RULESETS}/{named}?include_associations=true")["associations"]
    assert associations == [{"entity_type": "deployment", "id": deployment}]


def test_ids_repeat_with_the_seed(api: Api, sim: Simulator) -> None:
    """The same steps on a fresh simulator must give the same ids, or recordings could not be compared."""
    other = Api(simulator())

    assert api.create() == other.create()
    assert Api(simulator(seed="another")).create() != other.create("second")


def test_tiebreaker_and_instances(api: Api) -> None:
    """Two zones get a voting-only tiebreaker, as recorded; a stopped deployment has no instances."""
    body = create_body()
    hot(body)["zone_count"] = 2

    deployment = api.created(resources=body["resources"])

    names = [i["instance_name"] for i in api.info(deployment)["topology"]["instances"]]
    assert names == ["instance-0000000000", "instance-0000000001", "tiebreaker-0000000002"]


def test_newer_fields_are_accepted_and_counted(sim: Simulator, api: Api) -> None:
    """Newer clients send fields this document lacks: no refusal, but tests can see them."""
    body = create_body()
    body["settings"] = {"byok": {"key_resource_path": "x"}}

    api.post("/deployments?dry=1", body, expect=201)

    assert sim.control.calls()[-1]["unknown_fields"] == ["?dry", "settings.byok"]
