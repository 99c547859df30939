"""Every kind of refusal at the writes and reads of keys, connections and secrets: told, and made good by a next run."""

from __future__ import annotations

from typing import Any

import pytest

from tests.provider.remote_clusters.conftest import Pair
from tests.provider.remote_clusters.support import KEY, REMOTE, SECRET, Refused, Stored

FAULTS: dict[str, dict[str, Any]] = {
    "400": {"status": 400, "code": "root.invalid_data"},
    "401": {"status": 401, "code": "root.unauthenticated"},
    "403": {"status": 403, "code": "root.unauthorized"},
    "404": {"status": 404, "code": "root.resource_not_found"},
    "409": {"status": 409},
    "500": {"status": 500},
    "500 after the write": {"status": 500, "after_effect": True},
    "dropped before": {"drop": True},
    "dropped after the write": {"drop": True, "after_effect": True},
}
KEYSTORE = {"operation_id": "set-deployment-es-resource-keystore"}
NAME = "s3.client.backup.secret_key"


def objects(pair: Pair, number: int) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Each kind with its arguments in a first and a second form, and the call that writes it."""
    access = {"search": [{"names": ["logs-*"] if number == 1 else ["*"]}]}
    entry = {"deployment_id": pair.local["id"], "name": NAME, "value_env": "VALUE", "value_wo_version": number}
    return [
        (SECRET, entry, KEYSTORE),
        (
            KEY,
            pair.key(access=access),
            {"path": r"/proxy/_security/cross_cluster/api_key", "method": "POST" if number == 1 else "PUT"},
        ),
        (REMOTE, pair.connection(skip_unavailable=number == 1), {"path": "/proxy/_cluster/settings", "method": "PUT"}),
    ]


async def in_two_runs(pair: Pair, kind: str, arguments: dict[str, Any] | None, stored: Stored | None) -> Stored | None:
    """A run that may fail, and one without any fault."""
    try:
        return await run(pair, kind, arguments, stored)
    except Refused as refused:
        told, left = refused.diagnostics, refused.left
    finally:
        pair.world.control.clear_faults()
    assert any(item.detail for item in told)
    return await run(pair, kind, arguments, left)


async def run(pair: Pair, kind: str, arguments: dict[str, Any] | None, stored: Stored | None) -> Stored | None:
    """An apply; without arguments a destroy."""
    if arguments is not None:
        return await pair.world.apply(kind, arguments, stored)
    assert stored is not None
    await pair.world.destroy(kind, stored)
    return None


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_write_that_fails(pair: Pair, fault: str, monkeypatch: pytest.MonkeyPatch):
    """Create, update and destroy of each kind fail once for good: the next run ends in what was wanted, once."""
    monkeypatch.setenv("VALUE", "the value of the secret")
    pair.world.config = {"max_retries": 0}
    made: dict[str, Stored] = {}
    for number in (1, 2):
        for kind, arguments, call in objects(pair, number):
            pair.world.control.fail_next(count=None, **call, **FAULTS[fault])
            stored = await in_two_runs(pair, kind, arguments, made.get(kind))
            assert stored is not None
            made[kind] = stored
            assert (await pair.world.plan(kind, arguments, stored)).changed == set(), (kind, number)
        assert len(pair.world.live_keys(pair.remote["id"])) == 1
        assert pair.world.secrets(pair.local["id"]) == sorted([NAME, "cluster.remote.logs.credentials"])
        assert pair.world.is_connected(pair.local["id"], "logs")
    ends = {REMOTE: {"path": "/proxy/_cluster/settings", "method": "PUT"}, SECRET: KEYSTORE, KEY: KEYSTORE}
    for kind, call in ends.items():
        pair.world.control.fail_next(count=None, **call, **FAULTS[fault])
        assert await in_two_runs(pair, kind, None, made[kind]) is None
    assert pair.world.live_keys(pair.remote["id"]) == []
    assert pair.world.secrets(pair.local["id"]) == []


@pytest.mark.parametrize("status", [401, 403, 500, 503])
async def test_a_read_that_fails_keeps_the_state(pair: Pair, status: int, monkeypatch: pytest.MonkeyPatch):
    """Only a deployment that does not exist is gone."""
    monkeypatch.setenv("VALUE", "the value of the secret")
    made = {kind: await pair.world.apply(kind, arguments) for kind, arguments, _ in objects(pair, 1)}
    pair.world.config = {"max_retries": 0}
    pair.world.control.fail_next(status=status, count=None)
    for kind, stored in made.items():
        async with pair.world.process() as process:
            with pytest.raises(Refused) as refused:
                await process.refresh(kind, stored)
        assert refused.value.left == stored


async def test_a_passing_error_is_repeated(pair: Pair, monkeypatch: pytest.MonkeyPatch):
    """Too many requests and a proxy in between are waited out, at each kind of write."""
    monkeypatch.setenv("VALUE", "the value of the secret")
    pair.world.config = {"max_retries": 3}
    for kind, arguments, call in objects(pair, 1):
        pair.world.control.fail_next(**call, status=429, retry_after=0)
        await pair.world.apply(kind, arguments)
    assert len(pair.world.live_keys(pair.remote["id"])) == 1
    assert pair.world.is_connected(pair.local["id"], "logs")


async def test_a_plan_of_the_local_side_that_does_not_end(pair: Pair, monkeypatch: pytest.MonkeyPatch):
    """Nothing is written while ECE works at the deployment; the time-out says so, and the next run ends it."""
    monkeypatch.setenv("VALUE", "the value of the secret")
    pair.world.control.set_plan_speed("infinite")
    pair.world.set_trust(pair.local["id"])
    kind, entry, _ = objects(pair, 1)[0]
    with pytest.raises(Refused, match="plan") as refused:
        await pair.world.apply(kind, {**entry, "timeouts": {"create": "1s"}})
    assert refused.value.left is None
    with pytest.raises(Refused, match="plan") as refused:
        await pair.world.apply(KEY, pair.key(timeouts={"create": "1s"}))
    assert pair.world.secrets(pair.local["id"]) == []
    pair.world.control.set_plan_speed(0)
    key = await pair.world.apply(KEY, pair.key(), refused.value.left)
    assert [one["id"] for one in pair.world.live_keys(pair.remote["id"])] == [key["key_id"]]
