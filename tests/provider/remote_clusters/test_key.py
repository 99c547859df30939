"""``ece_cross_cluster_api_key``: two steps, rotation, replacement, and what is found after a crash."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from terraform_plugin.testing.process import wait_until
from tests.provider.remote_clusters.conftest import Pair
from tests.provider.remote_clusters.support import KEY, REMOTE, Refused

SECRET_NAME = "cluster.remote.logs.credentials"
CREATE = "POST _security/cross_cluster/api_key"
KEYSTORE = "set-deployment-es-resource-keystore"
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


# destroy


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


# import and bad input


async def test_import_by_id_and_by_identity(pair: Pair):
    """Both end in the state that the create left, so plans are empty."""
    config = pair.key(expiration="90d", rotate_after="60d")
    stored = await pair.world.apply(KEY, config)
    await pair.world.apply(REMOTE, pair.connection())
    remote = f"-/{pair.remote['id']}/main-elasticsearch/{stored['key_id']}"
    by_id = await pair.world.import_(KEY, f"{stored['id']},{remote}")
    short = await pair.world.import_(KEY, f"{pair.local['id']}/logs,{pair.remote['id']}/{stored['key_id']}")
    by_identity = await pair.world.import_(
        KEY, identity={"deployment_id": pair.local["id"], "ref_id": None, "alias": "logs"}
    )
    for found in (by_id, short, by_identity):
        assert found.state == stored.state
        assert (await pair.world.plan(KEY, config, found)).changed == set()


@pytest.mark.parametrize("id", ["", "x", "a/b,c/d", "{local}/logs", "{local}/logs,-/{remote}"])
async def test_bad_import_ids(pair: Pair, id: str):
    """The message shows the form."""
    text = id.format(local=pair.local["id"], remote=pair.remote["id"])
    with pytest.raises(Refused, match="<environment or ->"):
        await pair.world.import_(KEY, text)


async def test_two_owners_of_one_alias_are_refused_in_a_plan(pair: Pair):
    """One of both would overwrite the other's secret."""
    async with pair.world.process() as process:
        await process.plan(KEY, pair.world.given(KEY, pair.key()), None)
        with pytest.raises(Refused, match="two owners"):
            await process.plan(KEY, pair.world.given(KEY, pair.key(name="other")), None)


async def test_old_versions_are_refused_at_plan(pair: Pair):
    """Before anything is made, at the attribute that names the side."""
    old = pair.world.control.seed(name="old", version="8.13.4")
    with pytest.raises(Refused, match="API keys need") as refused:
        await pair.world.plan(KEY, pair.key(remote={"deployment_id": old["id"]}))
    assert refused.value.paths == {"remote"}


@pytest.mark.parametrize(
    ("access", "local", "remote", "words"),
    [
        ("search", "9.2.0", "8.15.0", "cannot search"),
        ("replication", "9.1.0", "9.2.0", "older"),
    ],
)
async def test_versions_that_do_not_fit_the_access(pair: Pair, access: str, local: str, remote: str, words: str):
    """Search goes by its table; a follower is never older than its leader."""
    here, there = (
        pair.world.control.seed(name=name, version=version) for name, version in (("old", local), ("new", remote))
    )
    arguments = pair.key(
        access={access: [{"names": ["logs-*"]}]},
        remote={"deployment_id": there["id"]},
        local={"deployment_id": here["id"], "alias": "logs"},
    )
    with pytest.raises(Refused, match=words) as refused:
        await pair.world.plan(KEY, arguments)
    assert any(path.startswith("remote") for path in refused.value.paths)


async def test_a_cluster_id_in_place_of_a_deployment_id(pair: Pair):
    """Both have one form; the right one is told."""
    with pytest.raises(Refused, match=pair.remote["id"]):
        await pair.world.plan(KEY, pair.key(remote={"deployment_id": pair.remote["cluster_id"]}))


async def test_system_deployments_are_refused(pair: Pair):
    """They can neither be a remote nor have one."""
    pair.world.control.mark("logs", system_owned=True)
    with pytest.raises(Refused, match="System deployment"):
        await pair.world.plan(KEY, pair.key())


async def test_nothing_secret_is_kept(pair: Pair):
    """State and private state, as Terraform stores them."""
    stored = await pair.world.apply(KEY, pair.key())
    text = json.dumps([stored.state, stored.private])
    assert "encoded" not in text
    assert set(stored.private) <= {"owner"}
