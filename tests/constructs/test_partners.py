"""Partners outside of ECE: what their owners do, and what Terraform does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ece_constructs import Access, EceValueError, Secret, SelfManagedCluster
from ece_constructs.testing import Template
from tests.constructs.worlds import (
    CA_PEM,
    KUBERNETES_CA_PEM,
    MANIFEST,
    SEARCH,
    SOME_ID,
    VERSION,
    api,
    eck,
    hosted,
    partners_by_certificate,
    self_managed,
    world,
)

CENTRAL = "${ece_deployment.central_358EFA7F.id}"


def block(template: Template, type_: str, alias: str) -> dict[str, Any]:
    """The one block of a type and an alias."""
    (found,) = [each for each in template.resources(type_).values() if each.get("alias") == alias]
    return found


def test_a_key_of_a_partner_that_is_reached() -> None:
    """With credentials the same objects do the work as within ECE, and only the files of its nodes are handed over."""
    made = world()
    made.deployment("central").connect_to(self_managed(made, api=api("onprem")), access=SEARCH)
    template = made.template()
    template.has_resource(
        "ece_cross_cluster_api_key",
        local={"deployment_id": CENTRAL, "alias": "onprem"},
        remote={"environment": "search_onprem"},
    )
    template.has_connection(
        "onprem", remote={"environment": "search_onprem", "address": "onprem.example.com"}, deployment_id=CENTRAL
    )
    template.has_resource("ece_deployment_trust_direct", type="proxy", certificates=[CA_PEM], deployment_id=CENTRAL)
    remote = block(template, "ece_hand_over", "onprem")["remote"]
    assert (remote["kind"], remote["environment"]) == ("self_managed", "search_onprem")
    (provider,) = template.providers()
    assert provider["environments"]["search_onprem"] == {"kind": "elasticsearch", "env_prefix": "ONPREM"}


def test_a_key_that_the_partners_administrator_made() -> None:
    """Without credentials the key is made there by hand; here it is named, and never a value."""
    made = world()
    connection = made.deployment("central").connect_to(
        eck(made), access=SEARCH, secret=Secret.from_file("/secrets/eck")
    )
    template = made.template()
    template.has_resource(
        "ece_keystore_secret", name="cluster.remote.eck.credentials", value_file="/secrets/eck", deployment_id=CENTRAL
    )
    template.has_connection(
        "eck",
        external_secret=True,
        proxy_address="remote.example.com:9443",
        server_name="shop-es-remote-cluster.prod.svc",
    )
    handed = block(template, "ece_hand_over", "eck")
    assert (handed["secret_file"], handed["access"]) == ("/secrets/eck", {"search": [{"names": ["logs-*"]}]})
    assert template.resources("ece_cross_cluster_api_key") == {}
    assert connection.hand_over is not None


def test_a_local_partner_gets_its_key_as_a_file() -> None:
    """No API writes its keystore; without credentials its settings are handed over, too."""
    made = world()
    connection = self_managed(made).connect_to(made.deployment("central"), access=SEARCH, secret_file="/secrets/c")
    template = made.template()
    local = {"name": "onprem", "alias": "central", "secret_file": "/secrets/c"}
    template.has_resource("ece_cross_cluster_api_key", local=local, remote={"deployment_id": CENTRAL})
    assert template.resources("ece_remote_cluster") == {}
    with pytest.raises(EceValueError, match="the settings of the local cluster are handed over"):
        _ = connection.resource


def test_a_local_partner_that_is_reached_keeps_settings_by_api() -> None:
    """Terraform writes them through the partner's entry, with the provider of the deployment's environment."""
    made = world()
    eck(made, api=api("eck")).connect_to(made.deployment("central"), access=SEARCH, secret_file="/secrets/c")
    made.template().has_connection(
        "central", environment="search_eck", remote={"deployment_id": CENTRAL}, provider="ece.ece"
    )


def test_trust_in_partners_is_direct() -> None:
    """Each kind by what its certificates carry; one entry for each, and the hosted one with the CA of its region."""
    template = Template.from_app(partners_by_certificate())
    entries = {each["name"]: each for each in template.resources("ece_deployment_trust_direct").values()}
    by_type = {name: each["type"] for name, each in entries.items()}
    assert by_type == {"elastic-shop": "ESS", "onprem": "generic", "eck": "generic", "ece": "ECE"}
    assert entries["onprem"]["scope_id"] == "onprem"
    assert entries["onprem"]["cluster_ids"] == [SOME_ID]
    pods = [f"shop-es-default-{number}.node.shop.prod.es.local" for number in (0, 1)]
    assert entries["eck"]["additional_node_names"] == pods
    assert "scope_id" not in entries["eck"]
    read = "data.ece_certificate_authority.Authority_shop_7F8356D9"
    assert entries["elastic-shop"]["certificates"] == f"${{distinct(concat({read}.certificates_pem))}}"
    assert entries["elastic-shop"]["scope_id"] == f"${{{read}.environment_id}}"


def test_names_alone_are_trusted_where_there_is_no_scope() -> None:
    """A self-managed cluster need not follow Elastic Cloud's pattern."""
    made = world()
    plain = self_managed(made, scope_id=None, cluster_id=None, node_names=["n1.example.com"])
    made.deployment("central").connect_to(plain, security_model="certificate")
    template = made.template()
    template.has_resource("ece_deployment_trust_direct", additional_node_names=["n1.example.com"])
    template.has_connection("onprem", proxy_address="onprem.example.com:9300")


def test_partners_of_one_ca_share_an_entry() -> None:
    """ECE keeps one entry for a CA, and a data centre has one CA for all its clusters."""
    made = world()
    central = made.deployment("central")
    for id_ in ("one", "two"):
        central.connect_to(self_managed(made, id_, cluster_id=f"{id_}-cluster"), security_model="certificate")
    three = self_managed(made, "three", scope_id=None, cluster_id=None, node_names=["n3.example.com"])
    central.connect_to(three, security_model="certificate")
    made.template().has_resource(
        "ece_deployment_trust_direct",
        count=1,
        name="one",
        scope_id="onprem",
        cluster_ids=["one-cluster", "two-cluster"],
        additional_node_names=["n3.example.com"],
    )


def test_servers_of_one_ca_share_an_entry() -> None:
    """One entry serves many keys."""
    made = world()
    central = made.deployment("central")
    for id_ in ("one", "two"):
        central.connect_to(self_managed(made, id_, api=api(id_)), access=SEARCH)
    made.template().has_resource("ece_deployment_trust_direct", count=1, type="proxy")


def test_one_ca_is_not_trusted_twice() -> None:
    """Two entries of one CA are refused by ECE in the middle of a deploy."""
    made = world()
    central, onprem = made.deployment("central"), self_managed(made, api=api("onprem"))
    central.connect_to(onprem, access=SEARCH)
    with pytest.raises(EceValueError, match=r"trusted by the entry ServerCa-search_onprem already.*V19"):
        onprem.connect_to(central, security_model="certificate")
    other = self_managed(made, "other", server_ca_pem=[KUBERNETES_CA_PEM], api=api("other"))
    logs = made.deployment("logs")
    logs.connect_to(other, access=SEARCH)
    other.connect_to(logs, security_model="certificate")


def test_partners_of_one_ca_have_one_scope() -> None:
    """The entry has one scope; a second one would be lost without a word."""
    made = world()
    central = made.deployment("central")
    central.connect_to(self_managed(made, "one"), security_model="certificate")
    with pytest.raises(EceValueError, match=r"one scope_id; here are onprem, other"):
        central.connect_to(self_managed(made, "two", scope_id="other"), security_model="certificate")


def test_files_come_before_a_connection_waits_for_them() -> None:
    """When the partner is not ready the deploy may fail, but its owner holds everything that is to be done."""
    made = world()
    made.deployment("central").connect_to(self_managed(made, api=api("onprem")), access=SEARCH)
    found = block(made.template(), "ece_remote_cluster", "onprem")["depends_on"]
    assert "ece_hand_over.central_Remote_onprem_HandOver_F9658E01" in found


def test_addresses_of_partners_become_ip_rules() -> None:
    """Rules for clusters see only one's own installation; partners come in by address."""
    made = world()
    made.deployment("central").allow_from(made.office(), self_managed(made), eck(made), hosted(made))
    made.template().has_resource(
        "ece_traffic_filter",
        count=1,
        name="central-egress",
        rules=[
            {"source": "203.0.113.6", "description": "eck"},
            {"source": "203.0.113.5", "description": "onprem"},
            {"source": "192.0.2.128/25", "description": "elastic-shop"},
        ],
    )


def test_a_manifest_is_kept_whole() -> None:
    """A merge patch replaces lists, so what stands in the resource must reach the provider."""
    made = world()
    eck(made).connect_to(made.deployment("central"), access=Access.search("logs-*"), secret_file="/secrets/c")
    local = block(made.template(), "ece_hand_over", "central")["local"]
    assert (local["cluster_name"], local["namespace"], local["version"]) == ("shop", "prod", VERSION)
    assert json.loads(local["manifest"]) == MANIFEST


def test_a_partner_is_known_by_its_path() -> None:
    """Two of one name in different scopes must not share an entry of environments."""
    made = world()
    one = SelfManagedCluster(made.stack, "onprem", api=api("one"))
    assert (one.name, one.alias, one.environment) == ("onprem", "search_onprem", None)
    with pytest.raises(EceValueError, match="gives the alias search_onprem of search/onprem"):
        SelfManagedCluster(made.app, "search_onprem", name="x", api=api("two"))
