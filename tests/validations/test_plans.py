"""Validations that need the API: what a plan against two simulated installations says, and what an apply says."""

from __future__ import annotations

import logging
import socket
from typing import Any

import pytest

from ece_domain.validations import Moment
from ece_simulator.message import Request
from tests.provider.trust.support import ACCOUNT, DIRECT, EXTERNAL, direct
from tests.support.certificates import certificate, server_chain
from tests.validations.cases import assert_silent, assert_told, triggers
from tests.validations.stage import KEY, REMOTE, Refused, Stage, connection, key

FILTER, ASSOCIATION = "ece_traffic_filter", "ece_traffic_filter_association"
SECRET, HAND_OVER = "ece_keystore_secret", "ece_hand_over"
REPLICATE = {"replication": [{"names": ["stock"]}]}
IDENTITY = "CN=.*.node.*"
OFFICE = {"type": "ip", "name": "office", "rules": [{"source": "192.0.2.0/24"}]}


def at(stage: Stage, version: str) -> None:
    """Let the first installation be an ECE of this version."""
    stage.simulator.installations[0].world.ece_version = version


async def filter_of(stage: Stage, **arguments: Any) -> str:
    """A rule set that is there; its id."""
    return str((await stage.apply(FILTER, {**OFFICE, **arguments}))["id"])


async def peers_of(stage: Stage, *cluster_ids: str) -> str:
    """A rule set for clusters."""
    rules = [{"cluster_id": each} for each in cluster_ids]
    return await filter_of(stage, type="remote_cluster", name="peers", rules=rules)


def associated(deployment: dict[str, Any], ruleset: str, **more: Any) -> dict[str, Any]:
    """Arguments of an association."""
    return {"deployment_id": deployment["id"], "traffic_filter_id": ruleset, **more}


@triggers("V1", Moment.PLAN)
async def test_versions_for_search(stage: Stage) -> None:
    """The versions of deployments are known to the API only."""
    local, remote = stage.pair("9.2.0", "8.19.0")
    assert_told(await stage.told(KEY, key(local, remote)), "V1")
    assert_silent(await stage.told(KEY, key(local, stage.seed("same"))), "V1")


@triggers("V2", Moment.PLAN)
async def test_versions_for_replication(stage: Stage) -> None:
    """A follower's cluster is never older."""
    older, newer = stage.pair("9.1.0", "9.2.0")
    assert_told(await stage.told(KEY, key(older, newer, access=REPLICATE)), "V2")
    assert_silent(await stage.told(KEY, key(newer, older, access=REPLICATE)), "V2")


@triggers("V3", Moment.PLAN)
async def test_versions_both_ways(stage: Stage) -> None:
    """The remote side leads back, which only its settings tell."""
    local, remote = stage.pair("9.2.0", "9.1.0")
    assert_silent(await stage.told(REMOTE, connection(local, remote)), "V3")
    back = {**connection(remote, local), "alias": "central", "wait_for_connected": False}
    await stage.apply(REMOTE, {**back, "cross_cluster_api_key_id": None, "external_secret": True})
    assert_told(await stage.told(REMOTE, connection(local, remote)), "V3")


@triggers("V4", Moment.PLAN)
async def test_versions_for_keys(stage: Stage) -> None:
    """Both sides need 8.14."""
    old, new = stage.pair("8.13.4", "8.19.0")
    assert_told(await stage.told(KEY, key(old, new)), "V4")
    assert_silent(await stage.told(KEY, key(new, stage.seed("same", version="8.19.0"))), "V4")


@triggers("V5", Moment.PLAN)
async def test_versions_for_certificates(stage: Stage) -> None:
    """Deprecated from 9.0 on; acknowledged it is silent, escalated it stops."""
    local, remote = stage.pair()
    bad = connection(local, remote, "certificate")
    assert_told(await stage.told(REMOTE, bad), "V5")
    assert_silent(await stage.told(REMOTE, {**bad, "acknowledge": {"V5": "until March"}}), "V5")
    with pytest.raises(Refused, match="V5"):
        await stage.plan(REMOTE, {**bad, "escalate": ["V5"]})
    old, older = (stage.seed(name, version="8.19.0") for name in ("old", "older"))
    assert_silent(await stage.told(REMOTE, connection(old, older, "certificate")), "V5")


@triggers("V6", Moment.PLAN)
async def test_versions_for_strong_identity(stage: Stage) -> None:
    """Both sides need 9.3."""
    local, remote = stage.pair("9.2.0", "9.2.0")
    assert_told(await stage.told(KEY, key(local, remote, certificate_identity=IDENTITY)), "V6")
    assert_silent(await stage.told(KEY, key(local, remote)), "V6")


@triggers("V11", Moment.PLAN)
async def test_a_connection_to_itself(stage: Stage) -> None:
    """Ids are known in the plan at last."""
    local, remote = stage.pair()
    assert_told(await stage.told(REMOTE, connection(local, local)), "V11")
    assert_silent(await stage.told(REMOTE, connection(local, remote)), "V11")


@triggers("V12", Moment.PLAN)
async def test_a_system_deployment(stage: Stage) -> None:
    """It can take no part."""
    local, system = stage.seed("central"), stage.seed("logging-and-metrics", system_owned=True)
    assert_told(await stage.told(REMOTE, connection(local, system)), "V12")
    assert_silent(await stage.told(REMOTE, connection(local, stage.seed("logs"))), "V12")


@triggers("V13", Moment.PLAN)
async def test_a_deployment_from_before_2_9_0(stage: Stage) -> None:
    """Its certificates have no name that others could trust."""
    local, old = stage.seed("central"), stage.seed("old", created_before_2_9_0=True)
    assert_told(await stage.told(REMOTE, connection(local, old, "certificate")), "V13")
    assert_silent(await stage.told(REMOTE, connection(local, stage.seed("logs"), "certificate")), "V13")


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


def role(stage: Stage, deployment: dict[str, Any], *names: str) -> None:
    """A role of the local side that may use these indices over the alias."""
    body = {"remote_indices": [{"clusters": ["logs"], "names": list(names), "privileges": ["read"]}]} if names else {}
    stage.elasticsearch(deployment["id"], "PUT", "_security/role/reader", body)


@triggers("V23", Moment.PLAN)
async def test_a_role_that_asks_for_more(stage: Stage) -> None:
    """The key is the limit."""
    local, remote = stage.pair()
    role(stage, local, "audit-*")
    assert_told(await stage.told(KEY, key(local, remote, roles=["reader"])), "V23")
    role(stage, local, "logs-2026")
    assert_silent(await stage.told(KEY, key(local, remote, roles=["reader"])), "V23")


@triggers("V24", Moment.PLAN)
async def test_roles_that_do_not_reach_it(stage: Stage) -> None:
    """By key a role needs remote_indices; by certificate both sides need the role."""
    local, remote = stage.pair()
    role(stage, local)
    assert_told(await stage.told(KEY, key(local, remote, roles=["reader"])), "V24")
    assert_told(await stage.told(REMOTE, connection(local, remote, "certificate", roles=["reader"])), "V24")
    role(stage, local, "logs-*")
    role(stage, remote, "logs-*")
    assert_silent(await stage.told(KEY, key(local, remote, roles=["reader"])), "V24")
    assert_silent(await stage.told(REMOTE, connection(local, remote, "certificate", roles=["reader"])), "V24")


@triggers("V25", Moment.PLAN)
async def test_a_key_that_ends_soon(stage: Stage) -> None:
    """Nobody rotates it, and the connection goes down with it."""
    local, remote = stage.pair()
    short = await stage.apply(KEY, key(local, remote, expiration="10d"))
    assert any(
        "expires on" in each and each.endswith("(V25)")
        for each in await stage.told(KEY, key(local, remote, expiration="10d"), short)
    )
    other = stage.seed("other")
    long = key(local, other, expiration="90d", rotate_after="60d", local={"deployment_id": local["id"], "alias": "o"})
    assert_silent(await stage.told(KEY, long, await stage.apply(KEY, long)), "V25")


@triggers("V28", Moment.PLAN)
async def test_a_foreign_environment_in_a_filter(stage: Stage) -> None:
    """Such a rule lets nobody in; who knows better says why."""
    own = stage.simulator.installations[0].environment_id
    stage.seed("logs")
    foreign = {"type": "remote_cluster", "name": "peers", "rules": [{"environment_id": "83988631"}]}
    assert_told(await stage.told(FILTER, foreign), "V28")
    assert_silent(await stage.told(FILTER, {**foreign, "acknowledge": {"V28": "its CA is known to the proxy"}}), "V28")
    assert_silent(await stage.told(FILTER, {**foreign, "rules": [{"environment_id": own}]}), "V28")


@triggers("V29", Moment.PLAN)
async def test_ipv6_on_an_old_ece(stage: Stage) -> None:
    """Documented from 4.2 on."""
    wide = {**OFFICE, "rules": [{"source": "2001:db8::/32"}]}
    assert_silent(await stage.told(FILTER, wide), "V29")
    at(stage, "4.1.0")
    assert_told(await stage.told(FILTER, wide), "V29")


@triggers("V30", Moment.PLAN)
async def test_a_lockout_of_users(stage: Stage) -> None:
    """Rules for clusters alone deny everybody else."""
    local, remote = stage.pair()
    peers = await peers_of(stage, local["cluster_id"])
    assert_told(await stage.told(ASSOCIATION, associated(remote, peers)), "V30")
    assert_silent(await stage.told(ASSOCIATION, associated(remote, peers, acknowledge_lockout=True)), "V30")


@triggers("V31", Moment.PLAN)
async def test_a_filter_that_blocks_a_connection(stage: Stage) -> None:
    """The keys that the provider made tell who connects."""
    local, remote = stage.pair()
    office = await filter_of(stage)
    assert_silent(await stage.told(ASSOCIATION, associated(remote, office)), "V31")
    await stage.apply(KEY, key(local, remote))
    blocked = [each for each in await stage.told(ASSOCIATION, associated(remote, office)) if "(V31)" in each]
    assert len(blocked) == 1
    assert local["cluster_id"] in blocked[0]
    peers = await peers_of(stage, local["cluster_id"])
    assert_silent(await stage.told(ASSOCIATION, associated(remote, peers, acknowledge_lockout=True)), "V31")
    await stage.apply(ASSOCIATION, associated(remote, office))
    assert any("(V31)" in each for each in await stage.told(REMOTE, connection(local, remote)))
    await stage.apply(ASSOCIATION, associated(remote, peers))
    assert_silent(await stage.told(REMOTE, connection(local, remote)), "V31")


@triggers("V32", Moment.PLAN)
async def test_a_filter_for_all_to_come(stage: Stage) -> None:
    """Nobody who makes the next deployment expects it."""
    assert_told(await stage.told(FILTER, {**OFFICE, "include_by_default": True}), "V32")
    assert_silent(await stage.told(FILTER, OFFICE), "V32")


@triggers("V33", Moment.PLAN)
async def test_the_last_filter_goes(stage: Stage) -> None:
    """From then on everybody comes in."""
    remote = stage.seed("logs")
    office = await filter_of(stage)
    made = await stage.apply(ASSOCIATION, associated(remote, office))

    async def leaving() -> list[str]:
        async with stage.process() as process:
            return [item.detail for item in (await process.plan(ASSOCIATION, None, made)).diagnostics]

    assert_told(await leaving(), "V33")
    await stage.apply(ASSOCIATION, associated(remote, await filter_of(stage, name="home")))
    assert_silent(await leaving(), "V33")


@triggers("V35", Moment.PLAN)
async def test_a_lockout_of_oneself(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only who uses Elasticsearch's own endpoint is judged by filters; names of the simulator are in no DNS."""
    real = socket.getaddrinfo

    def resolved(host: Any, *more: Any, **options: Any) -> Any:
        return real("127.0.0.1" if str(host).endswith(".test") else host, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    remote = stage.seed("logs")
    office, home = await filter_of(stage), await filter_of(stage, name="home", rules=[{"source": "127.0.0.1"}])
    assert_silent(await stage.told(ASSOCIATION, associated(remote, office)), "V35")
    credentials = {"username": "elastic", "password": "not-asked"}
    stage.config = {**stage.config, "elasticsearch_credentials": {remote["id"]: credentials}}
    assert_told(await stage.told(ASSOCIATION, associated(remote, office)), "V35")
    assert_silent(await stage.told(ASSOCIATION, associated(remote, home)), "V35")


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


@triggers("V40", Moment.APPLY)
async def test_a_busy_deployment_is_waited_for(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is refused: the write comes after the other change."""
    caplog.set_level(logging.INFO, logger="ece_provider")
    local, remote = stage.pair()
    await stage.apply(KEY, key(local, remote))
    assert_silent(caplog.messages, "V40")
    stage.control.set_plan_speed(0.7)
    account = stage.trust("central")["accounts"][0]["account_id"]
    stage.set_trust(local["id"], accounts=[{"account_id": account, "trust_all": False}])
    other = stage.seed("other")
    await stage.apply(KEY, key(local, other, local={"deployment_id": local["id"], "alias": "other"}))
    assert_told(caplog.messages, "V40")


@triggers("V42", Moment.PLAN)
async def test_a_secret_that_needs_a_restart(stage: Stage) -> None:
    """Below 8.14 Elasticsearch reads it only when it starts."""
    old, new = stage.pair("8.13.4", "8.14.0")
    entry = {"name": "cluster.remote.logs.credentials", "value_env": "SOME_KEY"}
    assert_told(await stage.told(SECRET, {**entry, "deployment_id": old["id"]}), "V42")
    assert_silent(await stage.told(SECRET, {**entry, "deployment_id": new["id"]}), "V42")


@triggers("V43", Moment.APPLY)
async def test_a_connection_that_does_not_come_about(stage: Stage) -> None:
    """A write that was accepted says nothing about a connection."""
    local, remote = stage.pair()
    with pytest.raises(Refused) as refused:
        await stage.apply(REMOTE, connection(local, remote, timeouts={"create": "300ms"}))
    assert_told([item.detail for item in refused.value.diagnostics], "V43")
    made = await stage.apply(KEY, key(local, remote))
    assert (await stage.apply(REMOTE, connection(local, remote, cross_cluster_api_key_id=made["id"])))["connected"]


@triggers("V45", Moment.PLAN)
async def test_a_default_that_differs(stage: Stage) -> None:
    """What is written is not what the version would do."""
    local, remote = stage.pair("8.14.0", "8.14.0")
    assert_told(await stage.told(REMOTE, connection(local, remote, skip_unavailable=None)), "V45")
    assert_silent(await stage.told(REMOTE, connection(local, remote)), "V45")


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


@triggers("V46", Moment.PLAN)
async def test_an_ece_that_is_too_old(stage: Stage) -> None:
    """The API would refuse what it does not know, with words that help nobody."""
    local = stage.seed("central")
    entry = {"deployment_id": local["id"], "name": "paris", "type": "proxy", "certificates": [certificate("ca").pem]}
    assert_silent(await stage.told(DIRECT, entry), "V46")
    at(stage, "3.6.2")
    assert_told(await stage.told(DIRECT, entry), "V46")
    peers = {"type": "remote_cluster", "name": "peers", "rules": [{"cluster_id": local["cluster_id"]}]}
    assert_told(await stage.told(FILTER, peers), "V46")


@triggers("V47", Moment.PLAN)
async def test_an_alias_that_followers_hang_on(stage: Stage) -> None:
    """A follower cannot change its alias."""
    local, remote = stage.seed("central"), stage.seed("logs", documents={"stock": {"1": {"a": 1}}})
    await stage.apply(KEY, key(local, remote, access=REPLICATE))
    made = await stage.apply(REMOTE, connection(local, remote))
    other = f"{local['id']}/main-elasticsearch/other"
    renamed = {**connection(local, remote), "alias": "other", "cross_cluster_api_key_id": other}
    assert_silent(await stage.told(REMOTE, renamed, made), "V47")
    body = {"remote_cluster": "logs", "leader_index": "stock"}
    stage.elasticsearch(local["id"], "PUT", "copy/_ccr/follow", body)
    assert_told(await stage.told(REMOTE, renamed, made), "V47")


@triggers("V48", Moment.PLAN)
async def test_secrets_stay_out_of_plans_and_state(stage: Stage) -> None:
    """The key of a connection is in the keystore and nowhere else; the hunt over whole runs is in the acceptance."""
    local, remote = stage.pair()
    made = await stage.apply(KEY, key(local, remote))
    planned = await stage.plan(KEY, key(local, remote), made)
    text = f"{made.state} {made.private} {planned.reply.planned} {planned.warnings}"
    assert "encoded" not in text
    assert stage.settings()["api_key"] not in text
