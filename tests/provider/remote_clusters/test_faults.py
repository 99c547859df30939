"""A fault at every single call of making, rotating and removing a connection: the next apply converges."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.provider.remote_clusters.conftest import Pair
from tests.provider.remote_clusters.support import KEY, REMOTE, Refused, Stored

FAULTS: dict[str, dict[str, Any]] = {
    "refused": {"status": 400},
    "lost": {"drop": True, "after_effect": True},
}
MOST = 80
"""More calls than any of the changes makes."""

Change = Callable[[], Awaitable[Any]]


async def until_done(change: Callable[[Stored | None], Awaitable[Stored]], stored: Stored | None) -> Stored:
    """Apply, and once more after a failure, as a user would."""
    try:
        return await change(stored)
    except Refused as refused:
        left = refused.left
    return await change(left)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
async def test_making_and_rotating(pair: Pair, fault: str):
    """One live key, one secret, connected, empty plans; whatever call it was that failed."""
    number = -1
    hit = True
    while hit:
        number += 1
        assert number < MOST
        pair.world.control.reset()
        pair.local, pair.remote = pair.world.control.seed(name="central"), pair.world.control.seed(name="logs")
        pair.world.config = {"max_retries": 0}
        pair.world.control.fail_next(skip=number, **FAULTS[fault])
        key = await until_done(lambda stored: pair.world.apply(KEY, pair.key(), stored), None)
        connection = await until_done(lambda stored: pair.world.apply(REMOTE, pair.connection(), stored), None)
        rotated = pair.key(name="second")
        key = await until_done(lambda stored, config=rotated: pair.world.apply(KEY, config, stored), key)  # type: ignore[misc]
        hit = any(call["status"] in (None, 400) for call in pair.world.control.calls())
        pair.world.control.clear_faults()
        where = (
            f"fault {number}: {[call['path'] for call in pair.world.control.calls() if call['status'] in (None, 400)]}"
        )
        assert [found["id"] for found in pair.world.live_keys(pair.remote["id"])] == [key["key_id"]], where
        assert pair.world.secrets(pair.local["id"]) == ["cluster.remote.logs.credentials"], where
        assert pair.world.is_connected(pair.local["id"], "logs"), where
        assert (await pair.world.plan(KEY, rotated, key)).changed == set(), where
        assert (await pair.world.plan(REMOTE, pair.connection(), connection)).changed == set(), where
    assert number > 15


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
async def test_removing(pair: Pair, fault: str):
    """Nothing is left behind on either side."""
    number = -1
    hit = True
    while hit:
        number += 1
        assert number < MOST
        pair.world.control.reset()
        pair.local, pair.remote = pair.world.control.seed(name="central"), pair.world.control.seed(name="logs")
        pair.world.config = {"max_retries": 0}
        key = await pair.world.apply(KEY, pair.key())
        connection = await pair.world.apply(REMOTE, pair.connection())
        since = pair.world.last_call()
        pair.world.control.fail_next(skip=number, **FAULTS[fault])
        for kind, stored in ((REMOTE, connection), (KEY, key)):
            try:
                await pair.world.destroy(kind, stored)
            except Refused:
                await pair.world.destroy(kind, stored)
        hit = any(call["status"] in (None, 400) for call in pair.world.control.calls(since))
        pair.world.control.clear_faults()
        assert pair.world.live_keys(pair.remote["id"]) == [], number
        assert pair.world.secrets(pair.local["id"]) == [], number
        assert pair.world.elasticsearch(pair.local["id"], "GET", "_remote/info") == {}, number
    assert number > 8
