"""What an apply tells of a connection that cannot be, and what is said of a side that cannot be looked at."""

from __future__ import annotations

import pytest

from tests.provider.remote_clusters.diagnosis import Case
from tests.provider.remote_clusters.support import KEY, REMOTE, SECRET, Refused, World


async def test_versions_that_cannot_talk(world: World):
    """Refused before anything is written, with the versions that fit."""
    made = Case(world, version="8.15.0")
    with pytest.raises(Refused, match=r"9\.2\.0.*8\.15\.0"):
        await world.apply(REMOTE, made.arguments("certificate"))
    assert world.writes() == []


async def test_the_remote_side_cannot_be_looked_at(world: World):
    """Down, and its ECE does not answer: only what the local side shows is named, and the state is kept."""
    made = Case(world, 1)
    stored = await made.written("api_key")
    world.config["max_retries"] = 0
    world.control.fail_next(installation="b", status=503, count=None)
    planned = await world.plan(REMOTE, made.arguments("api_key"), stored)
    world.control.clear_faults()
    assert planned.prior is not None
    assert planned.prior["remote"] == stored["remote"]
    assert "its CA is missing on the local side" in "\n".join(planned.warnings)


async def test_a_refused_keystore_write_names_the_deployment(world: World):
    """ECE says no: the error tells where, the key on the remote side does not stay, and the next apply works."""
    made = Case(world)
    world.control.fail_next(operation_id="set-deployment-es-resource-keystore", status=403, code="root.unauthorized")
    with pytest.raises(Refused, match=r"root\.unauthorized") as refused:
        await world.apply(KEY, made.pair.key())
    key = await world.apply(KEY, made.pair.key(), refused.value.left)
    assert [one["id"] for one in world.live_keys(made.pair.remote["id"])] == [key["key_id"]]
    world.control.fail_next(operation_id="set-deployment-es-resource-keystore", status=400, code="keystore.refused")
    entry = {"deployment_id": made.pair.local["id"], "name": "s3.client.x.secret_key", "value_wo": "the value"}
    with pytest.raises(Refused, match=r"keystore\.refused") as refused:
        await world.apply(SECRET, entry)
    assert "the value" not in str(refused.value)
