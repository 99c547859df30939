"""Partners outside of ECE: facts and options that are known to Terraform only."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformVariable

from tests.constructs.worlds import MANIFEST, SEARCH, api, eck, self_managed, world

TEXT = "${var.v}"


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
