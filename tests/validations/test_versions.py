"""Validations of versions that need the API: of deployments, of their age, and of ECE itself."""

from __future__ import annotations

import pytest

from ece_domain.validations import Moment
from tests.provider.trust.support import DIRECT
from tests.support.certificates import certificate
from tests.validations.arguments import FILTER, OFFICE, REPLICATE, SECRET
from tests.validations.cases import assert_silent, assert_told, triggers
from tests.validations.stage import KEY, REMOTE, Refused, Stage, connection, key

IDENTITY = "CN=.*.node.*"


def at(stage: Stage, version: str) -> None:
    """Let the first installation be an ECE of this version."""
    stage.simulator.installations[0].world.ece_version = version


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


@triggers("V13", Moment.PLAN)
async def test_a_deployment_from_before_2_9_0(stage: Stage) -> None:
    """Its certificates have no name that others could trust."""
    local, old = stage.seed("central"), stage.seed("old", created_before_2_9_0=True)
    assert_told(await stage.told(REMOTE, connection(local, old, "certificate")), "V13")
    assert_silent(await stage.told(REMOTE, connection(local, stage.seed("logs"), "certificate")), "V13")


@triggers("V29", Moment.PLAN)
async def test_ipv6_on_an_old_ece(stage: Stage) -> None:
    """Documented from 4.2 on."""
    wide = {**OFFICE, "rules": [{"source": "2001:db8::/32"}]}
    assert_silent(await stage.told(FILTER, wide), "V29")
    at(stage, "4.1.0")
    assert_told(await stage.told(FILTER, wide), "V29")


@triggers("V42", Moment.PLAN)
async def test_a_secret_that_needs_a_restart(stage: Stage) -> None:
    """Below 8.14 Elasticsearch reads it only when it starts."""
    old, new = stage.pair("8.13.4", "8.14.0")
    entry = {"name": "cluster.remote.logs.credentials", "value_env": "SOME_KEY"}
    assert_told(await stage.told(SECRET, {**entry, "deployment_id": old["id"]}), "V42")
    assert_silent(await stage.told(SECRET, {**entry, "deployment_id": new["id"]}), "V42")


@triggers("V45", Moment.PLAN)
async def test_a_default_that_differs(stage: Stage) -> None:
    """What is written is not what the version would do."""
    local, remote = stage.pair("8.14.0", "8.14.0")
    assert_told(await stage.told(REMOTE, connection(local, remote, skip_unavailable=None)), "V45")
    assert_silent(await stage.told(REMOTE, connection(local, remote)), "V45")


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
