# ruff: noqa: S101  (asserts are the point of a test)
"""How a company tests its constructs: no Terraform, no ECE, a golden list of addresses."""

from __future__ import annotations

import pytest
from cdktf import Aspects, TerraformStack
from company_ece import TeamTagPolicy
from company_ece.partners import AUTHORITY

from ece_constructs import Deployment, Environment, testing
from ece_constructs.testing import Template
from main import build

ADDRESSES = [
    "ece_cross_cluster_api_key.everything_search-to-archive_Key_5B2C69B6",
    "ece_cross_cluster_api_key.everything_search-to-orders_Key_61C9AF82",
    "ece_deployment.orders_6F340B18",
    "ece_deployment.search_F2A83B93",
    "ece_deployment_trust_direct.search_Trust_ServerCa-shop_archive_75156873",
    "ece_hand_over.everything_search-to-archive_HandOver_82A9472B",
    "ece_remote_cluster.everything_search-to-archive_88246012",
    "ece_remote_cluster.everything_search-to-orders_AADAEBA7",
    "ece_traffic_filter.office_8E60430F",
    "ece_traffic_filter.orders_Peers_6C7D2FFB",
    "ece_traffic_filter.search_Peers_3D5D54E0",
    "ece_traffic_filter_association.orders_Allow_office_96F92E65",
    "ece_traffic_filter_association.orders_Peers_Association_A0C24837",
    "ece_traffic_filter_association.search_Allow_office_375FD85B",
    "ece_traffic_filter_association.search_Peers_Association_747316CC",
]


def template() -> Template:
    """What the program synthesizes to."""
    app = testing.app()
    build(app)
    return Template.from_app(app)


def test_addresses_stay() -> None:
    """A changed address destroys a deployment and makes another."""
    assert template().addresses() == ADDRESSES


def test_defaults_arrive() -> None:
    """The company's choices reach both the derived and the wrapped deployment."""
    template().has_resource("ece_deployment", name="orders", tags={"team": "shop"}, version="9.2.0")
    template().has_resource("ece_deployment", name="search", tiers={"hot": {"size": "8g", "zone_count": 2}})


def test_a_wrapped_deployment_is_a_peer() -> None:
    """The rule names the inner deployment's cluster id."""
    template().has_resource("ece_traffic_filter", name="search-peers", type="remote_cluster")


def test_the_central_deployment_searches_everything() -> None:
    """The wrapped deployment by its own name, the data centre by its address and the company's CA."""
    template().has_connection("orders", remote={"deployment_id": "${ece_deployment.orders_6F340B18.id}"})
    template().has_connection(
        "archive", remote={"environment": "shop_archive", "address": "archive.dc.example.com"}, wait_for_connected=False
    )
    template().has_resource("ece_deployment_trust_direct", type="proxy", certificates=[AUTHORITY.read_text()])


def test_the_data_centre_is_told_what_to_do() -> None:
    """What no API does there is written into files, with the nodes as the company names them."""
    nodes = [f"archive-{number}.dc.example.com" for number in (1, 2, 3)]
    template().has_resource("ece_hand_over", alias="archive", remote={"kind": "self_managed", "node_names": nodes})


def test_the_policy_reports() -> None:
    """A deployment made past the company's classes is found."""
    app = testing.app()
    stack = TerraformStack(app, "shop")
    Aspects.of(stack).add(TeamTagPolicy())
    Deployment(stack, "untagged", environment=Environment(stack, "ece"), version="9.2.0")
    with pytest.raises(RuntimeError, match=r"\[shop/untagged/Resource\] every deployment carries a tag team"):
        Template.from_app(app)
