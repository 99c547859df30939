"""Validations of connections and their keys that need the API: who takes part, roles, expiry and waiting."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from ece_domain.validations import Moment
from tests.validations.arguments import REPLICATE
from tests.validations.cases import assert_silent, assert_told, triggers
from tests.validations.stage import KEY, REMOTE, Refused, Stage, connection, key


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


@triggers("V43", Moment.APPLY)
async def test_a_connection_that_does_not_come_about(stage: Stage) -> None:
    """A write that was accepted says nothing about a connection."""
    local, remote = stage.pair()
    with pytest.raises(Refused) as refused:
        await stage.apply(REMOTE, connection(local, remote, timeouts={"create": "300ms"}))
    assert_told([item.detail for item in refused.value.diagnostics], "V43")
    made = await stage.apply(KEY, key(local, remote))
    assert (await stage.apply(REMOTE, connection(local, remote, cross_cluster_api_key_id=made["id"])))["connected"]


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
