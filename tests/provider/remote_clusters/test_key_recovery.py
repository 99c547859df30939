"""``ece_cross_cluster_api_key``: what is found after losses, crashes and faults, and how the next apply heals it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from terraform_plugin.testing.process import wait_until
from tests.provider.remote_clusters.conftest import Pair
from tests.provider.remote_clusters.connections import KEYSTORE, SECRET_NAME
from tests.provider.remote_clusters.support import KEY, REMOTE, Refused

# what read finds


async def test_a_removed_secret_is_made_good(pair: Pair):
    """Its value cannot be had again, so a new key takes its place."""
    stored = await pair.world.apply(KEY, pair.key())
    pair.world.control.take_away("secret", f"{pair.local['id']}/{SECRET_NAME}")
    planned = await pair.world.plan(KEY, pair.key(), stored)
    assert planned.changed == {"key_id", "secret_present"}
    await pair.world.apply(KEY, pair.key(), stored)
    assert pair.world.secrets(pair.local["id"]) == [SECRET_NAME]
    assert len(pair.world.live_keys(pair.remote["id"])) == 1


async def test_an_invalidated_key_is_replaced(pair: Pair):
    """The secret that is left is of no use."""
    stored = await pair.world.apply(KEY, pair.key())
    pair.world.elasticsearch(pair.remote["id"], "DELETE", "_security/api_key", {"ids": [stored["key_id"]]})
    planned = await pair.world.plan(KEY, pair.key(), stored)
    assert planned.prior is not None
    assert planned.prior["rotation_due"] is True
    after = await pair.world.apply(KEY, pair.key(), stored)
    assert [key["id"] for key in pair.world.live_keys(pair.remote["id"])] == [after["key_id"]]


async def test_an_expired_key_is_replaced(pair: Pair):
    """An expired key can neither be updated nor revived."""
    config = pair.key(expiration="1s")
    stored = await pair.world.apply(KEY, config)
    await asyncio.sleep(1.1)
    assert (await pair.world.plan(KEY, config, stored)).prior["rotation_due"] is True  # type: ignore[index]
    after = await pair.world.apply(KEY, config, stored)
    assert after["key_id"] != stored["key_id"]


async def test_a_remote_that_is_gone_leaves_the_secret_to_be_removed(pair: Pair):
    """The object stays until its last half is gone."""
    stored = await pair.world.apply(KEY, pair.key())
    pair.world.control.take_away("deployment", pair.remote["id"])
    async with pair.world.process() as process:
        found, _ = await process.refresh(KEY, stored)
    assert found is not None
    await pair.world.destroy(KEY, stored)
    assert pair.world.secrets(pair.local["id"]) == []


async def test_a_local_that_is_gone_leaves_the_key_to_be_ended(pair: Pair):
    """A key without a user is still a way in."""
    stored = await pair.world.apply(KEY, pair.key())
    pair.world.control.take_away("deployment", pair.local["id"])
    async with pair.world.process() as process:
        found, _ = await process.refresh(KEY, stored)
    assert found is not None
    await pair.world.destroy(KEY, found)
    assert pair.world.live_keys(pair.remote["id"]) == []


async def test_nothing_left_of_both_is_gone(pair: Pair):
    """Then there is nothing to keep in state."""
    stored = await pair.world.apply(KEY, pair.key())
    for side in (pair.local, pair.remote):
        pair.world.control.take_away("deployment", side["id"])
    async with pair.world.process() as process:
        found, _ = await process.refresh(KEY, stored)
    assert found is None


@pytest.mark.parametrize("status", [401, 403, 500])
async def test_a_side_that_cannot_be_asked_is_never_taken_for_gone(pair: Pair, status: int):
    """The state stays as it is beside the error."""
    stored = await pair.world.apply(KEY, pair.key())
    pair.world.control.fail_next(path="/proxy/_security", status=status, count=None)
    with pytest.raises(Refused):
        await pair.world.plan(KEY, pair.key(), stored)


# crashes and faults


@pytest.mark.parametrize(
    "fault",
    [
        {"operation_id": KEYSTORE, "status": 400},
        {"path": "/proxy/_nodes/reload", "status": 400},
        {"path": "/proxy/_security/cross_cluster/api_key/", "method": "PUT", "status": 400},
        {"path": "/proxy/_security/cross_cluster/api_key$", "method": "POST", "drop": True, "after_effect": True},
        {"path": "/proxy/_security/cross_cluster/api_key$", "method": "POST", "status": 500},
    ],
)
@pytest.mark.parametrize("rotates", [False, True])
async def test_a_fault_at_any_step_is_healed_by_the_next_apply(pair: Pair, fault: dict[str, Any], rotates: bool):
    """No live key too many, a secret that works, and an empty plan."""
    stored = None
    config = pair.key()
    if rotates:
        stored = await pair.world.apply(KEY, config)
        await pair.world.apply(REMOTE, pair.connection())
        config = pair.key(name="second")
    pair.world.control.fail_next(**fault)
    try:
        stored = await pair.world.apply(KEY, config, stored)
    except Refused as refused:
        stored = refused.left
        pair.world.control.clear_faults()
        stored = await pair.world.apply(KEY, config, stored)
    assert [key["id"] for key in pair.world.live_keys(pair.remote["id"])] == [stored["key_id"]]
    assert (await pair.world.plan(KEY, config, stored)).changed == set()
    await pair.world.apply(REMOTE, pair.connection())
    assert pair.world.is_connected(pair.local["id"], "logs")


@pytest.mark.parametrize("rotates", [False, True])
async def test_a_kill_between_both_sides_is_healed(pair: Pair, rotates: bool):
    """The run is gone with all it knew: only the label on the pending key tells of it."""
    stored = await pair.world.apply(KEY, pair.key()) if rotates else None
    config = pair.key(name="second") if rotates else pair.key()
    pair.world.control.fail_next(operation_id=KEYSTORE, hold=True)
    async with pair.world.process() as process:
        reply = await process.plan(KEY, pair.world.given(KEY, config), stored)
        since = pair.world.last_call()
        work = asyncio.create_task(
            process.apply(KEY, pair.world.given(KEY, config), stored, reply.planned, reply.private)
        )
        await asyncio.to_thread(wait_until, lambda: pair.world.has_call(KEYSTORE, since), KEYSTORE)
        work.cancel()
    pair.world.control.clear_faults()
    pending = [key for key in pair.world.live_keys(pair.remote["id"]) if key["metadata"]["state"] == "pending"]
    assert len(pending) <= 1
    after = await pair.world.apply(KEY, config, stored)
    assert [key["id"] for key in pair.world.live_keys(pair.remote["id"])] == [after["key_id"]]


async def test_foreign_keys_are_never_touched(pair: Pair):
    """Somebody else's keys, even of the same name, go on working."""
    foreign = {"name": "central-to-logs", "access": {"search": [{"names": ["*"]}]}}
    theirs = pair.world.elasticsearch(pair.remote["id"], "POST", "_security/cross_cluster/api_key", foreign)
    stored = await pair.world.apply(KEY, pair.key())
    stored = await pair.world.apply(KEY, pair.key(name="second"), stored)
    await pair.world.destroy(KEY, stored)
    assert [key["id"] for key in pair.world.live_keys(pair.remote["id"])] == [theirs["id"]]


async def test_foreign_secrets_stay(pair: Pair):
    """A PATCH that names more than its own entry would wipe them out."""
    body = {"secrets": {"s3.client.default.secret_key": {"value": "theirs"}}}
    pair.world.ask("PATCH", f"/deployments/{pair.local['id']}/elasticsearch/_main/keystore", body)
    stored = await pair.world.apply(KEY, pair.key())
    await pair.world.destroy(KEY, stored)
    assert pair.world.secrets(pair.local["id"]) == ["s3.client.default.secret_key"]
