"""Elastic Cloud Hosted: an organization beside installations of ECE, and deployments there."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformVariable

from ece_constructs import Deployment, EceValueError, HostedDeployment, HostedEnvironment, Secret
from tests.constructs.worlds import SEARCH, SOME_ID, VERSION, hosted, world


def test_an_organization_is_reached_from_both_sides() -> None:
    """Objects of two sides need it in each block, and its own blocks say what kind of place it is."""
    made = world()
    shop = hosted(made)
    shop.connect_to(made.deployment("central"), access=SEARCH)
    blocks = {block["alias"]: block for block in made.template().providers()}
    assert blocks["ece"]["environments"] == {"elastic-shop": {"kind": "ech", "env_prefix": "ECH"}}
    assert (blocks["elastic-shop"]["kind"], blocks["elastic-shop"]["env_prefix"]) == ("ech", "ECH")
    assert blocks["elastic-shop"]["environments"]["ece"] == {"kind": "ece", "env_prefix": "ECE"}


def test_elasticsearch_there_is_reached_by_a_named_password() -> None:
    """There is no management channel; every block may have to write to it, and none holds the password."""
    made = world()
    elastic = HostedEnvironment(made.app, "elastic")
    HostedDeployment.from_id(
        made.stack,
        "shop",
        SOME_ID,
        environment=elastic,
        username="terraform",
        password=Secret.from_env("SHOP"),
        elasticsearch_url="https://shop.example.com",
    )
    made.deployment("central")
    login = {"username": "terraform", "password_env": "SHOP", "endpoint": "https://shop.example.com"}
    assert all(block["elasticsearch_credentials"] == {SOME_ID: login} for block in made.template().providers())


def test_both_directions_by_key_and_by_certificate() -> None:
    """The same verb, and the same objects as within ECE; nothing is handed over."""
    made = world()
    central, shop = made.deployment("central"), hosted(made)
    central.connect_to(shop, access=SEARCH)
    shop.connect_to(central, security_model="certificate", alias="central-by-certificate")
    template = made.template()
    template.has_connection("shop", remote={"deployment_id": SOME_ID, "environment": "elastic-shop"})
    template.has_connection("central-by-certificate", deployment_id=SOME_ID, provider="ece.elastic-shop")
    template.has_resource("ece_deployment_trust_direct", count=1, type="ESS", provider="ece.ece")
    template.has_resource("ece_deployment_trust_direct", count=1, type="ECE", provider="ece.elastic-shop")
    assert template.resources("ece_hand_over") == {}


def test_each_region_brings_its_ca() -> None:
    """The CA of an organization is one per region, and ECE knows a CA under one set of certificates."""
    made = world()
    elastic = HostedEnvironment(made.app, "elastic")
    central, logs = made.deployment("central"), made.deployment("logs")
    shops = [
        HostedDeployment.from_id(made.stack, f"shop{number}", f"{number}{SOME_ID[1:]}", environment=elastic)
        for number in (1, 2)
    ]
    central.connect_to(shops[0], security_model="certificate")
    central.connect_to(shops[1], security_model="certificate")
    logs.connect_to(shops[0], security_model="certificate")
    found = made.template().resources("ece_deployment_trust_direct").values()
    certificates = {block["certificates"] for block in found if block["type"] == "ESS"}
    assert len(certificates) == 1
    assert certificates.pop().count("certificates_pem") == 2
    assert sorted(len(block["cluster_ids"]) for block in found if block["type"] == "ESS") == [1, 2]


def test_rule_sets_there_name_the_region() -> None:
    """A rule set of Elastic Cloud belongs to a region; within one organization it names clusters."""
    made = world()
    elastic = HostedEnvironment(made.app, "elastic")
    shop, cart = (
        HostedDeployment.from_id(made.stack, name, SOME_ID, environment=elastic, region="aws-eu-central-1")
        for name in ("shop", "cart")
    )
    shop.allow_from(cart)
    made.template().has_resource(
        "ece_traffic_filter", count=1, type="remote_cluster", region="aws-eu-central-1", provider="ece.elastic"
    )


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"environment": "ece"}, "environment is Environment ece: a HostedEnvironment is needed"),
        ({"deployment_id": "shop"}, "deployment_id is 'shop'"),
        ({"password": "changeme"}, r"password is '\(not shown\)'"),
        ({"username": ""}, "username is ''"),
    ],
)
def test_what_is_no_hosted_deployment_is_refused(options: dict[str, Any], text: str) -> None:
    """A deployment of ECE by mistake would be looked for in the wrong place; a password must not be shown."""
    made = world()
    elastic = HostedEnvironment(made.app, "elastic")
    given = {"deployment_id": SOME_ID, "environment": elastic, "password": Secret.from_env("SHOP"), **options}
    if given["environment"] == "ece":
        given["environment"] = made.ece
    with pytest.raises(EceValueError, match=text) as raised:
        HostedDeployment(made.stack, "shop", **given)
    assert "changeme" not in str(raised.value)


@pytest.mark.parametrize(
    ("is_local", "model", "side"),
    [(True, "api_key", "local"), (True, "certificate", "local"), (False, "api_key", "remote")],
)
def test_who_is_written_to_needs_a_login(is_local: bool, model: str, side: str) -> None:
    """Found at synth, not when the first key is made."""
    made = world()
    shop = HostedDeployment.from_id(made.stack, "shop", SOME_ID, environment=HostedEnvironment(made.app, "elastic"))
    central = made.deployment("central")
    local, remote = (shop, central) if is_local else (central, shop)
    with pytest.raises(EceValueError, match=rf"{side} is HostedDeployment search/shop: .*password=Secret"):
        local.connect_to(remote, access=SEARCH if model == "api_key" else None, security_model=model)


def test_no_deployment_is_made_there() -> None:
    """Elastic's own provider does that."""
    made = world()
    elastic = HostedEnvironment(made.app, "elastic")
    with pytest.raises(EceValueError, match=r"deployments are made on ECE; HostedDeployment\.from_id"):
        Deployment(made.stack, "shop", environment=elastic, version=VERSION)


def test_a_hosted_id_may_be_a_token_without_a_password() -> None:
    """Credentials stand in provider blocks by id, which must be known; a connection needs no such thing."""
    made = world()
    elastic = HostedEnvironment(made.app, "elastic")
    unknown = TerraformVariable(made.stack, "v", type="string").string_value
    shop = HostedDeployment.from_id(made.stack, "shop", unknown, environment=elastic)
    made.deployment("central").connect_to(shop, security_model="certificate")
    made.template().has_connection("shop", remote={"deployment_id": "${var.v}", "environment": "elastic"})
    with pytest.raises(EceValueError, match="with a password it must be known now"):
        HostedDeployment.from_id(made.stack, "cart", unknown, environment=elastic, password=Secret.from_env("SHOP"))
