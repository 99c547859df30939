"""Validations of traffic filters that need the API: rules, lockouts and connections that are blocked."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from ece_domain.validations import Moment
from tests.validations.arguments import ASSOCIATION, FILTER, OFFICE
from tests.validations.cases import assert_silent, assert_told, triggers
from tests.validations.stage import KEY, REMOTE, Stage, connection, key


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


@triggers("V28", Moment.PLAN)
async def test_a_foreign_environment_in_a_filter(stage: Stage) -> None:
    """Such a rule lets nobody in; who knows better says why."""
    own = stage.simulator.installations[0].environment_id
    stage.seed("logs")
    foreign = {"type": "remote_cluster", "name": "peers", "rules": [{"environment_id": "83988631"}]}
    assert_told(await stage.told(FILTER, foreign), "V28")
    assert_silent(await stage.told(FILTER, {**foreign, "acknowledge": {"V28": "its CA is known to the proxy"}}), "V28")
    assert_silent(await stage.told(FILTER, {**foreign, "rules": [{"environment_id": own}]}), "V28")


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
