"""Validations of trust that need the API: entries, certificate authorities, proxies and trust files."""

from __future__ import annotations

import pytest

from ece_domain.validations import Moment
from ece_simulator.message import Request
from tests.provider.trust.support import ACCOUNT, DIRECT, EXTERNAL, direct
from tests.support.certificates import certificate, server_chain
from tests.validations.arguments import HAND_OVER
from tests.validations.cases import assert_silent, assert_told, triggers
from tests.validations.stage import REMOTE, Refused, Stage, connection


@triggers("V14", Moment.PLAN)
async def test_trust_both_ways(stage: Stage) -> None:
    """One side forgotten is the usual mistake."""
    local, remote = stage.pair()
    account = stage.trust("logs")["accounts"][0]["account_id"]
    assert_silent(await stage.told(REMOTE, connection(local, remote, "certificate")), "V14")
    stage.set_trust(remote["id"], accounts=[{"account_id": account, "trust_all": False}])
    told = await stage.told(REMOTE, connection(local, remote, "certificate"))
    assert_told([each.replace(" Nothing in this plan so far changes that.", "") for each in told], "V14")


@triggers("V15", Moment.PLAN)
async def test_deployment_ids_in_place_of_cluster_ids(stage: Stage) -> None:
    """Both have one form, so only the list of deployments tells them apart."""
    local, remote = stage.pair()
    bad = {"deployment_id": remote["id"], "cluster_ids": [local["id"]]}
    assert_told(await stage.told(ACCOUNT, bad), "V15")
    assert_silent(await stage.told(ACCOUNT, {**bad, "cluster_ids": [local["cluster_id"]]}), "V15")


@triggers("V16", Moment.PLAN)
async def test_a_ca_of_another_kind(stage: Stage) -> None:
    """The CA of the nodes is of no use where proxies end the connection."""
    local = stage.seed("central")
    path = "/platform/configuration/trust-relationships?include_certificate=true"
    records = stage.ask("GET", path, None, 1)["trust_relationships"]
    nodes = next(each["public_ca_cert"] for each in records if each["local"])
    proxy = stage.ask("GET", "/platform/configuration/security/tls/proxy", None, 1)["chain"][-1]
    entry = {"deployment_id": local["id"], "name": "paris", "type": "proxy"}
    assert_told(await stage.told(DIRECT, {**entry, "certificates": [nodes]}), "V16")
    assert_silent(await stage.told(DIRECT, {**entry, "certificates": [proxy]}), "V16")


@triggers("V17", Moment.PLAN)
async def test_a_certificate_that_expired(stage: Stage) -> None:
    """The clock is looked at in plans only."""
    local = stage.seed("central")
    entry = {"deployment_id": local["id"], "name": "paris", "type": "proxy"}
    assert_told(await stage.told(DIRECT, {**entry, "certificates": [certificate("old", days=-1).pem]}), "V17")
    assert_silent(await stage.told(DIRECT, {**entry, "certificates": [certificate("new").pem]}), "V17")


@triggers("V19", Moment.APPLY)
async def test_a_ca_that_others_trust(stage: Stage) -> None:
    """ECE keeps one set of certificates for an environment, in all deployments alike."""
    shop, logs = stage.seed("shop"), stage.seed("logs")
    one, two = certificate("one").pem, certificate("two").pem
    await stage.apply(DIRECT, direct(shop, one, two))
    with pytest.raises(Refused) as refused:
        await stage.apply(DIRECT, direct(logs, one))
    assert_told([item.detail for item in refused.value.diagnostics], "V19")
    await stage.apply(DIRECT, direct(logs, one, two))


@triggers("V20", Moment.PLAN)
async def test_trust_that_others_gave(stage: Stage) -> None:
    """A list that is taken over loses what it leaves out."""
    local, remote = stage.pair()
    account = stage.trust("logs")["accounts"][0]["account_id"]
    entry = {"account_id": account, "trust_all": False, "trust_allowlist": ["f" * 32]}
    stage.set_trust(remote["id"], accounts=[entry])
    arguments = {"deployment_id": remote["id"], "cluster_ids": [local["cluster_id"]]}
    assert_told(await stage.told(ACCOUNT, arguments), "V20")
    stage.set_trust(remote["id"], accounts=[{**entry, "trust_allowlist": [local["cluster_id"]]}])
    assert_silent(await stage.told(ACCOUNT, arguments), "V20")


@triggers("V36", Moment.PLAN)
async def test_a_proxy_certificate_for_other_names(stage: Stage) -> None:
    """TLS fails at the first connection, and nobody told before."""
    local, orders = stage.seed("central"), stage.control.seed(1, name="orders")
    arguments = connection(local, orders, remote={"deployment_id": orders["id"], "environment": "paris"})
    assert_silent(await stage.told(REMOTE, arguments), "V36")
    place, chain = stage.simulator.installations[1], server_chain("*.other.example.com")
    bundle = "".join([chain.traditional_key_pem, *chain.pems]).encode()
    path = "/api/v1/platform/configuration/security/tls/proxy"
    reply = place.handle(Request.make("POST", path, headers={"authorization": f"ApiKey {place.api_key}"}, body=bundle))
    assert reply.status == 202, reply.body
    assert_told(await stage.told(REMOTE, arguments), "V36")


@triggers("V37", Moment.PLAN)
async def test_a_private_proxy_ca(stage: Stage) -> None:
    """Another ECE with a certificate that it made itself."""
    local, orders = stage.seed("central"), stage.control.seed(1, name="orders")
    remote = {"deployment_id": orders["id"], "environment": "paris"}
    arguments = connection(local, orders, remote=remote)
    assert any("(V37)" in each for each in await stage.told(REMOTE, arguments))
    proxy = stage.ask("GET", "/platform/configuration/security/tls/proxy", None, 1)["chain"][-1]
    entry = {"deployment_id": local["id"], "name": "paris", "type": "proxy", "certificates": [proxy]}
    await stage.apply(DIRECT, entry)
    assert_silent(await stage.told(REMOTE, arguments), "V37")


@triggers("V38", Moment.PLAN)
async def test_a_relationship_that_is_missing(stage: Stage) -> None:
    """An external entry hangs on it."""
    local = stage.seed("central")
    entry = {"deployment_id": local["id"], "trust_all": True}
    assert_told(await stage.told(EXTERNAL, {**entry, "trust_relationship_id": "ab" * 16}), "V38")
    assert_silent(await stage.told(EXTERNAL, {**entry, "trust_relationship_id": stage.relationship()}), "V38")


@triggers("V44", Moment.PLAN)
async def test_a_trust_file_that_would_shut_out_its_own_nodes(stage: Stage) -> None:
    """Names of the nodes that are handed over to are needed, and no file is written without."""
    remote = {"kind": "self_managed", "name": "onprem", "address": "onprem.example.com"}
    arguments = {
        "folder": "hand-over",
        "alias": "onprem",
        "security_model": "certificate",
        "local": {"kind": "ece", "name": "central", "deployment_id": stage.seed("central")["id"]},
        "remote": {**remote, "ca_pem": [certificate("onprem").pem], "node_names": ["es01"]},
    }
    assert_silent(await stage.told(HAND_OVER, arguments), "V44")
    unnamed = {**arguments, "remote": {**arguments["remote"], "node_names": None}}
    assert_told(await stage.told(HAND_OVER, unnamed), "V44")
