"""``ece_remote_cluster``: the change from one security model to the other, and the platform's list."""

from __future__ import annotations

from typing import Any

import pytest

from tests.provider.remote_clusters.conftest import Pair
from tests.provider.remote_clusters.connections import SETTINGS, connected
from tests.provider.remote_clusters.support import KEY, REMOTE, Refused

# the two models


async def test_from_certificate_to_key_with_the_alias_kept(pair: Pair):
    """Settings away, secret, settings again: searches go on under the same name."""
    _, stored = await connected(pair, "certificate")
    since = pair.world.last_call()
    key = await pair.world.apply(KEY, pair.key())
    assert pair.world.writes(since)[1:4] == [
        SETTINGS,
        "set-deployment-es-resource-keystore",
        "POST _nodes/reload_secure_settings",
    ]
    after = await pair.world.apply(REMOTE, pair.connection(), stored)
    assert after["proxy_address"].endswith(":9443")
    assert after["connected"] is True
    assert (await pair.world.plan(KEY, pair.key(), key)).changed == set()
    assert (await pair.world.plan(REMOTE, pair.connection(), after)).changed == set()


async def test_from_key_to_certificate_with_the_alias_kept(pair: Pair):
    """The connection leaves the key model before the key's object goes; that one tolerates the absent secret."""
    key, stored = await connected(pair)
    assert key is not None
    after = await pair.world.apply(REMOTE, pair.connection("certificate"), stored)
    assert after["connected"] is True
    assert pair.world.secrets(pair.local["id"]) == []
    await pair.world.destroy(KEY, key)
    assert pair.world.live_keys(pair.remote["id"]) == []
    assert pair.world.is_connected(pair.local["id"], "logs")


@pytest.mark.parametrize(
    "fault",
    [
        {"operation_id": "set-deployment-es-resource-keystore", "status": 400},
        {"path": "/proxy/_nodes/reload", "status": 400},
        {"path": "/proxy/_cluster/settings", "method": "PUT", "status": 400, "skip": 1},
    ],
)
async def test_a_fault_between_key_and_certificate(pair: Pair, fault: dict[str, Any]):
    """Whatever is half done, the next apply ends it."""
    _, stored = await connected(pair)
    pair.world.control.fail_next(**fault)
    with pytest.raises(Refused) as refused:
        await pair.world.apply(REMOTE, pair.connection("certificate"), stored)
    pair.world.control.clear_faults()
    assert refused.value.left is not None
    after = await pair.world.apply(REMOTE, pair.connection("certificate"), refused.value.left)
    assert after["connected"] is True
    assert pair.world.secrets(pair.local["id"]) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"operation_id": "set-deployment-es-resource-keystore", "status": 400},
        {"path": "/proxy/_cluster/settings", "method": "PUT", "status": 400},
    ],
)
async def test_a_fault_between_certificate_and_key(pair: Pair, fault: dict[str, Any]):
    """The old settings may be gone by then: the connection is made anew."""
    _, stored = await connected(pair, "certificate")
    pair.world.control.fail_next(**fault)
    with pytest.raises(Refused) as refused:
        await pair.world.apply(KEY, pair.key())
    pair.world.control.clear_faults()
    key = await pair.world.apply(KEY, pair.key(), refused.value.left)
    after = await pair.world.apply(REMOTE, pair.connection(), stored)
    assert after["connected"] is True
    assert [found["id"] for found in pair.world.live_keys(pair.remote["id"])] == [key["key_id"]]


# the platform's list


async def test_through_the_platform(pair: Pair):
    """ECE's own list: read, merged, written; foreign entries stay."""
    other = pair.world.control.seed(name="archive")
    theirs = {"deployment_id": other["id"], "elasticsearch_ref_id": "main-elasticsearch", "alias": "theirs"}
    target = f"/deployments/{pair.local['id']}/elasticsearch/main-elasticsearch/remote-clusters"
    pair.world.ask("PUT", target, {"resources": [theirs]})
    arguments = pair.connection("certificate", managed_through="platform")
    stored = await pair.world.apply(REMOTE, arguments)
    assert stored["connected"] is True
    entries = {entry["alias"]: entry for entry in pair.world.ask("GET", target)["resources"]}
    assert set(entries) == {"theirs", "logs"}
    assert entries["logs"]["skip_unavailable"] is True
    assert (await pair.world.plan(REMOTE, arguments, stored)).changed == set()
    await pair.world.destroy(REMOTE, stored)
    assert [entry["alias"] for entry in pair.world.ask("GET", target)["resources"]] == ["theirs"]


async def test_another_way_of_managing_replaces(pair: Pair):
    """The alias is in one place only afterwards."""
    platform = pair.connection("certificate", managed_through="platform")
    stored = await pair.world.apply(REMOTE, platform)
    planned = await pair.world.plan(REMOTE, pair.connection("certificate"), stored)
    assert [str(path) for path in planned.reply.replace_paths] == ["managed_through"]
    after = await pair.world.apply(REMOTE, pair.connection("certificate"), stored)
    assert after["connected"] is True
    target = f"/deployments/{pair.local['id']}/elasticsearch/main-elasticsearch/remote-clusters"
    assert pair.world.ask("GET", target)["resources"] == []


async def test_a_remote_of_another_installation_in_the_platforms_list(pair: Pair):
    """ECE's own call knows its own deployments: told at plan, and by the API when nobody could know before."""
    there = pair.world.control.seed(1, name="far")
    pair.world.config = {"environments": {"dr": {"kind": "ece", **pair.world.settings(1)}}}
    platform = pair.connection("certificate", managed_through="platform")
    far = {"deployment_id": there["id"], "environment": "dr"}
    with pytest.raises(Refused, match="knows its own deployments only") as refused:
        await pair.world.plan(REMOTE, {**platform, "remote": far})
    assert refused.value.paths == {"managed_through"}
    with pytest.raises(Refused, match="There is no deployment") as refused:
        await pair.world.apply(REMOTE, {**platform, "remote": {"deployment_id": there["id"]}})
    assert refused.value.paths == {"remote.deployment_id"}
    assert pair.world.writes() == []
