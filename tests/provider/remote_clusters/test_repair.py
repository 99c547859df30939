"""``ece_remote_cluster``: when it counts as connected, what is said when it is not, and what repairs it."""

from __future__ import annotations

import pytest

from tests.provider.remote_clusters.conftest import Pair
from tests.provider.remote_clusters.connections import SECRET_NAME, connected
from tests.provider.remote_clusters.support import KEY, REMOTE, Refused

SHORT = {"create": "1s", "update": "1s"}


async def test_not_connected_in_time_is_an_error_with_the_cause(pair: Pair):
    """The object is in state, so the next apply goes on from there."""
    with pytest.raises(Refused, match=r"no entry cluster\.remote\.logs\.credentials") as refused:
        await pair.world.apply(REMOTE, pair.connection(timeouts=SHORT))
    assert refused.value.left is not None
    assert refused.value.left["connected"] is False
    await pair.world.apply(KEY, pair.key())
    stored = await pair.world.apply(REMOTE, pair.connection(), refused.value.left)
    assert stored["connected"] is True


async def test_without_a_wait_the_state_is_told_as_it_is(pair: Pair):
    """No error, no repair planned."""
    arguments = pair.connection(wait_for_connected=False)
    stored = await pair.world.apply(REMOTE, arguments)
    assert stored["connected"] is False
    assert (await pair.world.plan(REMOTE, arguments, stored)).changed == set()
    await pair.world.apply(KEY, pair.key())
    assert (await pair.world.plan(REMOTE, arguments, stored)).prior["connected"] is True  # type: ignore[index]


async def test_a_missing_secret_is_the_keys_affair(pair: Pair):
    """The plan shows the key alone; the connection only warns with the cause."""
    key, stored = await connected(pair)
    assert key is not None
    pair.world.control.take_away("secret", f"{pair.local['id']}/{SECRET_NAME}")
    planned = await pair.world.plan(REMOTE, pair.connection(), stored)
    assert planned.prior is not None
    assert planned.prior["connected"] is False
    assert planned.changed == set()
    assert SECRET_NAME in planned.warnings[0]
    assert (await pair.world.plan(KEY, pair.key(), key)).changed != set()
    await pair.world.apply(KEY, pair.key(), key)
    assert (await pair.world.plan(REMOTE, pair.connection(), stored)).prior["connected"] is True  # type: ignore[index]


@pytest.mark.parametrize("side", ["local", "remote"])
async def test_missing_trust_is_the_trusts_affair(pair: Pair, side: str):
    """Named with its direction, and not repaired here."""
    _, stored = await connected(pair, "certificate")
    owner = getattr(pair, side)
    pair.world.set_trust(owner["id"], accounts=[])
    planned = await pair.world.plan(REMOTE, pair.connection("certificate"), stored)
    assert planned.changed == set()
    assert "does not trust" in planned.warnings[0]
    assert ("back" in planned.warnings[0].split(":")[0]) is (side == "remote")


async def test_a_filter_that_lets_nobody_in(pair: Pair):
    """The rule set is the filter's affair; the connection names it."""
    _, stored = await connected(pair)
    peers = {
        "name": "peers", "type": "remote_cluster", "region": "ece-region", "include_by_default": False,
        "rules": [{"remote_cluster_id": "0" * 32}],
    }  # fmt: skip
    ruleset = pair.world.ask("POST", "/deployments/traffic-filter/rulesets", peers)["id"]
    association = {"entity_type": "deployment", "id": pair.remote["id"]}
    pair.world.ask("POST", f"/deployments/traffic-filter/rulesets/{ruleset}/associations", association)
    planned = await pair.world.plan(REMOTE, pair.connection(), stored)
    assert planned.prior is not None
    assert planned.prior["connected"] is False
    assert planned.changed == set()
    assert "traffic filters" in planned.warnings[0]


async def test_a_connection_that_is_down_for_another_reason_is_repaired_here(pair: Pair):
    """connected becomes unknown in the plan: apply waits, and writes nothing that is there already."""
    _, stored = await connected(pair)
    stopped = f"/deployments/{pair.remote['id']}/_shutdown"
    pair.world.ask("POST", stopped)
    planned = await pair.world.plan(REMOTE, pair.connection(), stored)
    assert planned.changed == {"connected"}
    assert "stopped" in planned.warnings[0]
    since = pair.world.last_call()
    with pytest.raises(Refused, match="stopped"):
        await pair.world.apply(REMOTE, pair.connection(timeouts=SHORT), stored)
    assert pair.world.writes(since) == []
