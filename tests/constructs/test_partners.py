"""Partners outside of ECE: what their owners do, what Terraform does, and what is refused at synth."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cdktf import TerraformVariable

from ece_constructs import Access, EceValueError, ElasticsearchApi, Secret, SelfManagedCluster, TrustRelationship
from ece_constructs.testing import Template
from tests.constructs.worlds import (
    CA_PEM,
    KUBERNETES_CA_PEM,
    MANIFEST,
    SEARCH,
    SOME_ID,
    VERSION,
    World,
    api,
    eck,
    hosted,
    partners_by_certificate,
    self_managed,
    world,
)

TEXT = "${var.v}"
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


def two_partners(made: World) -> None:
    """Neither side is a deployment."""
    self_managed(made).connect_to(eck(made), access=SEARCH, secret_file="/secrets/c")


def no_address(made: World) -> None:
    """Nothing tells where the remote is."""
    made.deployment("central").connect_to(self_managed(made, api=api("onprem"), address=None), access=SEARCH)


def no_secret_file(made: World) -> None:
    """The key would go nowhere."""
    self_managed(made).connect_to(made.deployment("central"), access=SEARCH)


def needless_secret_file(made: World) -> None:
    """The keystore is written by API."""
    made.deployment("central").connect_to(made.deployment("logs"), access=SEARCH, secret_file="/secrets/c")


def no_secret(made: World) -> None:
    """Nobody makes a key."""
    made.deployment("central").connect_to(self_managed(made), access=SEARCH)


def needless_secret(made: World) -> None:
    """The key is made here."""
    key = Secret.from_env("KEY")
    made.deployment("central").connect_to(self_managed(made, api=api("onprem")), access=SEARCH, secret=key)


def life_of_a_foreign_key(made: World) -> None:
    """Its administrator makes the key, and makes the next one."""
    made.deployment("central").connect_to(
        self_managed(made), access=SEARCH, secret=Secret.from_env("KEY"), expiration="90d"
    )


def no_server_ca(made: World) -> None:
    """The server's certificate would not be trusted."""
    made.deployment("central").connect_to(self_managed(made, api=api("onprem"), ca_pem=()), access=SEARCH)


def own_nodes_locked_out(made: World) -> None:
    """A trust file without the cluster's own nodes breaks the cluster."""
    silent = self_managed(made, scope_id=None, cluster_id=None, node_names=())
    made.deployment("central").connect_to(silent, security_model="certificate")


def no_manifest(made: World) -> None:
    """A patch of lists needs the lists."""
    eck(made, manifest=None).connect_to(made.deployment("central"), access=SEARCH, secret_file="/secrets/c")


def platform_trust(made: World) -> None:
    """Platform trust is between installations of ECE."""
    elastic = hosted(made)
    relationship = TrustRelationship(made.stack, "t", first=made.ece, second=elastic.environment)
    made.deployment("central").connect_to(elastic, security_model="certificate", trust=relationship)


@pytest.mark.parametrize(
    ("program", "text"),
    [
        (two_partners, r"search/onprem/Remote/eck: remote is .*one side of a connection is a deployment on"),
        (no_address, r'remote is .*it tells no address: give it address="onprem\.example\.com"'),
        (no_secret_file, r"secret_file is None: no API writes the keystore of onprem: name the file that gets the key"),
        (needless_secret_file, r"secret_file is '/secrets/c': no key goes to people here"),
        (no_secret, r"secret is None: no API makes a key on onprem: give the cluster api=ElasticsearchApi"),
        (needless_secret, r"secret is '\(not shown\)': the key is made here; leave it out"),
        (life_of_a_foreign_key, r"expiration is '90d': no API reaches search/onprem: its administrator makes the key"),
        (no_server_ca, r"the CA of its remote cluster server is needed: give it ca_pem=\[…\], or public_ca=True"),
        (own_nodes_locked_out, r"remote\.node_names is .*lock out the cluster's own nodes.*V44"),
        (no_manifest, r"local\.manifest is .*manifest is needed"),
        (platform_trust, r"trust is .*is between two installations of ECE"),
    ],
)
def test_what_cannot_work_is_told_where_it_is_written(program: Any, text: str) -> None:
    """Each of these is found by hand today, after hours: path, argument and the way out are in the message."""
    with pytest.raises(EceValueError, match=text):
        program(world())


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"version": "9"}, "version is '9'"),
        ({"address": "https://onprem.example.com"}, "address is 'https://onprem.example.com'"),
        ({"ca_pem": CA_PEM}, "ca_pem is .*a list is needed"),
        ({"ca_pem": ["no certificate"]}, "ca_pem is 'no certificate'"),
        ({"egress": ["onprem.example.com"]}, "egress is 'onprem.example.com'.*DNS names are not allowed"),
        ({"api": "ONPREM"}, "api is 'ONPREM': ElasticsearchApi"),
        ({"api": ElasticsearchApi(env_prefix="")}, r"api\.env_prefix is ''"),
        ({"public_ca": "no"}, "public_ca is 'no': True or False"),
        ({"name": ""}, "name is ''"),
    ],
)
def test_wrong_facts_of_a_partner_are_named(options: dict[str, Any], text: str) -> None:
    """The facts come from another team, by mail: what is wrong with them must be seen before anything is deployed."""
    with pytest.raises(EceValueError, match=f"search/onprem: {text}"):
        self_managed(world(), **options)


def test_two_partners_do_not_read_the_same_variables() -> None:
    """A copied line would have one cluster's keys made on the other one."""
    made = world()
    self_managed(made, api=api("onprem"))
    with pytest.raises(EceValueError, match=r"search_onprem reads ONPREM_ENDPOINT as well: give this one another"):
        self_managed(made, "second", api=api("onprem"))
    self_managed(made, "third", api=ElasticsearchApi(env_prefix="ONPREM", endpoint="https://third.example.com"))


def test_a_manifest_that_is_none_is_refused() -> None:
    """A patch made from another resource would take node sets away."""
    with pytest.raises(EceValueError, match=r"search/eck: manifest is .*spec\.nodeSets is missing"):
        eck(world(), manifest={"metadata": {"name": "shop"}, "spec": {}})


def test_versions_of_partners_are_judged() -> None:
    """The version is in the program, so the pair is judged before the deploy."""
    made = world()
    old = self_managed(made, version="8.10.0", api=api("onprem"))
    with pytest.raises(EceValueError, match=r"on 8\.10\.0\..*V4"):
        made.deployment("central").connect_to(old, access=SEARCH, security_model="api_key")


@pytest.mark.parametrize(
    ("option", "type_", "expected"),
    [
        ("name", "ece_hand_over", {"remote": {"name": TEXT}}),
        ("version", "ece_hand_over", {"remote": {"version": TEXT}}),
        ("address", "ece_hand_over", {"remote": {"address": TEXT}}),
        ("server_name", "ece_hand_over", {"remote": {"server_name": TEXT}}),
        ("scope_id", "ece_hand_over", {"remote": {"scope_id": TEXT}}),
        ("cluster_id", "ece_hand_over", {"remote": {"cluster_id": TEXT}}),
        ("ca_pem", "ece_deployment_trust_direct", {"certificates": [TEXT]}),
        ("node_names", "ece_hand_over", {"remote": {"node_names": [TEXT]}}),
        ("home", "ece_hand_over", {"remote": {"home": TEXT}}),
        ("restart_command", "ece_hand_over", {"remote": {"restart_command": TEXT}}),
    ],
)
def test_facts_of_a_partner_may_be_tokens(option: str, type_: str, expected: dict[str, Any]) -> None:
    """CAs and ids often come from another program's outputs; they are judged when Terraform runs."""
    made = world()
    unknown = TerraformVariable(made.stack, "v", type="any").string_value
    value = [unknown] if option in ("ca_pem", "node_names") else unknown
    options: dict[str, Any] = {option: value}
    partner = self_managed(made, **options)
    made.deployment("central").connect_to(partner, security_model="certificate", alias="onprem")
    made.template().has_resource(type_, **expected)


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("cluster_name", {"remote": {"cluster_name": TEXT}}),
        ("namespace", {"remote": {"namespace": TEXT}}),
        ("address", {"remote": {"address": TEXT}}),
        ("server_name", {"remote": {"server_name": TEXT}}),
        ("version", {"remote": {"version": TEXT}}),
    ],
)
def test_facts_of_kubernetes_may_be_tokens(option: str, expected: dict[str, Any]) -> None:
    """Addresses of load balancers come out of another program."""
    made = world()
    options: dict[str, Any] = {option: TerraformVariable(made.stack, "v", type="any").string_value}
    made.deployment("central").connect_to(eck(made, api=api("eck"), **options), access=SEARCH)
    made.template().has_resource("ece_hand_over", **expected)


def test_a_manifest_may_hold_tokens() -> None:
    """The resource may be made by the same program; what is not known yet is not judged."""
    made = world()
    unknown = TerraformVariable(made.stack, "v", type="any").string_value
    manifest = {**MANIFEST, "metadata": {"name": "shop", "namespace": unknown}}
    partner = eck(made, manifest=manifest, node_names=["shop-es-default-0.node.shop.prod.es.local"])
    made.deployment("central").connect_to(partner, security_model="certificate")
    (block_,) = made.template().resources("ece_hand_over").values()
    assert '"namespace": "${var.v}"' in block_["remote"]["manifest"]


@pytest.mark.parametrize(
    ("option", "type_", "expected"),
    [
        ("secret_file", "ece_hand_over", {"secret_file": TEXT}),
        ("secret_file", "ece_cross_cluster_api_key", {"local": {"secret_file": TEXT}}),
        ("hand_over", "ece_hand_over", {"folder": TEXT}),
        ("alias", "ece_hand_over", {"alias": TEXT}),
        ("expiration", "ece_cross_cluster_api_key", {"expiration": TEXT}),
        ("skip_unavailable", "ece_remote_cluster", {"skip_unavailable": TEXT}),
        ("skip_unavailable", "ece_hand_over", {"skip_unavailable": TEXT}),
        ("wait_for_connected", "ece_remote_cluster", {"wait_for_connected": TEXT}),
    ],
)
def test_options_of_a_connection_may_be_tokens(option: str, type_: str, expected: dict[str, Any]) -> None:
    """Paths and switches come from variables of the pipeline."""
    made = world()
    unknown = TerraformVariable(made.stack, "v", type="any")
    is_switch = option in ("skip_unavailable", "wait_for_connected")
    given: dict[str, Any] = {"secret_file": "/secrets/c", option: unknown.value if is_switch else unknown.string_value}
    self_managed(made, api=api("onprem")).connect_to(made.deployment("central"), access=SEARCH, **given)
    made.template().has_resource(type_, **expected)


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
