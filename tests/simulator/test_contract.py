"""The simulator against the API document and against recorded payloads."""

from __future__ import annotations

import copy
import gzip
import json
from pathlib import Path
from typing import Any

import ece_simulator
from ece_simulator import Simulator
from ece_simulator.routes import ROUTES
from tests.simulator.pems import bundle, certificate, pem
from tests.simulator.support import (
    DOCUMENT,
    RECORDED,
    RULESETS,
    Api,
    basic,
    create_body,
    operations,
    ruleset,
    stateless,
)

# What hosted platforms record and an ECE of this version does not have, or what depends on data in a cluster.
NOT_COMPARED = {
    "instance_configurations[].metadata.sku",
    "resources.elasticsearch[].info.settings.snapshot.repository",
    "resources.elasticsearch[].info.snapshots.latest_end_time",
    "resources.elasticsearch[].info.snapshots.latest_status",
    "resources.elasticsearch[].info.snapshots.latest_successful",
    "resources.elasticsearch[].info.snapshots.latest_successful_end_time",
    "resources.elasticsearch[].info.snapshots.scheduled_time",
    "resources.elasticsearch[].info.plan_info.current.plan.cluster_topology[].instance_configuration_version",
    "resources.kibana[].info.plan_info.current.plan.cluster_topology[].instance_configuration_version",
    "resources.integrations_server[].info.plan_info.current.plan.cluster_topology[].instance_configuration_version",
}


def differences(recorded: Any, simulated: Any, place: str = "") -> list[str]:
    """Keys of the recording that the simulator lacks or has with another type; null goes with anything."""
    if place in NOT_COMPARED or recorded is None or simulated is None:
        return []
    if isinstance(recorded, bool) or isinstance(simulated, bool) or not isinstance(recorded, int | float):
        same = type(recorded) is type(simulated)
    else:
        same = isinstance(simulated, int | float)
    if not same:
        return [f"{place}: recorded {type(recorded).__name__}, simulated {type(simulated).__name__}"]
    if isinstance(recorded, dict):
        prefix = f"{place}." if place else ""
        missing = [f"{prefix}{k}: missing" for k in recorded if k not in simulated and prefix + k not in NOT_COMPARED]
        both = (differences(v, simulated[k], prefix + k) for k, v in recorded.items() if k in simulated)
        return missing + [found for each in both for found in each]
    if isinstance(recorded, list) and recorded:
        return differences(recorded[0], simulated[0], f"{place}[]") if simulated else [f"{place}: empty"]
    return []


def read(name: str) -> Any:
    """A recorded payload."""
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


def test_packaged_document_is_the_readable_one() -> None:
    """The package must not carry another reading of the document than the one reviewers see."""
    packed = Path(ece_simulator.__file__).parent / "apidocs.json.gz"

    assert json.loads(gzip.decompress(packed.read_bytes())) == DOCUMENT


def test_table_and_document_name_the_same_operations() -> None:
    """A handler without a contract, or a contract without a handler, would go unseen."""
    assert {route.operation_id for route in ROUTES} == set(operations())
    assert len(ROUTES) == len(operations())


def tour(sim: Simulator) -> None:
    """Calls every supported operation; each reply is held against the document by `Api`."""
    api = Api(sim)
    users(Api(sim, authorization=basic("admin", api.installation.password)))
    for target in ("/platform", "/regions/ece-region/stack/versions", "/stack/versions/9.2.0", "/account"):
        api.get(target)
    api.put("/account", {"trust": {"trust_all": True}})
    api.call("PATCH", "/account", {"trust": None})
    api.get("/deployments/templates?region=ece-region&show_max_zones=true")
    api.get("/deployments/templates/default?region=ece-region")
    old = api.created("old", resources=old_kinds())
    api.get(f"/deployments/{old}/apm/_main?show_settings=true&show_plan_logs=true")
    api.get(f"/deployments/{old}/enterprise_search/_main?show_settings=true&show_plan_logs=true")
    deployments(api)
    filters(api)
    trust(api)
    remotes(api)


def users(api: Api) -> None:
    """Login, own user, keys."""
    login = {"username": "admin", "password": api.installation.password}
    token = api.post("/users/auth/_login", login)["token"]
    session = Api(api.simulator, authorization=f"Bearer {token}")
    session.post("/users/auth/_refresh")
    session.get("/user")
    session.post("/users/auth/_logout")
    api.simulator.switches.admin_keys_for_builtin_users = True
    key = api.post("/users/auth/keys", {"description": "tour", "expiration": "1d"}, expect=201)["id"]
    api.get("/users/auth/keys")
    api.get(f"/users/auth/keys/{key}")
    api.delete(f"/users/auth/keys/{key}")


def old_kinds() -> dict[str, Any]:
    """Resources that only older stacks have."""
    version = "7.17.29"
    resources: dict[str, Any] = create_body(version=version)["resources"]
    resources["kibana"] = [stateless("kibana", "kibana", 1024, version)]
    resources["apm"] = [stateless("apm", "apm", 512, version)]
    resources["enterprise_search"] = [stateless("enterprise_search", "enterprise.search", 2048, version)]
    return resources


def deployments(api: Api) -> None:
    """A deployment from create to delete."""
    api.post("/deployments?validate_only=true", create_body())
    body = create_body()
    body["resources"]["integrations_server"] = [stateless("integrations_server", "integrations.server", 512)]
    one = api.post(f"/deployments?request_id={'r' * 40}", body, expect=201)["id"]
    api.post(f"/deployments?request_id={'r' * 40}", body, expect=202)
    here = f"/deployments/{one}"
    api.get(f"{here}?show_plan_logs=true&show_plan_history=true")
    attempt = api.info(one)["plan_info"]["pending"]["plan_attempt_id"]
    api.get(f"{here}/elasticsearch/_main/activity/{attempt}")
    api.simulator.control.advance(20)
    everything = "show_settings=true&show_metadata=true&show_plan_logs=true&show_plan_history=true&show_security=true"
    api.get(f"{here}?{everything}&show_plan_defaults=true&show_system_alerts=5")
    for kind in ("elasticsearch", "kibana", "integrations_server"):
        api.get(f"{here}/{kind}/_main?show_settings=true&show_plan_history=true&show_plan_logs=true")
    api.get("/deployments")
    api.post("/deployments/_search", {"query": {"match_all": {}}})
    api.get(f"{here}/migrate_template?template_id=storage-heavy")
    api.get(f"{here}/certificate-authority")
    api.call("PATCH", f"{here}/elasticsearch/_main/keystore", {"secrets": {"a": {"value": "b"}}})
    api.get(f"{here}/elasticsearch/_main/keystore")
    change = api.update_body(one)
    change["resources"]["kibana"][0]["plan"]["cluster_topology"][0]["size"]["value"] = 2048
    api.put(f"{here}?validate_only=true", change)
    api.put(here, change)
    api.delete(f"{here}/kibana/_main/plan/pending")
    api.post(f"{here}/kibana/_main/_restart", expect=202)
    api.post(f"{here}/elasticsearch/_main/_restart", expect=202)
    api.simulator.control.advance(20)
    api.post(f"{here}/integrations_server/_main/_shutdown")
    api.simulator.control.advance(20)
    api.post(f"{here}/integrations_server/_main/_restore")
    api.simulator.control.advance(20)
    api.post(f"{here}/integrations_server/_main/_shutdown")
    api.simulator.control.advance(20)
    api.delete(f"{here}/integrations_server/_main")
    api.post(f"{here}/elasticsearch/_main/_shutdown")
    api.simulator.control.advance(20)
    api.post(f"{here}/_restore")
    api.simulator.control.advance(20)
    api.post(f"{here}/_shutdown")
    api.simulator.control.advance(20)
    api.delete(here)


def trust(api: Api) -> None:
    """Platform trust and certificates."""
    here = "/platform/configuration/trust-relationships"
    made = api.post(here, {"name": "other", "public_ca_cert": pem(certificate())}, expect=201)["id"]
    api.get(f"{here}?include_certificate=true")
    api.get(f"{here}/{made}")
    api.put(f"{here}/{made}", {"trust_by_default": True})
    api.delete(f"{here}/{made}")
    security = "/platform/configuration/security"
    for service in ("proxy", "ui", "adminconsole", "internalca"):
        api.get(f"{security}/tls/{service}")
    text = bundle("*.a.ece.test").text.encode()
    api.call("POST", f"{security}/tls/proxy", text, expect=202)
    api.put(f"{security}/extra_certs/star", text)
    api.get(f"{security}/extra_certs")
    api.get(f"{security}/extra_certs/star")
    api.delete(f"{security}/extra_certs/star")


def remotes(api: Api) -> None:
    """Remote clusters within the installation, and Elasticsearch behind the management channel."""
    local, remote = api.created("local"), api.created("remote")
    here = f"/deployments/{local}/elasticsearch/main-elasticsearch"
    entry = {"deployment_id": remote, "elasticsearch_ref_id": "main-elasticsearch", "alias": "r"}
    api.put(f"{here}/remote-clusters", {"resources": [entry]}, expect=202)
    assert api.get(f"{here}/remote-clusters")["resources"][0]["info"]["healthy"] is True
    api.post(f"{here}/eligible-remote-clusters", {})
    api.post("/deployments/eligible-remote-clusters?version=9.2.0", {"size": 1})
    api.post(f"{here}/_enable-ccr?validate_only=true")
    api.post(f"{here}/_enable-ccr")
    api.post(f"{here}/_reset-password")
    api.get(f"{here}/proxy/_remote/info?human=true")
    api.put(f"{here}/proxy/logs/_doc/1?refresh=true", {"n": 1}, expect=201)
    api.post(f"{here}/proxy/logs/_search", {"size": 1})
    api.delete(f"{here}/proxy/logs")


def filters(api: Api) -> None:
    """Rule sets and associations."""
    deployment = api.created("filtered")
    here = f"{RULESETS}/{api.post(RULESETS, ruleset(), expect=201)['id']}"
    api.get(f"{RULESETS}?include_associations=true")
    api.put(here, ruleset("renamed"))
    api.post(f"{here}/associations", {"entity_type": "deployment", "id": deployment}, expect=201)
    api.post(f"{here}/associations", {"entity_type": "deployment", "id": deployment}, expect=200)
    api.get(f"{here}?include_associations=true")
    api.get(f"{here}/associations")
    api.get(f"/deployments/traffic-filter/associations/deployment/{deployment}/rulesets")
    api.delete(f"{here}/associations/deployment/{deployment}")
    api.delete(here)


def test_every_operation_answers_as_the_document_says(sim: Simulator) -> None:
    """Each supported operation must be seen to give a reply with status, body and headers as promised."""
    tour(sim)

    called = {call["operation_id"] for call in sim.control.calls() if call["took_effect"]}
    assert called == set(operations())


def test_our_own_requests_hold_nothing_unknown(sim: Simulator) -> None:
    """`unknown_fields` must stay empty for correct requests, or tests of clients could not demand that."""
    tour(sim)

    assert [call for call in sim.control.calls() if call["unknown_fields"]] == []


def test_deployment_has_the_recorded_structure(sim: Simulator, api: Api) -> None:
    """What clients read from a real deployment must be there with the same types."""
    recorded = read("deployment-get-integrations-server")
    seeded = sim.control.seed(name="ui", alias="ui", tags={})

    shown = api.get(f"/deployments/{seeded['id']}?show_settings=true&show_plan_defaults=true&show_system_alerts=5")

    assert differences(recorded, shown) == []


def test_older_deployment_has_the_recorded_structure(sim: Simulator, api: Api) -> None:
    """The same for a payload with Enterprise Search and a 7.x stack."""
    recorded = read("deployment-get-observability")
    recorded["settings"].pop("ip_filtering_settings")  # the former name of traffic_filter_settings
    for resource in [r for resources in recorded["resources"].values() for r in resources]:
        plan = resource["info"]["plan_info"]["current"]["plan"]
        for name in ("transient", "system_settings"):  # only where the request had them
            plan.pop(name, None)
        for kind in ("kibana", "enterprise_search"):
            plan.get(kind, {}).pop("system_settings", None)
        for element in plan["cluster_topology"]:
            element.pop("node_type", None)  # before node roles
            element.pop("elasticsearch", None)  # empty
        for instance in resource["info"]["topology"]["instances"]:
            instance.pop("service_id", None)
        resource["info"].get("elasticsearch", {}).pop("shard_info", None)  # counts of a cluster with data
    target = api.created("target")
    destination = {"destination": {"deployment_id": target, "ref_id": "main-elasticsearch"}}
    rulesets = [api.post(RULESETS, ruleset(), expect=201)["id"]]
    settings = {
        "observability": {"logging": destination, "metrics": destination},
        "traffic_filter_settings": {"rulesets": rulesets},
    }
    mine = api.created("mine", resources=old_kinds(), settings=settings)

    shown = api.get(f"/deployments/{mine}?show_settings=true&show_system_alerts=5")

    assert differences(recorded, shown) == []


def test_recorded_update_is_accepted(sim: Simulator, api: Api) -> None:
    """A body as a real client sends it, nulls included, must pass the checks and change nothing."""
    seeded = sim.control.seed(name="ui", alias="ui")
    recorded = read("deployment-update-integrations-server")
    mine = api.update_body(seeded["id"])
    body = copy.deepcopy(recorded)
    for kind, payloads in mine["resources"].items():
        for payload, sent in zip(payloads, body["resources"][kind] or [], strict=True):
            sent |= {"region": "ece-region", "plan": payload["plan"], "display_name": "ui"}
    accounts = body["resources"]["elasticsearch"][0]["settings"]["trust"]["accounts"]
    accounts[0]["account_id"] = api.installation.account_id
    del body["resources"]["elasticsearch"][0]["settings"]["snapshot"]  # a repository of the hosted platform

    api.put(f"/deployments/{seeded['id']}", body)

    assert "pending" not in api.info(seeded["id"])["plan_info"]
    assert sim.control.calls()[-1]["unknown_fields"] == []


def test_templates_have_the_recorded_structure(api: Api) -> None:
    """The template list, and the default template as an ECE 3.0 was recorded with."""
    listed = api.get("/deployments/templates?region=ece-region&show_hidden=true")
    one = api.get("/deployments/templates/default?region=ece-region")

    recorded = read("deployment-templates-list")[0]
    recorded["deployment_template"]["resources"]["elasticsearch"][0]["plan"]["cluster_topology"][0].pop("node_type")
    assert differences([recorded], listed) == []
    tiers = read("deployment-template-ece-default")["deployment_template"]["resources"]["elasticsearch"][0]
    mine = one["deployment_template"]["resources"]["elasticsearch"][0]
    assert mine["plan"]["cluster_topology"] == tiers["plan"]["cluster_topology"]
    assert differences(read("deployment-template-ece-default"), one) == []
    assert len(listed) == 3


def test_filters_and_keystore_have_the_recorded_structure(api: Api) -> None:
    """Rule sets with associations, and the keystore whose values are never told."""
    deployment = api.created()
    ruleset_id = api.post(RULESETS, ruleset(), expect=201)["id"]
    api.post(f"{RULESETS}/{ruleset_id}/associations", {"entity_type": "deployment", "id": deployment}, expect=201)
    secret = {"secrets": {"secret-name": {"value": "shh"}}}

    listed = api.get(f"{RULESETS}?include_associations=true")
    one = api.get(f"{RULESETS}/{ruleset_id}?include_associations=true")
    keystore = api.call("PATCH", f"/deployments/{deployment}/elasticsearch/_main/keystore", secret)

    assert differences(read("traffic-filter-list-associations"), listed) == []
    assert differences(read("traffic-filter-get-associations"), one) == []
    assert keystore == read("keystore-get")
