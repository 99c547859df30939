"""Keystore, account, certificates, templates and stack versions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from ece_simulator import Simulator
from tests.simulator.support import Api, simulator


def test_keystore_patch_merges_and_removes(sim: Simulator, api: Api) -> None:
    """A value sets, its absence removes, everything else stays; values are never told."""
    deployment = api.created()
    here = f"/deployments/{deployment}/elasticsearch/main-elasticsearch/keystore"

    def patch(secrets: dict[str, Any]) -> dict[str, Any]:
        return dict(api.call("PATCH", here, {"secrets": secrets})["secrets"])

    patch({"text": {"value": "s3cr3t"}, "object": {"value": {"a": 1}}, "file": {"value": "x", "as_file": True}})
    assert {name: s["as_file"] for name, s in api.get(here)["secrets"].items()} == {
        "text": False,
        "object": True,
        "file": True,
    }
    before = sim.control.state()["a"]["deployments"]["logs"]["resources"]["main-elasticsearch"]["keystore"]
    left = patch({"object": {}, "more": {"value": 7}})
    after = sim.control.state()["a"]["deployments"]["logs"]["resources"]["main-elasticsearch"]["keystore"]

    assert set(left) == {"text", "file", "more"}
    assert before["text"] == after["text"]
    assert "s3cr3t" not in json.dumps([left, sim.control.state(), sim.control.calls(), sim.control.plan_history()])
    assert "pending" not in api.info(deployment)["plan_info"]


def test_keystore_contents_of_a_plan_are_write_only(api: Api) -> None:
    """`settings.keystore_contents` in a create request fills the keystore and is not shown among the settings."""
    from tests.simulator.support import create_body

    body = create_body()
    secrets = {"secrets": {"a": {"value": "hidden-value"}}}
    body["resources"]["elasticsearch"][0]["settings"] = {"keystore_contents": secrets}

    deployment = api.created(resources=body["resources"])

    assert list(api.get(f"/deployments/{deployment}/elasticsearch/_main/keystore")["secrets"]) == ["a"]
    everything = "show_settings=true&show_metadata=true&show_plan_history=true"
    assert "hidden-value" not in json.dumps(api.get(f"/deployments/{deployment}?{everything}"))


def test_account_put_and_patch(api: Api) -> None:
    """PUT sets, PATCH merges, null goes back to the factory default."""
    assert api.get("/account") == {"id": api.installation.account_id, "trust": {"trust_all": True}}
    assert api.put("/account", {"trust": {"trust_all": False}})["trust"] == {"trust_all": False}
    assert api.call("PATCH", "/account", {})["trust"] == {"trust_all": False}
    assert api.call("PATCH", "/account", {"trust": {}})["trust"] == {"trust_all": False}
    assert api.call("PATCH", "/account", {"trust": None})["trust"] == {"trust_all": True}
    mistakes: list[Any] = [[], {"trust": {"trust_all": "yes"}}]
    for wrong in mistakes:
        assert api.codes("PATCH", "/account", wrong, expect=400) == ["patch.request_malformed"]


def test_installations_have_identities_of_their_own() -> None:
    """Account, environment, keys, authority: nothing of one installation works on another."""
    sim = simulator(2)
    one, two = sim.installations

    assert one.account_id != two.account_id
    assert one.environment_id != two.environment_id
    assert one.ca_pem != two.ca_pem
    assert one.environment_id.isdigit()
    assert len(one.account_id) == 32
    foreign = Api(sim, 1, f"ApiKey {one.api_key}")
    assert foreign.codes("GET", "/platform", expect=401) == ["root.unauthenticated"]
    Api(sim, 0).created("only here")
    assert "only here" not in [d["name"] for d in Api(sim, 1).get("/deployments")["deployments"]]


def test_certificate_authority_of_a_deployment(api: Api) -> None:
    """All current and coming CA certificates with true metadata, and the name pattern of this cluster."""
    deployment = api.created()

    found = api.get(f"/deployments/{deployment}/certificate-authority")

    cluster = api.info(deployment)["cluster_id"]
    pattern = f"*.node.{cluster}.cluster.{api.installation.environment_id}.account"
    assert found["recommended_trust_restriction"] == pattern
    assert [c["active"] for c in found["public_certificates"]] == [True, False]
    for shown in found["public_certificates"]:
        certificate = x509.load_pem_x509_certificate(shown["pem"].encode())
        assert shown["metadata"]["fingerprint"] == certificate.fingerprint(hashes.SHA256()).hex()
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        assert constraints.value.ca is True


def test_templates_want_a_region(api: Api) -> None:
    """The region is a query parameter even here; hidden templates show on demand only."""
    assert api.refused_fields("GET", "/deployments/templates", None) == ["region"]
    assert api.codes("GET", "/deployments/templates?region=x", expect=400) == ["templates.region_not_found"]
    missing = "/deployments/templates/nope?region=ece-region"
    assert api.codes("GET", missing, expect=404) == ["templates.template_not_found"]
    listed = api.get("/deployments/templates?region=ece-region")
    assert [t["id"] for t in listed] == ["default", "storage-heavy"]
    everything = api.get("/deployments/templates?region=ece-region&show_hidden=true")
    assert [t["id"] for t in everything if t["hidden"]] == ["internal-system"]


def test_template_parts_on_demand(api: Api) -> None:
    """Instance configurations, zones and a stack version change what a template shows."""
    base = "/deployments/templates/default?region=ece-region"

    assert "max_zones" not in api.get(base)["instance_configurations"][0]
    assert api.get(f"{base}&show_max_zones=true")["instance_configurations"][0]["max_zones"] == 3
    assert api.get(f"{base}&show_instance_configurations=false")["instance_configurations"] == []
    resources = api.get(f"{base}&stack_version=9.2.0")["deployment_template"]["resources"]
    assert set(resources) == {"elasticsearch", "kibana", "integrations_server"}
    assert resources["kibana"][0]["plan"]["kibana"]["version"] == "9.2.0"


def test_migrate_template_is_a_proposal(api: Api) -> None:
    """The update for another template keeps sizes, names its template and can be sent as it is."""
    deployment = api.created()

    proposal = api.get(f"/deployments/{deployment}/migrate_template?template_id=storage-heavy")

    plan = proposal["resources"]["elasticsearch"][0]["plan"]
    assert plan["deployment_template"] == {"id": "storage-heavy"}
    assert [e["size"]["value"] for e in plan["cluster_topology"] if e["id"] == "hot_content"] == [4096]
    assert plan["cluster_topology"][0]["instance_configuration_version"] == 1
    api.put(f"/deployments/{deployment}", proposal)
    missing = f"/deployments/{deployment}/migrate_template?template_id=nope"
    assert api.codes("GET", missing, expect=400) == ["templates.template_not_found"]


@pytest.mark.parametrize("prefix", ["", "/regions/ece-region"])
def test_both_url_forms_answer(api: Api, prefix: str) -> None:
    """Clients use `/platform` and `/regions/{region}/platform`; a wrong region is told apart."""
    assert api.get(f"{prefix}/platform")["regions"][0]["region_id"] == "ece-region"
    newest = api.get(f"{prefix}/stack/versions")["stacks"][0]
    assert (newest["version"], newest["min_upgradable_from"]) == ("9.5.0", "8.19.0")
    assert api.codes("GET", "/regions/elsewhere/platform", expect=404) == ["root.region_not_found"]


def test_deleted_stack_versions(api: Api) -> None:
    """Shown only when asked for, and not usable."""
    versions = {s["version"] for s in api.get("/stack/versions")["stacks"]}
    more = {s["version"] for s in api.get("/stack/versions?show_deleted=true")["stacks"]}

    assert more - versions == {"8.12.2"}
    assert api.codes("GET", "/stack/versions/1.2.3", expect=404) == ["stackpack.version_not_found"]
