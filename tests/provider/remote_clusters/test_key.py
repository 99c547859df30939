"""``ece_cross_cluster_api_key``: two steps to make it, rotation, replacement, and its end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.provider.remote_clusters.conftest import Pair
from tests.provider.remote_clusters.connections import KEYSTORE, SECRET_NAME
from tests.provider.remote_clusters.support import KEY, REMOTE, Refused

CREATE = "POST _security/cross_cluster/api_key"
RELOAD = "POST _nodes/reload_secure_settings"
INVALIDATE = "DELETE _security/api_key"


def active(key_id: str) -> str:
    """The call that labels a key."""
    return f"PUT _security/cross_cluster/api_key/{key_id}"


@contextmanager
def reader(pair: Pair, alias: str = "logs") -> Iterator[list[str]]:
    """Somebody who uses the connection all the time; what failed is in the list."""
    failures: list[str] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            if not pair.world.is_connected(pair.local["id"], alias):
                failures.append("not connected")

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield failures
    finally:
        done.set()
        thread.join()


async def test_create_makes_a_key_and_hands_it_over(pair: Pair):
    """Exactly these writes in this order, an active label, and no secret in what Terraform keeps."""
    stored = await pair.world.apply(KEY, pair.key(expiration="90d", rotate_after="60d"))
    key = pair.world.live_keys(pair.remote["id"])[0]
    assert pair.world.writes() == [CREATE, KEYSTORE, RELOAD, active(key["id"])]
    assert stored["id"] == f"{pair.local['id']}/main-elasticsearch/logs"
    assert stored["key_id"] == key["id"]
    assert stored["expires_at"].endswith("Z")
    assert (stored["secret_present"], stored["rotation_due"]) == (True, False)
    assert stored["local"]["ref_id"] == stored["remote"]["ref_id"] == "main-elasticsearch"
    assert key["metadata"] == {
        "managed_by": "terraform-provider-ece",
        "local": pair.local["cluster_id"],
        "alias": "logs",
        "state": "active",
        "rotate_after": "60d",
    }
    assert pair.world.secrets(pair.local["id"]) == [SECRET_NAME]
    again = await pair.world.plan(KEY, pair.key(expiration="2160h", rotate_after="60d"), stored)
    assert again.changed == set()


async def test_access_changes_the_key_that_is_in_use(pair: Pair):
    """Nothing happens on the local side, so nothing can be cut."""
    stored = await pair.world.apply(KEY, pair.key())
    since = pair.world.last_call()
    changed = pair.key(access={"search": [{"names": ["logs-*", "metrics-*"]}], "replication": [{"names": ["orders"]}]})
    assert (await pair.world.plan(KEY, changed, stored)).changed == {"access"}
    after = await pair.world.apply(KEY, changed, stored)
    assert pair.world.writes(since) == [active(stored["key_id"])]
    assert after["key_id"] == stored["key_id"]
    found = pair.world.live_keys(pair.remote["id"])[0]["access"]
    assert found["search"][0]["names"] == ["logs-*", "metrics-*"]
    assert found["replication"][0]["names"] == ["orders"]
    assert (await pair.world.plan(KEY, changed, after)).changed == set()


async def test_drift_of_access_is_repaired(pair: Pair):
    """Somebody widened the key by hand: the plan shows it and the apply takes it back."""
    stored = await pair.world.apply(KEY, pair.key())
    body = {"access": {"search": [{"names": ["*"]}]}}
    pair.world.elasticsearch(pair.remote["id"], "PUT", f"_security/cross_cluster/api_key/{stored['key_id']}", body)
    assert (await pair.world.plan(KEY, pair.key(), stored)).changed == {"access"}
    await pair.world.apply(KEY, pair.key(), stored)
    assert pair.world.live_keys(pair.remote["id"])[0]["access"]["search"][0]["names"] == ["logs-*"]


async def test_document_security_survives_the_round_trip(pair: Pair):
    """The query is JSON in a text; its spelling is no change."""
    search = [{"names": ["logs-*"], "query": '{"term": {"team": "a"}}', "field_security": {"grant": ["a", "b"]}}]
    stored = await pair.world.apply(KEY, pair.key(access={"search": search}))
    other = [{**search[0], "query": '{"term":{"team":"a"}}'}]
    assert (await pair.world.plan(KEY, pair.key(access={"search": other}), stored)).changed == set()


async def test_rotation_when_the_key_is_old(pair: Pair):
    """Read sees the clock, plan does not; the new key takes over and the old one ends."""
    config = pair.key(rotate_after="1s")
    stored = await pair.world.apply(KEY, config)
    connection = await pair.world.apply(REMOTE, pair.connection())
    assert connection["connected"] is True
    await asyncio.sleep(1.1)
    planned = await pair.world.plan(KEY, config, stored)
    assert planned.prior is not None
    assert planned.prior["rotation_due"] is True
    assert planned.changed == {"key_id", "rotation_due"}
    with reader(pair) as failures:
        after = await pair.world.apply(KEY, config, stored)
    assert failures == []
    assert after["id"] == stored["id"]
    assert [key["id"] for key in pair.world.live_keys(pair.remote["id"])] == [after["key_id"]]
    assert after["key_id"] != stored["key_id"]


@pytest.mark.parametrize("change", [{"name": "other"}, {"expiration": "30d"}])
async def test_a_new_key_in_place(pair: Pair, change: dict[str, Any]):
    """What Elasticsearch cannot change on a key makes a new one; the connection goes on."""
    stored = await pair.world.apply(KEY, pair.key())
    await pair.world.apply(REMOTE, pair.connection())
    planned = await pair.world.plan(KEY, pair.key(**change), stored)
    assert planned.reply.replace_paths == []
    with reader(pair) as failures:
        after = await pair.world.apply(KEY, pair.key(**change), stored)
    assert failures == []
    assert [key["id"] for key in pair.world.live_keys(pair.remote["id"])] == [after["key_id"]]
    assert (await pair.world.plan(KEY, pair.key(**change), after)).changed == set()


@pytest.mark.parametrize("create_first", [False, True])
@pytest.mark.parametrize("taint", [False, True])
async def test_replacement_by_itself_never_cuts_the_connection(pair: Pair, create_first: bool, taint: bool):
    """-replace, taint and create_before_destroy: one live key in the end, and no moment without."""
    stored = await pair.world.apply(KEY, pair.key())
    await pair.world.apply(REMOTE, pair.connection())
    stored.is_tainted = taint
    with reader(pair) as failures:
        after = await pair.world.apply(KEY, pair.key(), stored, replace=True, create_first=create_first)
    assert failures == []
    assert after["key_id"] != stored["key_id"]
    assert [key["id"] for key in pair.world.live_keys(pair.remote["id"])] == [after["key_id"]]
    assert pair.world.secrets(pair.local["id"]) == [SECRET_NAME]
    assert (await pair.world.plan(KEY, pair.key(), after)).changed == set()


async def test_another_alias_replaces(pair: Pair):
    """The secret's name is made of it, so the old one goes and a new one comes."""
    stored = await pair.world.apply(KEY, pair.key())
    moved = pair.key(local={"deployment_id": pair.local["id"], "alias": "archive"})
    planned = await pair.world.plan(KEY, moved, stored)
    assert [str(path) for path in planned.reply.replace_paths] == ["local.alias"]
    after = await pair.world.apply(KEY, moved, stored)
    assert pair.world.secrets(pair.local["id"]) == ["cluster.remote.archive.credentials"]
    assert [key["id"] for key in pair.world.live_keys(pair.remote["id"])] == [after["key_id"]]


async def test_another_remote_in_place(pair: Pair):
    """The new key is made there, and the one on the old remote ends."""
    other = pair.world.control.seed(name="archive")
    stored = await pair.world.apply(KEY, pair.key())
    moved = pair.key(remote={"deployment_id": other["id"]})
    assert (await pair.world.plan(KEY, moved, stored)).reply.replace_paths == []
    after = await pair.world.apply(KEY, moved, stored)
    assert after["remote"]["deployment_id"] == other["id"]
    assert pair.world.live_keys(pair.remote["id"]) == []
    assert len(pair.world.live_keys(other["id"])) == 1


async def test_destroy_removes_both_halves(pair: Pair):
    """Secret first, then the key."""
    stored = await pair.world.apply(KEY, pair.key())
    since = pair.world.last_call()
    await pair.world.destroy(KEY, stored)
    assert pair.world.writes(since) == [KEYSTORE, RELOAD, INVALIDATE]
    assert pair.world.live_keys(pair.remote["id"]) == []
    assert pair.world.secrets(pair.local["id"]) == []


async def test_destroy_with_the_remote_down(pair: Pair):
    """An error that removes nothing; with abandon_remote_key the secret goes and the key is left to expire."""
    stored = await pair.world.apply(KEY, pair.key(expiration="90d", abandon_remote_key=False))
    pair.world.control.fail_next(path=f"{pair.remote['id']}/elasticsearch/.*/proxy", status=503, count=None)
    with pytest.raises(Refused, match="abandon_remote_key"):
        await pair.world.destroy(KEY, stored, refresh=False)
    assert pair.world.secrets(pair.local["id"]) == [SECRET_NAME]
    stored.state["abandon_remote_key"] = True
    await pair.world.destroy(KEY, stored)
    assert pair.world.secrets(pair.local["id"]) == []
    assert "valid until" in pair.world.warnings[-1]
