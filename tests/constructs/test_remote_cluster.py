"""Connections: keys, trust, order of upgrades, and what is refused at synth."""

from __future__ import annotations

from typing import Any

import pytest

from ece_constructs import (
    Access,
    Deployment,
    EceValueError,
    Environment,
    RemoteCluster,
    TrustRelationship,
    testing,
)
from ece_constructs.cdk import TerraformStack
from tests.constructs.worlds import SOME_ID, VERSION, World, world

SEARCH = Access.search("logs-*")


def other(
    made: World, id_: str = "orders", stack: TerraformStack | None = None, *, private: bool = False
) -> Deployment:
    """A deployment of a second environment."""
    paris = Environment(made.app, f"paris-{id_}", env_prefix=id_.upper(), private_proxy_ca=private)
    return Deployment(made.stack, id_, environment=paris, version=VERSION)


def test_a_connection_by_key_in_one_environment() -> None:
    """The usual case: a key with its access, and settings that wait for it; no trust is touched."""
    made = world()
    central, logs = made.deployment("central"), made.deployment("logs")
    central.connect_to(logs, access=SEARCH, expiration="90d", rotate_after="60d")
    template = made.template()
    local, remote = "${ece_deployment.central_358EFA7F.id}", "${ece_deployment.logs_0B6081B1.id}"
    assert template.only("ece_cross_cluster_api_key") == {
        "name": "central-to-logs",
        "access": {"search": [{"names": ["logs-*"]}]},
        "expiration": "90d",
        "rotate_after": "60d",
        "local": {"deployment_id": local, "alias": "logs"},
        "remote": {"deployment_id": remote},
        "provider": "ece.ece",
    }
    (key,) = template.resources("ece_cross_cluster_api_key")
    template.has_connection(
        "logs", security_model="api_key", deployment_id=local, cross_cluster_api_key_id=f"${{{key}.id}}"
    )
    assert not any(name.startswith("ece_deployment_trust") for name in template.addresses())


def test_the_remote_is_upgraded_before_the_local_side() -> None:
    """An older remote is not searched: the edge makes Terraform change it first."""
    made = world()
    central, logs = made.deployment("central"), made.deployment("logs")
    central.connect_to(logs, access=SEARCH)
    deployments = made.template().resources("ece_deployment")
    assert deployments["ece_deployment.central_358EFA7F"]["depends_on"] == ["ece_deployment.logs_0B6081B1"]
    assert "depends_on" not in deployments["ece_deployment.logs_0B6081B1"]


def test_connections_both_ways_close_no_circle() -> None:
    """A mutual pair has no order of upgrades, and Terraform refuses circles."""
    made = world()
    central, logs = made.deployment("central"), made.deployment("logs")
    central.connect_to(logs, access=SEARCH)
    second = logs.connect_to(central, access=Access.replicate("catalog"))
    template = made.template()
    assert "neither is upgraded first" in str(second.node.metadata[0].data)
    assert all("depends_on" not in block for block in template.resources("ece_deployment").values())
    assert len(template.resources("ece_remote_cluster")) == 2


def test_a_private_ca_of_another_environment_is_trusted() -> None:
    """Without it TLS to the remote's proxy fails; one entry serves all connections to that environment."""
    made = world()
    central, orders = made.deployment("central"), other(made, private=True)
    central.connect_to(orders, access=SEARCH)
    template = made.template()
    trust = template.only("ece_deployment_trust_direct")
    assert (trust["type"], "cluster_ids" in trust, trust["provider"]) == ("proxy", False, "ece.ece")
    (address,) = template.resources("ece_deployment_trust_direct")
    template.has_connection("orders", depends_on=[address], remote={"environment": "paris-orders"})


def test_peers_of_a_deployment_share_an_account_entry() -> None:
    """ECE keeps one list; two objects for it would undo each other for ever."""
    made = world()
    central, logs, audit = (made.deployment(name) for name in ("central", "logs", "audit"))
    for remote in (logs, audit):
        central.connect_to(remote, security_model="certificate")
    template = made.template()
    lists = [block["cluster_ids"] for block in template.resources("ece_deployment_trust_account").values()]
    assert sorted(len(ids) for ids in lists) == [1, 1, 2]
    assert template.resources("ece_cross_cluster_api_key") == {}


def test_platform_trust_has_a_record_on_each_side() -> None:
    """Each installation must know the other one, and each deployment must trust the other one through it."""
    made = world()
    central, orders = made.deployment("central"), other(made)
    trust = TrustRelationship.between(made.ece, orders.environment, scope=made.stack)
    central.connect_to(orders, security_model="certificate", trust=trust)
    template = made.template()
    records = template.resources("ece_trust_relationship")
    assert {block["provider"] for block in records.values()} == {"ece.ece", "ece.paris-orders"}
    entries = template.resources("ece_deployment_trust_external").values()
    used = {block["provider"]: block["trust_relationship_id"] for block in entries}
    assert used == {block["provider"]: f"${{{address}.id}}" for address, block in records.items()}
    assert template.resources("ece_deployment_trust_direct") == {}


def test_direct_trust_carries_ca_and_scope_of_the_other_side() -> None:
    """Without a relationship each deployment holds the other environment's CA itself."""
    made = world()
    made.deployment("central").connect_to(other(made), security_model="certificate")
    entries = made.template().resources("ece_deployment_trust_direct").values()
    assert {(block["type"], block["provider"], block["scope_id"]) for block in entries} == {
        ("ECE", "ece.ece", "${data.ece_environment.EceEnvironment-paris-orders.environment_id}"),
        ("ECE", "ece.paris-orders", "${data.ece_environment.EceEnvironment-ece.environment_id}"),
    }


def test_a_pair_across_stacks_stands_in_a_scope_of_its_own() -> None:
    """Below the two sides each stack would refer to the other one."""
    made = world()
    data, links = TerraformStack(made.app, "data"), TerraformStack(made.app, "links")
    central, logs = made.deployment("central"), made.deployment("logs", data)
    central.connect_to(logs, access=SEARCH, scope=links)
    logs.connect_to(central, access=SEARCH, scope=links)
    template = made.template()
    assert len(template.stack("links").resources("ece_remote_cluster")) == 2
    assert template.stack("search").resources("ece_remote_cluster") == {}


def test_one_entry_stands_in_one_stack() -> None:
    """A second object for the same list would remove what the first one holds."""
    made = world()
    links = TerraformStack(made.app, "links")
    central, logs, audit = (made.deployment(name) for name in ("central", "logs", "audit"))
    central.connect_to(logs, security_model="certificate")
    with pytest.raises(EceValueError, match="entry Account is one list, made in stack search already"):
        central.connect_to(audit, security_model="certificate", scope=links)


def test_an_imported_remote_is_called_by_its_id_in_the_program() -> None:
    """Its name is known later, and an alias is contract."""
    made = world()
    archive = Deployment.from_id(made.stack, "archive", SOME_ID, environment=made.ece)
    made.deployment("central").connect_to(archive, access=SEARCH)
    made.template().has_connection("archive", remote={"deployment_id": SOME_ID})


def test_accesses_add_up() -> None:
    """One key serves both uses of a connection."""
    both = Access.search("orders-*") + Access.replicate("stock")
    assert both.arguments() == {"search": [{"names": ["orders-*"]}], "replication": [{"names": ["stock"]}]}


def test_old_versions_use_certificates() -> None:
    """Keys need 8.14 on both sides."""
    made = world()
    old = Deployment(made.stack, "old", environment=made.ece, version="8.13.4")
    older = Deployment(made.stack, "older", environment=made.ece, version="8.12.0")
    assert old.connect_to(older).security_model == "certificate"


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "access is None: the key must give access"),
        ({"access": "logs-*"}, "access is 'logs-*': Access.search"),
        ({"access": SEARCH, "alias": "Logs!"}, "alias is 'Logs!': is no alias: lower-case letters"),
        ({"access": SEARCH, "security_model": "tls"}, "security_model is 'tls': api_key or certificate is needed"),
        ({"access": SEARCH, "security_model": "certificate"}, "has no key; roles of both sides decide"),
        ({"access": SEARCH, "managed_through": "ece"}, "managed_through is 'ece': elasticsearch or platform is needed"),
        ({"access": SEARCH, "managed_through": "platform"}, 'goes with security_model = "certificate"'),
        ({"access": SEARCH, "expiration": "90 days"}, "expiration is '90 days'"),
        ({"access": SEARCH, "expiration": "60d", "rotate_after": "90d"}, "rotate_after must be shorter"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], text: str) -> None:
    """Each text names the option and what to write instead."""
    made = world()
    with pytest.raises(EceValueError) as raised:
        made.deployment("central").connect_to(made.deployment("logs"), **options)
    assert text in str(raised.value)


def test_the_platforms_list_is_chosen_by_name() -> None:
    """For those whose ECE keeps its own list; the settings of the cluster are the default, and say nothing."""
    made = world()
    central, logs = made.deployment("central"), made.deployment("logs")
    central.connect_to(logs, security_model="certificate", managed_through="platform", alias="listed")
    central.connect_to(logs, security_model="certificate", alias="set")
    template = made.template()
    template.has_connection("listed", security_model="certificate", managed_through="platform")
    found = {each["alias"]: each for each in template.resources("ece_remote_cluster").values()}
    assert "managed_through" not in found["set"]


def test_versions_that_do_not_fit_are_refused() -> None:
    """8.19 is not searched from 9.0, which is found at once and not after two deployments were made."""
    made = world()
    local = Deployment(made.stack, "a", environment=made.ece, version="9.0.0")
    remote = Deployment(made.stack, "b", environment=made.ece, version="8.19.0")
    with pytest.raises(EceValueError, match="cannot search"):
        local.connect_to(remote, access=SEARCH)


def test_an_alias_has_one_owner() -> None:
    """Two connections of one alias would overwrite each other's secret and settings."""
    made = world()
    central, logs, audit = (made.deployment(name) for name in ("central", "logs", "audit"))
    central.connect_to(logs, access=SEARCH)
    with pytest.raises(EceValueError, match="search/central/Remote/logs owns this alias"):
        RemoteCluster(made.stack, "second", local=central, remote=audit, access=SEARCH, alias="logs")


def test_documents_cannot_be_restricted_beside_replication() -> None:
    """Elasticsearch refuses such keys since 8.14."""
    with pytest.raises(EceValueError, match="query or field_security"):
        Access.search("a", query='{"match_all": {}}') + Access.replicate("b")


def test_a_wrong_alias_is_seen_by_has_connection() -> None:
    """An assertion that cannot fail proves nothing."""
    made = world()
    made.deployment("central").connect_to(made.deployment("logs"), access=SEARCH)
    with pytest.raises(AssertionError):
        testing.Template.from_app(made.app).has_connection("audit")
